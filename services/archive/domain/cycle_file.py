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
from shared.contracts.archive import (
    CorrectionExpected,
    CycleArchived,
    HardCopyFiled,
    ItemExpected,
    ItemFiled,
    ItemSealed,
)
from shared.contracts.correction import apart, numbered
from shared.contracts.fields import CycleId, Name, Person, Small
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.sop.definition import sops
from shared.sop.document_kinds import document_kinds
from shared.sop.steps import Sop

Event = ItemExpected | ItemFiled | ItemSealed | HardCopyFiled | CycleArchived | CorrectionExpected


OF_A_REPORT = ("laporan", "tanda_terima", "surat_pengantar")
"""Kinds of items of which the archive keeps those of the corrected report and those of the correction."""
PAPER = "hardcopy"


def needed(sop: Sop, correction: int = 0) -> Mapping[str, str]:
    """What a cycle under this SOP must hold before it is closed, and what it is called in a sentence; of the
    latest official correction where there is one.
    """
    receipts = {f"tanda_terima_{to}": document_kinds().recipient[to].receipt for to in sop.recipients}
    of_report = {
        numbered(name, correction): f"{called} (koreksi ke-{correction})" if correction else called
        for name, called in {"laporan": "laporan", **receipts}.items()
    }
    return {**of_report, numbered(PAPER, correction): "naskah asli"}


def is_older(kind: str, name: str, correction: int) -> bool:
    """Whether an item belongs to a report that was officially corrected."""
    return kind in OF_A_REPORT and apart(name)[1] < correction


def is_kept_too(kind: str, name: str, correction: int) -> bool:
    """Whether an item, once it is expected, is filed before the closing beside what is `needed`: what belongs
    to a corrected report is kept as the corrected one is, and the decision between them.
    """
    return kind == "keputusan_koreksi" or is_older(kind, name, correction)


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCycle:
    """`checkpoint_size`: how large the audit log was when the Arsiparis closed. `sop`: that of the cycle."""

    cycle: CycleId
    sop: Name
    checkpoint_size: int
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectCorrection:
    """The report was officially corrected: the corrected one, its receipts and its paper are filed too."""

    cycle: CycleId
    correction: Small
    number: Name
    by: Person
    occurred_on: date


Command = ExpectItem | FileItem | SealItem | FileHardCopy | CloseCycle | ExpectCorrection


# State


@dataclass(frozen=True, slots=True)
class CycleFile:
    items: Mapping[str, Item] = field(default_factory=dict)
    hard_copies: Mapping[str, HardCopy] = field(default_factory=dict)
    closed: bool = False
    correction: int = 0

    @property
    def paper(self) -> str:
        """The paper original that is to be filed now: that of the latest report."""
        return numbered(PAPER, self.correction)

    @property
    def filed(self) -> tuple[str, ...]:
        """The items that are filed, the papers among them."""
        return (*(name for name, item in self.items.items() if item.is_filed), *self.hard_copies)


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
            return archive_item.file_hard_copy(command, cycle.paper, cycle.hard_copies.get(cycle.paper))
        case CloseCycle():
            return close(command, cycle)
        case ExpectCorrection():
            return expect_correction(command, cycle)
        case _:
            assert_never(command)


def close(command: CloseCycle, cycle: CycleFile) -> Sequence[CycleArchived]:
    if cycle.closed:
        raise Refused("already-archived", "Siklus ini sudah ditutup.")
    if command.sop not in sops():
        raise Refused("sop-unknown", "SOP {sop} tidak dikenal.", field="sop", sop=command.sop)
    awaited = needed(sops()[command.sop], cycle.correction)
    missing = [called for name, called in awaited.items() if name not in cycle.filed]
    missing += [
        item.title
        for name, item in cycle.items.items()
        if is_kept_too(item.kind, name, cycle.correction) and not item.is_filed
    ]
    if missing:
        sentence = "Belum diarsipkan: {items}."
        raise Refused("items-missing", sentence, field="items", items=", ".join(missing))
    return [combined(CycleArchived, command, items=cycle.filed)]


def expect_correction(command: ExpectCorrection, cycle: CycleFile) -> Sequence[CorrectionExpected]:
    """A closed cycle is open again; what is sealed in it stays sealed."""
    if command.correction <= cycle.correction:
        return []
    return [combined(CorrectionExpected, command)]


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
            paper = {cycle.paper: HardCopy(event.location, event.copies)}
            return replace(cycle, hard_copies={**cycle.hard_copies, **paper})
        case CycleArchived():
            return replace(cycle, closed=True)
        case CorrectionExpected(correction=number):
            return replace(cycle, closed=False, correction=number)
        case _:
            assert_never(event)


def _with(cycle: CycleFile, name: str, item: Item) -> CycleFile:
    return replace(cycle, items={**cycle.items, name: item})


cycle_file = Decider(initial=CycleFile(), decide=decide, evolve=evolve)
