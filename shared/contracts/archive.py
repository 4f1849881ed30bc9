"""Events of archive: what was filed, under which protection,
and what the object store was seen to enforce.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.values import EventRef, StoredFile

PRODUCER = "archive"

ItemKind = Literal[
    "laporan", "sk_tim", "surat_pengantar", "tanda_terima", "bukti", "hardcopy", "keputusan_koreksi"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreProbed:
    """The start-up self-test of the object store. `failed` names the checks that the store let through;
    empty means it enforces the lock.
    """

    store: str
    checks: int
    failed: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemExpected:
    """An item that the archive of this cycle must hold, known from the event `cause`."""

    cycle: str
    item: str
    kind: ItemKind
    title: str
    file: StoredFile
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFiled:
    """An item lies in the archive store: written, read back and compared.
    `retain_until` and `mode` are what the store itself reported.
    """

    cycle: str
    item: str
    kind: ItemKind
    title: str
    file: StoredFile
    object_key: str
    object_version: str
    mode: Literal["governance", "compliance", "none"]
    retain_until: datetime | None
    lock_enforced: bool
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSealed:
    """After the cycle was closed the lock of a filed item was made final:
    nobody can lift it before `retain_until`. As the store reports it.
    """

    cycle: str
    item: str
    object_key: str
    object_version: str
    mode: Literal["governance", "compliance", "none"]
    retain_until: datetime | None
    lock_enforced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HardCopyFiled:
    """The paper original, and where it stands. `item`: of the report (`hardcopy`), or of the report of an
    official correction (`hardcopy_koreksi_1`); before each had its own name it was `hardcopy` for all.
    """

    cycle: str
    item: str
    location: str
    copies: int
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleArchived:
    """Report, receipts and paper are filed; the cycle is closed.
    `checkpoint_size` is the size of the audit tree at that moment.
    """

    cycle: str
    items: tuple[str, ...]
    checkpoint_size: int
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionExpected:
    """The report of the cycle is officially corrected: the archive needs the corrected one with its receipts
    and its paper too, and a cycle that was closed is open until they are filed. What was filed stays.
    """

    cycle: str
    correction: int
    number: str
    by: str
    occurred_on: date
