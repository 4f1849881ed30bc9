"""Read models of archive: the shelf of a cycle, and what the store was last seen to enforce.

SOP step 13. Previous hop: the command handler, beside the append, and the consumer for intake's events.
Next hop: `queries.py`.
"""

from collections.abc import Iterable

from services.archive import tables
from shared.contracts.archive import (
    CycleArchived,
    HardCopyFiled,
    ItemExpected,
    ItemFiled,
    ItemSealed,
    StoreProbed,
)
from shared.contracts.intake import CycleOpened, CycleWithdrawn
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.recorded import Recorded

PROJECTS = frozenset({("intake", "cycle-opened"), ("intake", "cycle-withdrawn")})


def project(recorded: Recorded) -> Iterable[Change]:  # noqa: PLR0911  one line per event reads best in one place
    """The changes of read models that an event makes; none for events that no page shows."""
    match recorded.event:
        case CycleOpened() as event:
            return [
                Put(
                    tables.cycle,
                    {"cycle": event.cycle},
                    {"year": event.year, "region_name": event.region_name},
                )
            ]
        case CycleWithdrawn() as event:
            return [Delete(tables.cycle, {"cycle": event.cycle})]
        case ItemExpected() as event:
            return expected(recorded, event)
        case ItemFiled() as event:
            return filed(recorded, event)
        case ItemSealed() as event:
            return sealed(recorded, event)
        case HardCopyFiled() as event:
            return hard_copy(recorded, event)
        case CycleArchived() as event:
            return archived(recorded, event)
        case StoreProbed() as event:
            return [
                Put(
                    tables.store_probe,
                    {"store": event.store},
                    {"checks": event.checks, "failed": list(event.failed), "at": event.at},
                )
            ]
        case _:
            return []


def expected(recorded: Recorded, event: ItemExpected) -> Iterable[Change]:
    yield _moved(recorded, event.cycle)
    yield Put(
        tables.item,
        {"cycle": event.cycle, "item": event.item},
        {
            "kind": event.kind,
            "title": event.title,
            "file": event.file,
            "cause": event.cause,
            "expected_at": recorded.recorded_at,
        },
    )


def filed(recorded: Recorded, event: ItemFiled) -> Iterable[Change]:
    yield _moved(recorded, event.cycle)
    yield Patch(
        tables.item,
        {"cycle": event.cycle, "item": event.item},
        {
            "filed_digest": event.file.digest,
            "object_key": event.object_key,
            "object_version": event.object_version,
            "mode": event.mode,
            "retain_until": event.retain_until,
            "lock_enforced": event.lock_enforced,
            "filed_by": event.by,
            "filed_on": event.occurred_on,
            "filed_at": recorded.recorded_at,
            "sealed_at": None,
        },
    )


def sealed(recorded: Recorded, event: ItemSealed) -> Iterable[Change]:
    yield _moved(recorded, event.cycle)
    yield Patch(
        tables.item,
        {"cycle": event.cycle, "item": event.item},
        {
            "mode": event.mode,
            "retain_until": event.retain_until,
            "lock_enforced": event.lock_enforced,
            "sealed_at": recorded.recorded_at,
        },
    )


def hard_copy(recorded: Recorded, event: HardCopyFiled) -> Iterable[Change]:
    yield Put(
        tables.cycle_file,
        {"cycle": event.cycle},
        {
            "version": recorded.version,
            "hard_copy_location": event.location,
            "hard_copy_copies": event.copies,
            "hard_copy_by": event.by,
            "hard_copy_on": event.occurred_on,
        },
    )


def archived(recorded: Recorded, event: CycleArchived) -> Iterable[Change]:
    yield Put(
        tables.cycle_file,
        {"cycle": event.cycle},
        {
            "version": recorded.version,
            "archived_by": event.by,
            "archived_on": event.occurred_on,
            "checkpoint_size": event.checkpoint_size,
        },
    )


def _moved(recorded: Recorded, cycle: str) -> Change:
    return Put(tables.cycle_file, {"cycle": cycle}, {"version": recorded.version})
