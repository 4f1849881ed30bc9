"""What intake does by itself when something happened: the next step starts, a step is done, submissions open,
a returned one opens again.

Serves every SOP step. Previous hop: the consumer, with events of all four services, its own included.
Next hop: `domain/step.py` and `domain/submission.py`, in the same transaction. Pure: one event and what is in
force in, own commands out.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.intake import streams
from services.intake.domain.cycle import CloseWithdrawn
from services.intake.domain.step_commands import ChangeParts, NotePart, ReopenPart, StartStep
from services.intake.domain.submission_commands import OpenSubmission, Reopen, TakeOverServices
from services.intake.in_force import InForce
from shared.clock import WIB
from shared.contracts.documents import CopiesPrinted, DispatchSent, DocumentDrafted, DocumentHandedOver
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import CycleOpened, StepCompleted, StepWithdrawn, SubmissionReceived
from shared.contracts.verification import CorrectionAdmitted, EndorsementRequested, SubmissionReturned
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.sop.deadlines import due_date, due_in_turn
from shared.sop.steps import Sop, Step

REACTS = frozenset(
    {
        ("intake", "cycle-opened"),
        ("intake", "step-completed"),
        ("intake", "step-withdrawn"),
        ("intake", "submission-received"),
        ("intake", "services-handed-over"),
        ("intake", "services-taken-over"),
        ("verification", "submission-returned"),
        ("verification", "all-submissions-approved"),
        ("verification", "approval-required"),
        ("verification", "approval-uncounted"),
        ("verification", "figures-unsettled"),
        ("verification", "endorsement-requested"),
        ("verification", "endorsement-refused"),
        ("verification", "endorsement-withdrawn"),
        ("verification", "report-endorsed"),
        ("verification", "correction-admitted"),
        ("documents", "document-drafted"),
        ("documents", "figures-withdrawn"),
        ("documents", "draft-restored"),
        ("documents", "document-handed-over"),
        ("documents", "copies-printed"),
        ("documents", "dispatch-sent"),
        ("documents", "document-reopened"),
        ("documents", "dispatch-reopened"),
        ("archive", "cycle-archived"),
        ("archive", "correction-expected"),
    }
)

ALONE = frozenset({("verification", "endorsement-refused"), ("verification", "endorsement-withdrawn")})
"""After these the step whose part they take back is done again, and none before it."""
LONGEST = 4_000
"""A reason, with the decision that it is of."""


def react(recorded: Recorded, in_force: InForce) -> Iterator[Order]:
    """The own commands that follow from an event."""
    match recorded.event:
        case CycleOpened() as event:
            for step in in_force.sop.first():
                yield start(step, recorded, event, in_force)
        case StepWithdrawn() as event:
            yield close_withdrawn(recorded, event)
        case StepCompleted() as event:
            yield from after_step(recorded, event, in_force)
        case SubmissionReturned() as event:
            yield reopen(recorded, event)
        case CorrectionAdmitted() as event:
            yield from reopen_corrected(recorded, event)
        case ServicesHandedOver() | ServicesTakenOver() as event:
            yield from change_parts(recorded, event, in_force)
        case SubmissionReceived(period=period) if period != streams.YEARLY:
            return
        case _:
            yield from note_parts(recorded, in_force)
            yield from reopen_parts(recorded, in_force)


def at_once(recorded: Recorded) -> Iterator[Order]:
    """What is decided with an event or not at all: services that one agency hands over arrive at the other,
    so that their figures are never with both nor with none.
    """
    match recorded.event:
        case ServicesHandedOver() as event:
            command = combined(
                TakeOverServices,
                event,
                agency=event.taker,
                agency_name=event.taker_name,
                giver=event.agency,
                giver_name=event.agency_name,
            )
            case = streams.yearly_case(event.cycle, event.taker)
            yield Order(stream=streams.submission(case), command=command, case_id=event.cycle)
        case _:
            return


def change_parts(
    recorded: Recorded, event: ServicesHandedOver | ServicesTakenOver, in_force: InForce
) -> Iterator[Order]:
    """The step that waits for every agency waits for the taker, and no longer for whom nothing is left."""
    leaves = isinstance(event, ServicesHandedOver)
    if leaves and event.held:
        return
    successor = event.taker if isinstance(event, ServicesHandedOver) else ""
    for step, part in in_force.sop.waiting_for("intake", "submission-received", event.agency):
        if part.which == "*":
            command = combined(
                ChangeParts,
                event,
                step=step.key,
                part=event.agency,
                leaves=leaves,
                successor=successor,
                cause=recorded.ref,
            )
            yield Order(stream=streams.step(event.cycle, step), command=command, case_id=event.cycle)


def after_step(recorded: Recorded, event: StepCompleted, in_force: InForce) -> Iterator[Order]:
    """Submissions open before the step that waits for them starts, so that it knows all of them."""
    for opened in event.opens:
        command = combined(
            OpenSubmission,
            event,
            opened,
            catalogue=in_force.catalogue.version,
            agency_name=opened.name,
            period=streams.YEARLY,
        )
        yield Order(
            stream=streams.submission(streams.yearly_case(event.cycle, opened.agency)),
            command=command,
            case_id=event.cycle,
        )
    for step in in_force.sop.next_after(event.step):
        yield start(step, recorded, event, in_force)


def start(step: Step, recorded: Recorded, event: CycleOpened | StepCompleted, in_force: InForce) -> Order:
    agencies = tuple(opened.agency for opened in event.opens) if isinstance(event, StepCompleted) else ()
    dynamic = any(part.which == "*" for part in step.parts)
    started_on = starting_day(recorded, event.occurred_on, in_force)
    command = StartStep(
        cycle=event.cycle,
        sop=in_force.sop.version,
        step=step.key,
        started_on=started_on,
        due=due_date(step, started_on, in_force.calendar),
        parts=agencies if dynamic else step.fixed_parts,
        cause=recorded.ref,
    )
    return Order(stream=streams.step(event.cycle, step), command=command, case_id=event.cycle)


def starting_day(recorded: Recorded, said: date, in_force: InForce) -> date:
    """The day that the person named; a day beyond all calendars (a slip of the pen) must not stop the cycle,
    so the day of recording holds.
    """
    return said if in_force.calendar.knows(said) else recorded.recorded_at.astimezone(WIB).date()


def note_parts(recorded: Recorded, in_force: InForce) -> Iterator[Order]:
    """The steps that wait for this event learn that it has happened."""
    event: Any = recorded.event
    which = told_apart_by(recorded)
    sop = in_force.sop
    done = [
        (step, which if part.which == "*" else part.name)
        for step, part in sop.waiting_for(recorded.source, recorded.type, which)
    ]
    for step, part in [*done, *sop.redone_by(recorded.source, recorded.type)]:
        command = NotePart(
            cycle=event.cycle,
            step=step.key,
            part=part,
            by=_who(recorded),
            occurred_on=_said_on(recorded),
            cause=recorded.ref,
        )
        yield Order(stream=streams.step(event.cycle, step), command=command, case_id=event.cycle)


def reopen_parts(recorded: Recorded, in_force: InForce) -> Iterator[Order]:
    """The steps that rest on what this event takes back learn that it must happen again; the SOP's days count
    from that day. Those of several steps count one after the other from the day of recording, which is one
    for all of them: not every event that follows from another says a day.
    """
    event: Any = recorded.event
    which = told_apart_by(recorded)
    for step, part in in_force.sop.reopened_by(recorded.source, recorded.type):
        if which and part != which:
            continue
        day, again = (
            starting_day(recorded, _said_on(recorded), in_force),
            done_again(recorded, step, in_force.sop),
        )
        since = day if len(again) == 1 else recorded.recorded_at.astimezone(WIB).date()
        command = ReopenPart(
            cycle=event.cycle,
            step=step.key,
            part=part,
            due=due_in_turn(again, since, in_force.calendar),
            occurred_on=day,
            cause=recorded.ref,
        )
        yield Order(stream=streams.step(event.cycle, step), command=command, case_id=event.cycle)


def done_again(recorded: Recorded, step: Step, sop: Sop) -> list[Step]:
    """The steps that are open again up to this one, which is the last of them: all that an event can take
    back, unless it leaves what was before it as it was.
    """
    if (recorded.source, recorded.type) in ALONE:
        return [step]
    return [one for one in sop.steps if one is step or (one.reopened_by and one.key in sop.before(step))]


def close_withdrawn(recorded: Recorded, event: StepWithdrawn) -> Order:
    command = combined(CloseWithdrawn, event, cause=recorded.ref)
    return Order(stream=streams.cycle(event.cycle), command=command, case_id=event.cycle)


def _who(recorded: Recorded) -> str:
    """Whose act it was; a draft that asks for its endorsement was made by its author."""
    event: Any = recorded.event
    return event.drafted_by if isinstance(event, EndorsementRequested) else event.by


def _said_on(recorded: Recorded) -> date:
    """The day that the person named; for what follows from other events the day of recording."""
    event: Any = recorded.event
    if isinstance(event, EndorsementRequested):
        return event.drafted_on
    said: date | None = getattr(event, "occurred_on", None)
    return said or recorded.recorded_at.astimezone(WIB).date()


def told_apart_by(recorded: Recorded) -> str:
    """What tells this event from others of its type: the agency, the kind of document, the recipient."""
    match recorded.event:
        case SubmissionReceived(agency=agency):
            return agency
        case DocumentDrafted(kind=kind):
            return kind
        case DocumentHandedOver() | CopiesPrinted():
            return streams.kind_of(recorded.stream)
        case DispatchSent(recipient=recipient):
            return recipient
        case _ if recorded.type == "document-reopened":
            return streams.kind_of(recorded.stream)
        case _:
            return str(getattr(recorded.event, "recipient", ""))


def reopen_corrected(recorded: Recorded, event: CorrectionAdmitted) -> Iterator[Order]:
    """The submissions that an official correction names are open again; the agency reads which decision."""
    said = f"Koreksi ke-{event.correction}, keputusan nomor {event.number}: {event.reason}"[:LONGEST]
    for one in event.submissions:
        command = combined(Reopen, event, one, reason=said, fields=(), cause=recorded.ref)
        yield Order(stream=one.submission, command=command, case_id=event.cycle)


def reopen(recorded: Recorded, event: SubmissionReturned) -> Order:
    return Order(
        stream=event.submission, command=combined(Reopen, event, cause=recorded.ref), case_id=event.cycle
    )
