"""Cycle file (berkas siklus): everything that the archive holds of one cycle, and its closing.

SOP step 13, the last. One stream for a whole cycle, because the closing asks about all of its items at once.
Previous hop: `shelf/api.py` and `shelf/pages.py` of the Arsiparis, `process_manager.py`. Next hop: intake,
which completes step 13 on `CycleArchived`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.archive.domain import archive_item
from services.archive.domain.archive_item import (
    ExpectItem,
    Filed,
    FileHardCopy,
    FileItem,
    HardCopy,
    Item,
    Sealed,
    SealItem,
)
from shared.contracts.archive import CycleArchived, HardCopyFiled, ItemExpected, ItemFiled, ItemSealed
from shared.contracts.fields import CycleId, Person
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.sop.document_kinds import document_kinds

Event = ItemExpected | ItemFiled | ItemSealed | HardCopyFiled | CycleArchived

NEEDED: Mapping[str, str] = {
    "laporan": "laporan",
    **{item: document_kinds().recipient[to].receipt for item, to in document_kinds().receipts.items()},
    "hardcopy": "naskah asli",
}


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCycle:
    """`checkpoint_size` is the size of the audit log when the Arsiparis closed."""

    cycle: CycleId
    checkpoint_size: int
    by: Person
    occurred_on: date


Command = ExpectItem | FileItem | SealItem | FileHardCopy | CloseCycle


# State


@dataclass(frozen=True, slots=True)
class CycleFile:
    items: Mapping[str, Item] = field(default_factory=dict)
    hard_copy: HardCopy | None = None
    closed: bool = False

    @property
    def filed(self) -> tuple[str, ...]:
        """The items that are filed, the paper among them."""
        digital = tuple(name for name, item in self.items.items() if item.is_filed)
        return (*digital, "hardcopy") if self.hard_copy else digital

    @property
    def missing(self) -> tuple[str, ...]:
        """What must still be filed before the cycle can be closed."""
        return tuple(name for name in NEEDED if name not in self.filed)


# Decide


def decide(command: Command, cycle: CycleFile) -> Sequence[Event]:
    match command:
        case ExpectItem():
            return archive_item.expect(command, cycle.items.get(command.item))
        case FileItem():
            return archive_item.file(command, cycle.items.get(command.item))
        case SealItem():
            return archive_item.seal(command, cycle.items.get(command.item))
        case FileHardCopy():
            return archive_item.file_hard_copy(command, cycle.hard_copy)
        case CloseCycle():
            return close(command, cycle)
        case _:
            assert_never(command)


def close(command: CloseCycle, cycle: CycleFile) -> Sequence[CycleArchived]:
    if cycle.closed:
        raise Refused("already-archived", "Siklus ini sudah ditutup.")
    if cycle.missing:
        names = ", ".join(NEEDED[name] for name in cycle.missing)
        raise Refused("items-missing", "Belum diarsipkan: {items}.", field="items", items=names)
    return [combined(CycleArchived, command, items=cycle.filed)]


# Evolve


def evolve(cycle: CycleFile, event: Event) -> CycleFile:
    match event:
        case ItemExpected(item=name):
            before = cycle.items.get(name)
            stored = before.stored if before else None
            return _with(cycle, name, Item(event.kind, event.title, event.file, stored))
        case ItemFiled(item=name):
            filed = Filed(event.file.digest, (event.object_key, event.object_version))
            return _with(cycle, name, replace(cycle.items[name], stored=filed))
        case ItemSealed(item=name):
            item = cycle.items[name]
            assert item.stored, "only what was filed is sealed"
            return _with(cycle, name, replace(item, stored=Sealed(item.stored.digest)))
        case HardCopyFiled():
            return replace(cycle, hard_copy=HardCopy(event.location, event.copies))
        case CycleArchived():
            return replace(cycle, closed=True)
        case _:
            assert_never(event)


def _with(cycle: CycleFile, name: str, item: Item) -> CycleFile:
    return replace(cycle, items={**cycle.items, name: item})


cycle_file = Decider(initial=CycleFile(), decide=decide, evolve=evolve)
