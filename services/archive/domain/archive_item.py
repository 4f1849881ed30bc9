"""Archive item: one file that the archive of a cycle must hold, from expected to filed to sealed;
and the paper original.

SOP step 13. Previous hop: `process_manager.py`, which expects what documents made final or received;
`shelf/filing.py`, which put the bytes under lock and asks to record it. Next hop: `cycle_file.py`, which
closes the cycle when nothing is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.archive import HardCopyFiled, ItemExpected, ItemFiled, ItemKind, ItemSealed
from shared.contracts.fields import CycleId, Digest, Id, Name, Person, Small
from shared.contracts.values import EventRef, StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused

Mode = Literal["governance", "compliance", "none"]


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectItem:
    """The archive must hold `file`; a later file for the same item takes its place."""

    cycle: CycleId
    item: Id
    kind: ItemKind
    title: Name
    file: StoredFile
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class FileItem:
    """The bytes with this digest lie in the archive store;
    lock as the store reported it after reading back.
    """

    cycle: CycleId
    item: Id
    digest: Digest
    object_key: Name
    object_version: Name
    mode: Mode
    retain_until: datetime | None
    lock_enforced: bool
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SealItem:
    """The lock of a filed item was made final, as the store reported it."""

    cycle: CycleId
    item: Id
    object_key: Name
    object_version: Name
    mode: Mode
    retain_until: datetime | None
    lock_enforced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHardCopy:
    """The paper original stands at `location`; given again it was moved."""

    cycle: CycleId
    location: Name
    copies: Small
    by: Person
    occurred_on: date


# State


@dataclass(frozen=True, slots=True)
class Filed:
    """A file with this digest lies in the store as this object (key, version);
    its lock is not the final one yet.
    """

    digest: str
    object: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file with this digest lies in the store under its final lock; there is nothing more to do with it."""

    digest: str


@dataclass(frozen=True, slots=True)
class Item:
    """What is expected, and what lies in the store, perhaps of an earlier file."""

    kind: ItemKind
    title: str
    file: StoredFile
    stored: Filed | Sealed | None = None

    @property
    def is_filed(self) -> bool:
        """Whether exactly the expected file is filed, not an earlier one."""
        return self.stored is not None and self.stored.digest == self.file.digest


@dataclass(frozen=True, slots=True)
class HardCopy:
    location: str
    copies: int


# Decide


def expect(command: ExpectItem, item: Item | None) -> Sequence[ItemExpected]:
    if item is not None and item.file.digest == command.file.digest:
        return []
    return [combined(ItemExpected, command)]


def file(command: FileItem, item: Item | None) -> Sequence[ItemFiled]:
    if item is None:
        raise Refused(
            "item-unknown",
            "Arsip siklus ini tidak menunggu berkas “{item}”.",
            field="item",
            item=command.item,
        )
    if command.digest != item.file.digest:
        raise Refused(
            "item-changed",
            "Yang disalin bukan berkas terakhir dari “{title}”; muat ulang halaman.",
            field="item",
            title=item.title,
        )
    if item.is_filed:
        return []
    return [combined(ItemFiled, command, kind=item.kind, title=item.title, file=item.file)]


def seal(command: SealItem, item: Item | None) -> Sequence[ItemSealed]:
    match item:
        case Item(stored=Filed(object=stored)) if stored == (command.object_key, command.object_version):
            return [combined(ItemSealed, command)]
        case _:
            return []


def file_hard_copy(command: FileHardCopy, item: str, hard_copy: HardCopy | None) -> Sequence[HardCopyFiled]:
    """`item`: the paper original of which report."""
    if not command.location.strip():
        raise Refused(
            "location-missing", "Tulis di mana naskah asli disimpan: ruang, rak, boks.", field="location"
        )
    if command.copies < 1:
        raise Refused("copies-missing", "Paling sedikit satu eksemplar disimpan.", field="copies")
    if hard_copy == HardCopy(command.location.strip(), command.copies):
        return []
    return [combined(HardCopyFiled, command, item=item, location=command.location.strip())]
