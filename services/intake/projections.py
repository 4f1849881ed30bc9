"""Read models of intake: one small function per event.

Serves every SOP step. Previous hop: the command handler, beside the append, and the consumer for events of
the other services. Next hop: `queries.py`, which the pages and the API ask.
"""

from collections.abc import Iterable

from services.intake import tables
from services.intake.timeline import row_of
from shared.contracts.intake import (
    AgencyRegistered,
    CalendarChanged,
    CycleOpened,
    CycleWithdrawn,
    DueDateRevised,
    EvidenceAttached,
    EvidenceWithdrawn,
    FigureEntered,
    ServiceAssigned,
    SignedSheetAttached,
    StepCompleted,
    StepPartDone,
    StepReopened,
    StepStarted,
    StepWithdrawn,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import Figure
from shared.contracts.verification import ApprovalVoided, SubmissionApproved, SubmissionReturned
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.recorded import Recorded

PROJECTS = frozenset(
    {
        ("verification", "submission-returned"),
        ("verification", "submission-approved"),
        ("verification", "approval-voided"),
        ("verification", "endorsement-requested"),
        ("verification", "report-endorsed"),
        ("verification", "endorsement-refused"),
        ("documents", "document-drafted"),
        ("documents", "document-handed-over"),
        ("documents", "team-decree-issued"),
        ("documents", "copies-printed"),
        ("documents", "dispatch-sent"),
        ("documents", "receipt-recorded"),
        ("archive", "item-filed"),
        ("archive", "hard-copy-filed"),
        ("archive", "cycle-archived"),
    }
)

BLANK = Figure()


def project(recorded: Recorded) -> Iterable[Change]:
    """The changes of read models that an event makes."""
    happened = row_of(recorded)
    if happened is not None:
        yield happened
    match recorded.event:
        case FigureEntered() | EvidenceAttached() | EvidenceWithdrawn():  # nine tenths of all events
            yield from project_filling(recorded)
        case CycleOpened() as event:
            yield cycle_opened(recorded, event)
        case StepStarted() | StepPartDone() | StepCompleted():
            yield from project_step(recorded)
        case StepReopened() | DueDateRevised():
            yield from project_reopening(recorded)
        case StepWithdrawn() | CycleWithdrawn() as event:
            yield from withdrawn(event)
        case SignedSheetAttached() as event:
            yield Patch(tables.submission, {"submission": recorded.stream}, {"version": recorded.version})
            key = {"submission": recorded.stream, "sheet": event.sheet, "digest": event.file.digest}
            yield Put(
                tables.signed_sheet,
                key,
                {"revision": event.revision, "file": event.file, "by": event.by, "at": recorded.recorded_at},
            )
        case SubmissionOpened() | SubmissionReceived() | SubmissionReopened():
            yield project_submission(recorded)
        case SubmissionReturned() | SubmissionApproved() | ApprovalVoided() as event:
            yield judged(event)
        case _:
            yield from project_settings(recorded)


def cycle_opened(recorded: Recorded, event: CycleOpened) -> Change:
    values = {
        "version": recorded.version,
        "region": event.region,
        "region_name": event.region_name,
        "year": event.year,
        "sop": event.sop,
        "catalogue": event.catalogue,
        "report_due": event.report_due,
        "opened_by": event.by,
        "opened_on": event.occurred_on,
    }
    return Put(tables.cycle, {"cycle": event.cycle}, values)


def project_step(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case StepStarted() as event:
            values = {
                "started_on": event.started_on,
                "due_on": event.due.due_on,
                "due": event.due,
                "parts": event.parts,
            }
        case StepPartDone() as event:
            key = {"cycle": event.cycle, "step": event.step, "part": event.part}
            yield Put(tables.step_part, key, {"by": event.by, "occurred_on": event.occurred_on})
            yield Delete(tables.reopened_part, {**key, "stream": event.cause.stream})
            values = {}
        case StepCompleted() as event:
            values = {
                "completed_on": event.occurred_on,
                "completed_by": event.by,
                "summary": event.summary,
                "evidence": event.evidence,
            }
            for step, day in event.planned.items():
                yield Put(tables.plan, {"cycle": event.cycle, "step": step}, {"planned_on": day})
        case _:
            return
    yield Put(
        tables.step, {"cycle": event.cycle, "step": event.step}, {"version": recorded.version, **values}
    )


def project_reopening(recorded: Recorded) -> Iterable[Change]:
    """The step is open again, or its due date is another one."""
    match recorded.event:
        case StepReopened() as event:
            part = {
                "cycle": event.cycle,
                "step": event.step,
                "part": event.part,
                "stream": event.cause.stream,
            }
            yield Put(tables.reopened_part, part, {"occurred_on": event.occurred_on})
            values = {"reopened_on": event.occurred_on, "completed_on": None, "completed_by": None}
        case DueDateRevised() as event:
            values = {}
        case _:
            return
    due = {"due_on": event.due.due_on, "due": event.due} if event.due else {}
    yield Put(
        tables.step,
        {"cycle": event.cycle, "step": event.step},
        {"version": recorded.version, **due, **values},
    )


def withdrawn(event: StepWithdrawn | CycleWithdrawn) -> Iterable[Change]:
    """A withdrawn cycle is nobody's any more; the audit trail keeps it."""
    yield Delete(tables.cycle, {"cycle": event.cycle})
    if isinstance(event, StepWithdrawn):
        yield Delete(tables.step, {"cycle": event.cycle, "step": event.step})


def project_submission(recorded: Recorded) -> Change:
    key = {"submission": recorded.stream}
    last = {
        "version": recorded.version,
        "last_by": recorded.metadata.actor.person,
        "last_at": recorded.recorded_at,
    }
    match recorded.event:
        case SubmissionOpened() as event:
            values = {
                "cycle": event.cycle,
                "agency": event.agency,
                "agency_name": event.agency_name,
                "period": event.period,
                "services": event.services,
                "state": "open",
                "revision": 0,
                "digest": "",
                "opened_on": event.occurred_on,
                "reason": "",
                "notes": [],
            }
            return Put(tables.submission, key, values | last)
        case SubmissionReceived() as event:
            values = {
                "state": "handed_in",
                "revision": event.revision,
                "digest": event.digest,
                "handed_in_by": event.by,
                "handed_in_on": event.occurred_on,
                "reason": "",
                "notes": [],
            }
            return Patch(tables.submission, key, values | last)
        case SubmissionReopened() as event:
            state = "returned" if event.cause else "taken_back"
            return Patch(
                tables.submission, key, {"state": state, "reason": event.reason, "notes": event.fields} | last
            )
        case _:
            raise TypeError(recorded.type)


def project_filling(recorded: Recorded) -> Iterable[Change]:
    who = {"by": recorded.metadata.actor.person, "at": recorded.recorded_at}
    yield Patch(
        tables.submission,
        {"submission": recorded.stream},
        {"version": recorded.version, "last_by": who["by"], "last_at": recorded.recorded_at},
    )
    match recorded.event:
        case FigureEntered(service=service, figure=figure):
            key = {"submission": recorded.stream, "service": service}
            yield (
                Delete(tables.figure, key)
                if figure == BLANK
                else Put(tables.figure, key, {"figure": figure, **who})
            )
        case EvidenceAttached(evidence=attached):
            key = {"submission": recorded.stream, "digest": attached.file.digest}
            yield Put(tables.evidence, key, {"file": attached.file, "services": attached.services, **who})
        case EvidenceWithdrawn(digest=digest):
            yield Delete(tables.evidence, {"submission": recorded.stream, "digest": digest})


def judged(event: SubmissionReturned | SubmissionApproved | ApprovalVoided) -> Change:
    verdict = {SubmissionReturned: "returned", SubmissionApproved: "approved", ApprovalVoided: "voided"}[
        type(event)
    ]
    return Put(
        tables.verdict,
        {"submission": event.submission},
        {"verdict": verdict, "revision": event.revision, "by": event.by},
    )


def project_settings(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case AgencyRegistered() as event:
            values = {"version": recorded.version, "name": event.name, "short_name": event.short_name}
            yield Put(tables.agency, {"agency": event.agency}, values)
        case ServiceAssigned() as event:
            key = {"agency": event.agency, "service": event.service, "valid_from": event.valid_from}
            yield Put(tables.assignment, key, {"valid_until": event.valid_until})
            yield Patch(tables.agency, {"agency": event.agency}, {"version": recorded.version})
        case CalendarChanged() as event:
            yield calendar_changed(recorded, event)


def calendar_changed(recorded: Recorded, event: CalendarChanged) -> Change:
    values = {
        "day": event.day,
        "kind": event.kind,
        "name": event.name,
        "source": event.source,
        "calendar": event.calendar,
        "by": event.by,
        "occurred_on": event.occurred_on,
        "recorded_at": recorded.recorded_at,
    }
    return Put(tables.calendar_change, {"number": recorded.version}, values)
