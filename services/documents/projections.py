"""How events become the rows of the read models. Pure: one event in, changes out.

SOP steps 4, 5, 9–12. Previous hop: the command handler beside the append, and the consumer for events of
intake and verification. Next hop: `papers/queries.py` and `dispatch/queries.py`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.documents import tables
from shared.contracts.correction import (
    CorrectionDecided,
    DispatchOvertaken,
    DispatchReopened,
    DocumentReopened,
)
from shared.contracts.documents import (
    CopiesPrinted,
    DispatchCorrected,
    DispatchItemReady,
    DispatchItemWithdrawn,
    DispatchQueued,
    DispatchSent,
    DocumentDrafted,
    DocumentHandedOver,
    DocumentOpened,
    DocumentSettled,
    DraftRestored,
    FiguresReleased,
    FiguresWithdrawn,
    ReceiptRecorded,
    SettlementWithdrawn,
    TeamDecreeIssued,
)
from shared.contracts.verification import (
    ApprovalVoided,
    ApprovalWithdrawn,
    EndorsementRefused,
    EndorsementRequested,
    EndorsementWithdrawn,
    ReportEndorsed,
    SubmissionApproved,
)
from shared.eventsourcing.read_models.changes import Change, Delete, Put
from shared.eventsourcing.recorded import Recorded
from shared.known_cycles import projections as known_cycles

PROJECTS = known_cycles.PROJECTS | {
    ("verification", "submission-approved"),
    ("verification", "endorsement-requested"),
    ("verification", "endorsement-refused"),
    ("verification", "endorsement-withdrawn"),
}

NOT_SAID = (("correction", 0), ("reason", ""))
"""What an event says where there is nothing to say, and of which a timeline is silent."""
UNTOLD = {"contributors", "cycle", "document", "dispatch", "basis", "by", "occurred_on"}


def project(recorded: Recorded, first: str) -> Iterable[Change]:
    """The changes of read models that an event makes; none for events that no page shows."""
    match recorded.source:
        case "intake":
            return known_cycles.project(recorded, tables.cycles, first)
        case "verification":
            return project_verification(recorded)
        case "documents":
            return [*project_document(recorded), *project_dispatch(recorded), acted(recorded)]
        case _:
            return []


def project_verification(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case SubmissionApproved() as event:
            yield Put.of(tables.approved, event, verified_by=event.by)
        case ApprovalVoided() | ApprovalWithdrawn() as event:
            yield Delete.of(tables.approved, event)
        case EndorsementRequested() | EndorsementWithdrawn() as event:
            yield endorsement(event.cycle, "waiting", event.digest)
        case ReportEndorsed() as event:
            yield endorsement(
                event.cycle, "endorsed", event.digest, by=event.by, decided_on=event.occurred_on
            )
        case EndorsementRefused() as event:
            yield endorsement(
                event.cycle,
                "refused",
                event.digest,
                by=event.by,
                decided_on=event.occurred_on,
                reason=event.reason,
            )


def endorsement(cycle: str, status: str, digest: str, **more: Any) -> Put:
    values = {"status": status, "digest": digest, "by": "", "decided_on": None, "reason": "", **more}
    return Put(tables.endorsement, {"cycle": cycle}, values)


def project_document(recorded: Recorded) -> Iterable[Change]:
    values: Mapping[str, Any]
    match recorded.event:
        case DocumentOpened() as event:
            values = {"step": event.step}
        case FiguresReleased() as event:
            values = {"basis": event.digests}
        case FiguresWithdrawn() | DraftRestored() | DocumentReopened() as event:
            restored = isinstance(event, DraftRestored)
            values = {"holds": True} if restored else {"basis": {}, "holds": False}
        case DocumentDrafted() as event:
            values = {
                "revision": event.revision,
                "digest": event.file.digest,
                "file": event.file,
                "drafted_by": event.by,
                "drafted_on": event.occurred_on,
                "holds": True,
                "settled_digest": None,
            }
            yield Put.of(tables.draft, recorded, event, event.file)
        case DocumentHandedOver() as event:
            values = {"handed_over_digest": event.digest, "handed_over_on": event.occurred_on}
        case TeamDecreeIssued() as event:
            values = {"decree_number": event.number, "decree_on": event.issued_on, "decree_file": event.file}
        case DocumentSettled() as event:
            values = {
                "settled_digest": event.digest,
                "endorsed_by": event.endorsed_by,
                "endorsed_on": event.occurred_on,
            }
        case SettlementWithdrawn() as event:
            values = {"settled_digest": None, "endorsed_by": None, "endorsed_on": None}
        case CopiesPrinted() | CorrectionDecided() as event:
            values = {}
            yield from [Put.of(tables.printing, recorded, event)] if isinstance(event, CopiesPrinted) else []
        case _:
            return
    shared = {"cycle": event.cycle, "document": event.document, "version": recorded.version}
    yield Put(tables.document, {"stream": recorded.stream}, {**shared, **values})


def project_dispatch(recorded: Recorded) -> Iterable[Change]:
    """What the events of a dispatch and its row call the same is kept; what differs is said here."""
    said: Mapping[str, Any] = {}
    match recorded.event:
        case DispatchItemReady(item=item) as event:
            yield Put.of(tables.dispatch_item, recorded, item)
        case DispatchItemWithdrawn() as event:
            yield Delete.of(tables.dispatch_item, recorded, event)
        case DispatchQueued() as event:
            said = {"status": "queued", "queued_on": event.occurred_on}
        case DispatchSent() as event:
            said = {"status": "sent", "sent_by": event.by, "sent_on": event.occurred_on}
        case ReceiptRecorded() as event:
            said = {"status": "received", "received_on": event.received_on.isoformat()}
        case DispatchCorrected() as event:
            said = {event.field: event.after}
        case DispatchReopened() as event:
            said = {"status": "preparing"}
        case DispatchOvertaken() as event:
            said = {} if event.sent else {"status": "overtaken"}
        case _:
            return
    yield Put.of(tables.dispatch, recorded, event, **said)


def acted(recorded: Recorded) -> Put:
    """A line of the timeline of a document or dispatch: what, who, when, and the facts of the event."""
    event = recorded.event
    told: Mapping[str, Any] = msgspec.to_builtins(event)
    return Put(
        tables.trail,
        {"stream": recorded.stream, "version": recorded.version},
        {
            "act": recorded.type,
            "by": getattr(event, "by", "") or getattr(event, "endorsed_by", ""),
            "occurred_on": getattr(event, "occurred_on", None),
            "recorded_at": recorded.recorded_at,
            "facts": {
                key: value
                for key, value in told.items()
                if key not in UNTOLD and (key, value) not in NOT_SAID
            },
        },
    )
