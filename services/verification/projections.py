"""How events become the rows of the read models. Pure: one event in, changes out.

SOP steps 8 and 10. Previous hop: the command handler, beside the append, and the consumer for intake's
events. Next hop: `checking/queries.py` and `endorsing/queries.py`.
"""

from collections.abc import Iterable

from services.verification import tables
from shared.contracts.intake import (
    CalendarChanged,
    CycleOpened,
    CycleWithdrawn,
    DueDateRevised,
    SignedSheetAttached,
    StepReopened,
    StepStarted,
    SubmissionOpened,
)
from shared.contracts.values import DueDate
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalCounted,
    ApprovalRequired,
    ApprovalUncounted,
    ApprovalVoided,
    EndorsementAdmitted,
    EndorsementHeld,
    EndorsementRefused,
    EndorsementRequested,
    FiguresSettled,
    FiguresUnsettled,
    ReportEndorsed,
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
    VerificationWithdrawn,
)
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.recorded import Recorded

PROJECTS = frozenset(
    {
        ("intake", "cycle-opened"),
        ("intake", "cycle-withdrawn"),
        ("intake", "step-started"),
        ("intake", "step-reopened"),
        ("intake", "due-date-revised"),
        ("intake", "calendar-changed"),
        ("intake", "submission-opened"),
        ("intake", "signed-sheet-attached"),
    }
)

Decision = VerificationWithdrawn | SubmissionReturned | SubmissionApproved | ApprovalVoided
STATUS = {
    VerificationWithdrawn: "withdrawn",
    SubmissionReturned: "returned",
    SubmissionApproved: "approved",
    ApprovalVoided: "voided",
}


def project(recorded: Recorded) -> Iterable[Change]:
    """The changes of read models that an event makes; none for events that no page shows."""
    if recorded.source == "intake":
        return project_intake(recorded)
    match recorded.event:
        case VerificationOpened() as event:
            return opened(recorded, event)
        case (
            VerificationWithdrawn() | SubmissionReturned() | SubmissionApproved() | ApprovalVoided() as event
        ):
            return decided(recorded, event)
        case ApprovalRequired() | ApprovalCounted() | ApprovalUncounted() as event:
            return [
                Put(tables.round_, {"cycle": event.cycle}, {"version": recorded.version, "complete_on": None})
            ]
        case AllSubmissionsApproved() as event:
            return [
                Put(
                    tables.round_,
                    {"cycle": event.cycle},
                    {"version": recorded.version, "complete_on": event.occurred_on},
                )
            ]
        case _:
            return project_endorsement(recorded)


def project_intake(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case CycleOpened() as event:
            values = {"year": event.year, "region_name": event.region_name, "catalogue": event.catalogue}
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
        case SubmissionOpened() as event:
            yield Put(
                tables.expected,
                {"submission": recorded.stream},
                {
                    "cycle": event.cycle,
                    "agency": event.agency,
                    "agency_name": event.agency_name,
                    "period": event.period,
                    "services": event.services,
                },
            )
        case SignedSheetAttached() as event:
            key = {"submission": recorded.stream, "sheet": event.sheet, "digest": event.file.digest}
            values = {
                "revision": event.revision,
                "file": event.file,
                "by": event.by,
                "at": recorded.recorded_at,
            }
            yield Put(tables.signed_sheet, key, values)
        case _:
            return


def opened(recorded: Recorded, event: VerificationOpened) -> Iterable[Change]:
    """A revision waits: the row of the queue, the revision itself, and a line of the trail."""
    yield Put(
        tables.verification,
        {"stream": recorded.stream},
        {
            "cycle": event.cycle,
            "submission": event.submission,
            "agency": event.agency,
            "agency_name": event.agency_name,
            "period": event.period,
            "version": recorded.version,
            "status": "waiting",
            "revision": event.revision,
            "digest": event.digest,
            "contributors": event.contributors,
            "handed_in_by": event.handed_in_by,
            "handed_in_on": event.handed_in_on,
            "reason": "",
            "notes": [],
            "last_act": "waiting",
            "last_by": event.handed_in_by,
            "last_at": recorded.recorded_at,
        },
    )
    yield Put(
        tables.revision,
        {"stream": recorded.stream, "revision": event.revision},
        {
            "digest": event.digest,
            "figures": event.figures,
            "evidence": event.evidence,
            "changes": event.changes,
        },
    )
    yield Put(
        tables.trail,
        {"stream": recorded.stream, "version": recorded.version},
        {
            "act": "waiting",
            "revision": event.revision,
            "by": event.handed_in_by,
            "occurred_on": event.handed_in_on,
            "recorded_at": recorded.recorded_at,
            "reason": "",
            "digest": event.digest,
            "notes": [],
            "changes": event.changes,
        },
    )


def decided(recorded: Recorded, event: Decision) -> Iterable[Change]:
    """Something was said about the revision that waited or was approved."""
    status, reason, notes = STATUS[type(event)], getattr(event, "reason", ""), getattr(event, "fields", ())
    yield Patch(
        tables.verification,
        {"stream": recorded.stream},
        {
            "version": recorded.version,
            "status": status,
            "reason": reason,
            "notes": notes,
            "last_act": status,
            "last_by": event.by,
            "last_at": recorded.recorded_at,
        },
    )
    yield Put(
        tables.trail,
        {"stream": recorded.stream, "version": recorded.version},
        {
            "act": status,
            "revision": event.revision,
            "by": event.by,
            "occurred_on": getattr(event, "occurred_on", None),
            "recorded_at": recorded.recorded_at,
            "reason": reason,
            "digest": getattr(event, "digest", ""),
            "notes": notes,
            "changes": getattr(event, "changes", ()),
        },
    )


def project_endorsement(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case FiguresSettled() as event:
            values = {"settled": True, "figures_by": event.involved, "digests": event.digests}
        case FiguresUnsettled() as event:
            values = {"settled": False, "stale": True}
        case EndorsementHeld() | EndorsementAdmitted() as event:
            values = {"held": isinstance(event, EndorsementHeld)}
        case EndorsementRequested() as event:
            values = {
                "status": "waiting",
                "stale": False,
                "document": event.document,
                "revision": event.revision,
                "digest": event.digest,
                "file": event.file,
                "involved": event.involved,
                "basis": event.basis,
                "drafted_by": event.drafted_by,
                "drafted_on": event.drafted_on,
                "decided_by": None,
                "decided_on": None,
                "reason": "",
            }
        case ReportEndorsed() as event:
            values = {
                "status": "endorsed",
                "decided_by": event.by,
                "decided_on": event.occurred_on,
                "reason": "",
            }
        case EndorsementRefused() as event:
            values = {
                "status": "refused",
                "decided_by": event.by,
                "decided_on": event.occurred_on,
                "reason": event.reason,
            }
        case _:
            return []
    return [
        Put(
            tables.endorsement,
            {"cycle": event.cycle},
            {"stream": recorded.stream, "version": recorded.version, **values},
        )
    ]
