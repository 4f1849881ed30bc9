"""Read models of archive: the shelf of a cycle, what the store was last seen to enforce,
and the certificates.

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
from shared.contracts.replayed.certificate import CertificateAsked, CertificateGivenUp, CertificateIssued
from shared.contracts.replayed.statement import ReplayCompared, verdict
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put, Values
from shared.eventsourcing.recorded import Recorded
from shared.service_names import SERVICES

PROJECTS = frozenset(
    {
        ("intake", "cycle-opened"),
        ("intake", "cycle-withdrawn"),
        *((service, "replay-compared") for service in SERVICES),
    }
)


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
            return list(of_certificates(recorded))


def of_certificates(recorded: Recorded) -> Iterable[Change]:
    """What a certificate is waiting for, and how it ended."""
    match recorded.event:
        case CertificateAsked() as event:
            yield Put.of(tables.certificate, event, asked_at=recorded.recorded_at)
        case ReplayCompared() as event:
            said = {"service": recorded.source, "verdict": verdict(event)}
            yield Put.of(tables.certificate_statement, event, **said, compared_at=recorded.recorded_at)
        case CertificateGivenUp(certificate=number) as event:
            ended: Values = {
                "given_up_by": event.by,
                "given_up_reason": event.reason,
                "given_up_at": recorded.recorded_at,
            }
            yield Patch(tables.certificate, {"certificate": number}, ended)
        case CertificateIssued() as event:
            yield Patch.of(tables.certificate, event, issued_at=recorded.recorded_at)


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
