"""How events become the rows of the read models. Pure: one event in, changes out.

SOP steps 8 and 10. Previous hop: the command handler, beside the append, and the consumer for intake's
events. Next hop: `checking/queries.py` and `endorsing/queries.py`.
"""

from collections.abc import Iterable

from services.verification import tables
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import SignedSheetAttached, SubmissionOpened
from shared.contracts.talk import (
    FigureAccepted,
    QuestionAnswered,
    QuestionAsked,
    QuestionSettled,
    VerifierAssigned,
)
from shared.contracts.values import FieldNote
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalCounted,
    ApprovalReleased,
    ApprovalRequired,
    ApprovalUncounted,
    ApprovalVoided,
    ApprovalWithdrawn,
    CorrectionAdmitted,
    EndorsementAdmitted,
    EndorsementHeld,
    EndorsementRefused,
    EndorsementRequested,
    EndorsementWithdrawn,
    FiguresSettled,
    FiguresUnsettled,
    ReportEndorsed,
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
    VerificationWithdrawn,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put, Values
from shared.eventsourcing.recorded import Recorded
from shared.known_cycles import projections as known_cycles

PROJECTS = known_cycles.PROJECTS | {
    ("intake", "submission-opened"),
    ("intake", "services-handed-over"),
    ("intake", "services-taken-over"),
    ("intake", "signed-sheet-attached"),
}

Decision = (
    VerificationWithdrawn | SubmissionReturned | SubmissionApproved | ApprovalVoided | ApprovalWithdrawn
)
STATUS = {
    VerificationWithdrawn: "withdrawn",
    SubmissionReturned: "returned",
    SubmissionApproved: "approved",
    ApprovalVoided: "voided",
    ApprovalWithdrawn: "waiting",
}
"""How a submission stands after a decision; the act is called the same, but for a withdrawn approval."""
TALK = {
    QuestionAsked: "asked",
    QuestionAnswered: "answered",
    QuestionSettled: "settled",
    FigureAccepted: "accepted",
}
REQUESTED: Values = {
    "status": "waiting",
    "stale": False,
    "decided_by": None,
    "decided_on": None,
    "reason": "",
}


def project(recorded: Recorded, first: str) -> Iterable[Change]:
    """The changes of read models that an event makes; none for events that no page shows."""
    if recorded.source == "intake":
        return project_intake(recorded, first)
    match recorded.event:
        case VerificationOpened() as event:
            return opened(recorded, event)
        case (
            VerificationWithdrawn()
            | SubmissionReturned()
            | SubmissionApproved()
            | ApprovalVoided()
            | ApprovalWithdrawn() as event
        ):
            return decided(recorded, event)
        case QuestionAsked() | QuestionAnswered() | QuestionSettled() | FigureAccepted() as event:
            return said(recorded, event)
        case (
            VerifierAssigned()
            | ApprovalRequired()
            | ApprovalCounted()
            | ApprovalUncounted()
            | ApprovalReleased()
            | AllSubmissionsApproved() as event
        ):
            return [work(recorded, event)]
        case _:
            return project_endorsement(recorded)


def work(recorded: Recorded, event: object) -> Change:
    """Who looks after a submission, or since when a round is complete."""
    if isinstance(event, VerifierAssigned):
        return Put.of(tables.assignment, recorded, event)
    complete_on = event.occurred_on if isinstance(event, AllSubmissionsApproved) else None
    return Put.of(tables.round_, recorded, event, complete_on=complete_on)


def project_intake(recorded: Recorded, first: str) -> Iterable[Change]:
    match recorded.event:
        case SubmissionOpened() as event:
            yield Put.of(tables.expected, event, submission=recorded.stream)
        case ServicesTakenOver() as event:
            yield Put.of(tables.expected, event, submission=recorded.stream, services=event.held)
        case ServicesHandedOver() as event:
            held = Put.of(tables.expected, event, submission=recorded.stream, services=event.held)
            yield held if event.held else Delete(held.table, held.key)
        case SignedSheetAttached() as event:
            sheet = {"submission": recorded.stream, "digest": event.file.digest, "at": recorded.recorded_at}
            yield Put.of(tables.signed_sheet, event, **sheet)
        case _:
            yield from known_cycles.project(recorded, tables.cycles, first)


