"""Read models of archive: the shelf of a cycle, and what the store was last seen to enforce.

SOP step 13. Previous hop: the command handler, beside the append, and the consumer for intake's events.
Next hop: `queries.py`.
"""

from collections.abc import Iterable

from services.archive import tables
from shared.contracts.archive import (
    CorrectionExpected,
    CycleArchived,
    HardCopyFiled,
    ItemExpected,
    ItemFiled,
    ItemSealed,
    StoreProbed,
)
from shared.contracts.intake import CycleOpened, CycleWithdrawn
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put, Values
from shared.eventsourcing.recorded import Recorded

PROJECTS = frozenset({("intake", "cycle-opened"), ("intake", "cycle-withdrawn")})


def project(recorded: Recorded, _first: str) -> Iterable[Change]:  # noqa: PLR0911  one line per event reads best in one place
    """The changes of read models that an event makes; none for events that no page shows."""
    match recorded.event:
        case CycleOpened() as event:
            return [Put.of(tables.cycle, event)]
        case CycleWithdrawn() as event:
            return [Delete.of(tables.cycle, event)]
        case ItemExpected() as event:
            return expected(recorded, event)
        case ItemFiled() as event:
            return filed(recorded, event)
        case ItemSealed() as event:
            return sealed(recorded, event)
        case HardCopyFiled() as event:
            return [hard_copy(recorded, event), Put.of(tables.hard_copy, event)]
        case CycleArchived() as event:
            return [archived(recorded, event)]
        case CorrectionExpected() as event:
            return [reopened(recorded, event)]
        case StoreProbed() as event:
            return [Put.of(tables.store_probe, event)]
        case _:
            return []


def expected(recorded: Recorded, event: ItemExpected) -> Iterable[Change]:
    yield Put.of(tables.cycle_file, recorded, event)
    yield Put.of(tables.item, event, expected_at=recorded.recorded_at)


def filed(recorded: Recorded, event: ItemFiled) -> Iterable[Change]:
    """What was expected stays beside what was filed."""
    said = {
        "filed_digest": event.file.digest,
        "object_key": event.object_key,
        "object_version": event.object_version,
        "filed_by": event.by,
        "filed_on": event.occurred_on,
        "filed_at": recorded.recorded_at,
    }
    yield Put.of(tables.cycle_file, recorded, event)
    yield locked(event, {**said, "sealed_at": None})


def sealed(recorded: Recorded, event: ItemSealed) -> Iterable[Change]:
    yield Put.of(tables.cycle_file, recorded, event)
    yield locked(event, {"sealed_at": recorded.recorded_at})


def locked(event: ItemFiled | ItemSealed, said: Values) -> Change:
    """An item with its lock as the store reports it."""
    lock = {"mode": event.mode, "retain_until": event.retain_until, "lock_enforced": event.lock_enforced}
    return Patch(tables.item, {"cycle": event.cycle, "item": event.item}, {**said, **lock})


def hard_copy(recorded: Recorded, event: HardCopyFiled) -> Change:
    said = {
        "hard_copy_location": event.location,
        "hard_copy_copies": event.copies,
        "hard_copy_by": event.by,
        "hard_copy_on": event.occurred_on,
    }
    return Put.of(tables.cycle_file, recorded, event, **said)


def archived(recorded: Recorded, event: CycleArchived) -> Change:
    said = {"archived_by": event.by, "archived_on": event.occurred_on}
    return Put.of(tables.cycle_file, recorded, event, **said)


def reopened(recorded: Recorded, event: CorrectionExpected) -> Change:
    """The corrected report asks for its own paper, and for its own closing."""
    nothing: Values = {
        **dict.fromkeys(("hard_copy_location", "hard_copy_copies", "hard_copy_by", "hard_copy_on")),
        **dict.fromkeys(("archived_by", "archived_on", "checkpoint_size")),
    }
    return Put.of(tables.cycle_file, recorded, event, **nothing)
