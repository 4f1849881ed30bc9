"""How events become the rows of the read models. Pure: one event in, changes out.

SOP steps 4, 5, 9–12. Previous hop: the command handler beside the append, and the consumer for events of
intake and verification. Next hop: `papers/queries.py` and `dispatch/queries.py`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.documents import tables
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
    FiguresReleased,
    FiguresWithdrawn,
    ReceiptRecorded,
    TeamDecreeIssued,
)
from shared.contracts.intake import (
    CalendarChanged,
    CycleOpened,
    CycleWithdrawn,
    DueDateRevised,
    StepReopened,
    StepStarted,
)
from shared.contracts.values import DueDate
from shared.contracts.verification import (
    ApprovalVoided,
    EndorsementRefused,
    EndorsementRequested,
    ReportEndorsed,
    SubmissionApproved,
)
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.recorded import Recorded

PROJECTS = frozenset(
    {
        ("intake", "cycle-opened"),
        ("intake", "cycle-withdrawn"),
        ("intake", "step-reopened"),
        ("intake", "due-date-revised"),
        ("intake", "calendar-changed"),
        ("verification", "submission-approved"),
        ("verification", "endorsement-requested"),
        ("verification", "endorsement-refused"),
    }
)

UNTOLD = {"cycle", "document", "dispatch", "basis", "by", "occurred_on"}


def project(recorded: Recorded) -> Iterable[Change]:
    """The changes of read models that an event makes; none for events that no page shows."""
    match recorded.source:
        case "intake":
            return project_intake(recorded)
        case "verification":
            return project_verification(recorded)
        case _:
            return [*project_document(recorded), *project_dispatch(recorded), acted(recorded)]


def project_intake(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case CycleOpened() as event:
            values = {
                "region": event.region,
                "region_name": event.region_name,
                "year": event.year,
                "catalogue": event.catalogue,
            }
            yield Put(tables.cycle, {"cycle": event.cycle}, values)
        case StepStarted() as event:
            key = {"cycle": event.cycle, "step": event.step}
            yield Put(
                tables.step,
                key,
                {
                    "sop": event.sop,
                    "started_on": event.started_on,
                    "due_on": event.due.due_on,
                    "due": event.due,
                },
            )
        case StepReopened(due=DueDate() as due) | DueDateRevised(due=due) as event:
            yield Patch(
                tables.step, {"cycle": event.cycle, "step": event.step}, {"due_on": due.due_on, "due": due}
            )
        case CycleWithdrawn() as event:
            yield Delete(tables.cycle, {"cycle": event.cycle})
        case CalendarChanged() as event:
            yield Put(tables.calendar_override, {"day": event.day}, {"kind": event.kind, "name": event.name})


def project_verification(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case SubmissionApproved() as event:
            yield Put(
                tables.approved,
                {"submission": event.submission},
                {
                    "cycle": event.cycle,
                    "agency": event.agency,
                    "agency_name": event.agency_name,
                    "revision": event.revision,
                    "digest": event.digest,
                    "figures": event.figures,
                    "verified_by": event.by,
                },
            )
        case ApprovalVoided() as event:
            yield Delete(tables.approved, {"submission": event.submission})
        case EndorsementRequested() as event:
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
        case FiguresWithdrawn() as event:
            values = {"basis": {}, "holds": False}
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
            yield drafted(recorded, event)
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
        case CopiesPrinted() as event:
            values = {}
            key = {"stream": recorded.stream, "version": recorded.version}
            yield Put(
                tables.printing,
                key,
                {
                    "digest": event.digest,
                    "copies": event.copies,
                    "by": event.by,
                    "occurred_on": event.occurred_on,
                },
            )
        case _:
            return
    shared = {"cycle": event.cycle, "document": event.document, "version": recorded.version}
    yield Put(tables.document, {"stream": recorded.stream}, {**shared, **values})


def drafted(recorded: Recorded, event: DocumentDrafted) -> Put:
    return Put(
        tables.draft,
        {"stream": recorded.stream, "revision": event.revision},
        {
            "digest": event.file.digest,
            "file": event.file,
            "data_digest": event.data_digest,
            "template_digest": event.template_digest,
            "engine": event.engine,
            "by": event.by,
            "occurred_on": event.occurred_on,
            "recorded_at": recorded.recorded_at,
        },
    )


def project_dispatch(recorded: Recorded) -> Iterable[Change]:
    values: Mapping[str, Any] = {}
    match recorded.event:
        case DispatchItemReady(item=item) as event:
            key = {"stream": recorded.stream, "document": item.document}
            yield Put(
                tables.dispatch_item, key, {"title": item.title, "digest": item.digest, "copies": item.copies}
            )
        case DispatchItemWithdrawn() as event:
            yield Delete(tables.dispatch_item, {"stream": recorded.stream, "document": event.document})
        case DispatchQueued() as event:
            values = {
                "status": "queued",
                "recipient_name": event.recipient_name,
                "queued_on": event.occurred_on,
            }
        case DispatchSent() as event:
            values = {
                "status": "sent",
                "agenda_number": event.agenda_number,
                "carrier": event.carrier,
                "sent_by": event.by,
                "sent_on": event.occurred_on,
            }
        case ReceiptRecorded() as event:
            values = {
                "status": "received",
                "received_by": event.received_by,
                "received_on": event.received_on.isoformat(),
                "reference": event.reference,
                "scan": event.scan,
            }
        case DispatchCorrected() as event:
            values = {event.field: event.after}
        case _:
            return
    shared = {"cycle": event.cycle, "dispatch": event.dispatch, "version": recorded.version}
    yield Put(tables.dispatch, {"stream": recorded.stream}, {**shared, **values})


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
            "facts": {key: value for key, value in told.items() if key not in UNTOLD},
        },
    )