def opened(recorded: Recorded, event: VerificationOpened) -> Iterable[Change]:
    """A revision waits: the row of the queue, the revision itself, and a line of the trail."""
    by, on, nothing_said = event.handed_in_by, event.handed_in_on, {"reason": "", "notes": []}
    last = {"last_act": "waiting", "last_by": by, "last_at": recorded.recorded_at}
    yield Put.of(tables.verification, recorded, event, status="waiting", **nothing_said, **last)
    yield Put.of(tables.revision, recorded, event)
    yield Put.of(tables.trail, recorded, event, act="waiting", by=by, occurred_on=on, **nothing_said)


def decided(recorded: Recorded, event: Decision) -> Iterable[Change]:
    """Something was said about the revision that waited or was approved."""
    act = "revoked" if isinstance(event, ApprovalWithdrawn) else STATUS[type(event)]
    status, reason, notes = STATUS[type(event)], getattr(event, "reason", ""), getattr(event, "fields", ())
    yield Patch(
        tables.verification,
        {"stream": recorded.stream},
        {
            "version": recorded.version,
            "status": status,
            "reason": reason,
            "notes": notes,
            "last_act": act,
            "last_by": event.by,
            "last_at": recorded.recorded_at,
        },
    )
    yield Put(
        tables.trail,
        {"stream": recorded.stream, "version": recorded.version},
        {
            "act": act,
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


def said(
    recorded: Recorded, event: QuestionAsked | QuestionAnswered | QuestionSettled | FigureAccepted
) -> Iterable[Change]:
    """A line of the trail, which is where the threads and what is accepted are read from."""
    field, text = getattr(event, "field", ""), getattr(event, "text", "")
    note = combined(FieldNote, event, field=field, note=text)
    nothing: Values = {"reason": "", "digest": "", "changes": ()}
    yield Patch(tables.verification, {"stream": recorded.stream}, {"version": recorded.version})
    yield Put.of(tables.trail, recorded, event, act=TALK[type(event)], notes=(note,), **nothing)


def project_endorsement(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case FiguresSettled() as event:
            values = {"settled": True, "figures_by": event.involved, "digests": event.digests}
        case FiguresUnsettled() as event:
            values = {"settled": False, "stale": True}
        case EndorsementHeld() | EndorsementAdmitted() as event:
            values = {"held": isinstance(event, EndorsementHeld)}
        case EndorsementRequested() as event:
            return [Put.of(tables.endorsement, recorded, event, **REQUESTED)]
        case ReportEndorsed() as event:
            values = {"status": "endorsed", **decided_by(event), "reason": ""}
        case EndorsementRefused() as event:
            values = {"status": "refused", **decided_by(event), "reason": event.reason}
        case EndorsementWithdrawn() as event:
            said = {"decided_by": None, "decided_on": None, "reason": event.reason}
            values = {"status": "waiting", **said}  # whether it is stale, the figures say
        case CorrectionAdmitted() as event:
            values = {"status": "corrected", "reason": event.reason, "correction": of_correction(event)}
        case _:
            return []
    key = {"cycle": event.cycle}
    return [Put(tables.endorsement, key, {"stream": recorded.stream, "version": recorded.version, **values})]


def of_correction(event: CorrectionAdmitted) -> Values:
    """As `shared/known_cycles/corrections.py` tells it."""
    said = {name: getattr(event, name) for name in ("correction", "reason", "by")}
    return {**said, "decided_on": event.occurred_on.isoformat()}


def decided_by(event: ReportEndorsed | EndorsementRefused) -> Values:
    return {"decided_by": event.by, "decided_on": event.occurred_on}
