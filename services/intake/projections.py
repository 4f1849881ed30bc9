"""Read models of intake: one small function per event.

Serves every SOP step. Previous hop: the command handler, beside the append, and the consumer for events of
the other services. Next hop: `queries.py`, which the pages and the API ask.
"""

from collections.abc import Iterable

from services.intake import tables
from services.intake.rule_rows import project_rules
from services.intake.sheet_rows import project_sheet
from services.intake.timeline import row_of
from shared.contracts.handing_over import StepPartsChanged
from shared.contracts.intake import (
    AgencyRegistered,
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
from shared.contracts.persons.account import (
    AccountActivated,
    AccountClosed,
    AccountInvited,
    PasswordChanged,
    RecoveryApproved,
    RecoveryAsked,
    RecoveryRefused,
    SecondFactorRemoved,
    SecondFactorSet,
)
from shared.contracts.persons.login import LoginJoined, LoginParted, LoginRequested
from shared.contracts.persons.people import (
    OfficeEnded,
    OfficeGiven,
    PersonChanged,
    PersonLeft,
    PersonRegistered,
)
from shared.contracts.persons.token import TokenEnded, TokenGiven, TokenRenewed
from shared.contracts.regions import region_of
from shared.contracts.values import Figure
from shared.contracts.verification import (
    ApprovalVoided,
    ApprovalWithdrawn,
    SubmissionApproved,
    SubmissionReturned,
)
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put, Values
from shared.eventsourcing.recorded import Recorded

PROJECTS = frozenset(
    {
        ("verification", "submission-returned"),
        ("verification", "submission-approved"),
        ("verification", "approval-voided"),
        ("verification", "endorsement-requested"),
        ("verification", "report-endorsed"),
        ("verification", "endorsement-refused"),
        ("verification", "endorsement-withdrawn"),
        *(("verification", name) for name in ("approval-withdrawn", "correction-admitted")),
        *(("verification", f"question-{act}") for act in ("asked", "answered", "settled")),
        ("documents", "document-drafted"),
        ("documents", "document-handed-over"),
        ("documents", "team-decree-issued"),
        ("documents", "copies-printed"),
        ("documents", "dispatch-sent"),
        ("documents", "correction-decided"),
        ("documents", "dispatch-reopened"),
        ("documents", "dispatch-corrected"),
        ("documents", "receipt-recorded"),
        ("archive", "item-filed"),
        ("archive", "hard-copy-filed"),
        ("archive", "cycle-archived"),
        ("archive", "correction-expected"),
    }
)

BLANK = Figure()


def project(recorded: Recorded, first: str) -> Iterable[Change]:
    """The changes of read models that an event makes. `first`: the first region of the installation."""
    happened = row_of(recorded)
    if happened is not None:
        yield happened
    match recorded.event:
        case FigureEntered() | EvidenceAttached() | EvidenceWithdrawn():  # nine tenths of all events
            yield from project_filling(recorded)
        case CycleOpened() as event:
            yield Put.of(tables.cycle, recorded, event, opened_by=event.by, opened_on=event.occurred_on)
        case StepStarted() | StepPartDone() | StepPartsChanged() | StepCompleted():
            yield from project_step(recorded)
        case StepReopened() | DueDateRevised():
            yield from project_reopening(recorded)
        case StepWithdrawn() | CycleWithdrawn() as event:
            yield from withdrawn(event)
        case SignedSheetAttached() as event:
            yield Patch(tables.submission, {"submission": recorded.stream}, {"version": recorded.version})
            sheet = {"submission": recorded.stream, "digest": event.file.digest, "at": recorded.recorded_at}
            yield Put.of(tables.signed_sheet, event, **sheet)
        case SubmissionOpened() | SubmissionReceived() | SubmissionReopened():
            yield project_submission(recorded)
        case SubmissionReturned() | SubmissionApproved() | ApprovalVoided() | ApprovalWithdrawn() as event:
            yield judged(event)
        case _:
            yield from project_settings(recorded, region_of(recorded.stream, first))
            yield from project_account(recorded)
            yield from project_token(recorded)
            yield from project_sheet(recorded)


def project_step(recorded: Recorded) -> Iterable[Change]:
    said: Values = {}
    match recorded.event:
        case StepStarted() as event:
            said = {"due_on": event.due.due_on}
        case StepPartDone() as event:
            yield Put.of(tables.step_part, event)
            yield Delete.of(tables.reopened_part, event, event.cause)
        case StepPartsChanged() as event:
            pass
        case StepCompleted() as event:
            said = {"completed_on": event.occurred_on, "completed_by": event.by}
            for step, day in event.planned.items():
                yield Put.of(tables.plan, event, step=step, planned_on=day)
        case _:
            return
    yield Put.of(tables.step, recorded, event, **said)


def project_reopening(recorded: Recorded) -> Iterable[Change]:
    """The step is open again, or its due date is another one."""
    match recorded.event:
        case StepReopened() as event:
            yield Put.of(tables.reopened_part, event, event.cause)
            values = {"reopened_on": event.occurred_on, "completed_on": None, "completed_by": None}
        case DueDateRevised() as event:
            values = {}
        case _:
            return
    due = {"due_on": event.due.due_on, "due": event.due} if event.due else {}
    key = {"cycle": event.cycle, "step": event.step}
    yield Put(tables.step, key, {"version": recorded.version, **due, **values})


def withdrawn(event: StepWithdrawn | CycleWithdrawn) -> Iterable[Change]:
    """A withdrawn cycle is nobody's any more; the audit trail keeps it."""
    yield Delete.of(tables.cycle, event)
    if isinstance(event, StepWithdrawn):
        yield Delete.of(tables.step, event)


def project_submission(recorded: Recorded) -> Change:
    last = {"last_by": recorded.metadata.actor.person, "last_at": recorded.recorded_at}
    now = {"version": recorded.version, "reason": "", "notes": [], **last}
    match recorded.event:
        case SubmissionOpened() as event:
            fresh = {"state": "open", "revision": 0, "digest": "", "opened_on": event.occurred_on, **now}
            return Put.of(tables.submission, event, submission=recorded.stream, thresholds=0, **fresh)
        case SubmissionReceived() as event:
            said = {"state": "handed_in", "handed_in_by": event.by, "handed_in_on": event.occurred_on}
            said |= {"revision": event.revision, "digest": event.digest, "thresholds": event.thresholds}
        case SubmissionReopened() as event:
            said = {"state": "returned" if event.cause else "taken_back"}
            said |= {"reason": event.reason, "notes": event.fields}
        case _:
            raise TypeError(recorded.type)
    return Patch(tables.submission, {"submission": recorded.stream}, {**now, **said})


def project_filling(recorded: Recorded) -> Iterable[Change]:
    who = {"by": recorded.metadata.actor.person, "at": recorded.recorded_at}
    last = {"version": recorded.version, "last_by": who["by"], "last_at": who["at"]}
    yield Patch(tables.submission, {"submission": recorded.stream}, last)
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


def judged(event: SubmissionReturned | SubmissionApproved | ApprovalVoided | ApprovalWithdrawn) -> Change:
    if isinstance(event, ApprovalWithdrawn):
        return Delete.of(tables.verdict, event)
    verdict = {SubmissionReturned: "returned", SubmissionApproved: "approved", ApprovalVoided: "voided"}[
        type(event)
    ]
    return Put(
        tables.verdict,
        {"submission": event.submission},
        {"verdict": verdict, "revision": event.revision, "by": event.by},
    )


def project_settings(recorded: Recorded, region: str) -> Iterable[Change]:
    match recorded.event:
        case AgencyRegistered() as event:
            yield Put.of(tables.agency, recorded, event, region=region)
        case ServiceAssigned() as event:
            yield Put.of(tables.assignment, event, region=region)
            key = {"region": region, "agency": event.agency}
            yield Patch(tables.agency, key, {"version": recorded.version})
        case LoginRequested() | LoginJoined() | LoginParted():
            yield project_login(recorded)
        case _:
            yield from project_people(recorded)
            yield from project_rules(recorded, region)


def project_people(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case PersonRegistered() as event:
            yield Put.of(tables.person, recorded, event, left_on=None, left_reason=None)
            yield Put.of(tables.person_told, recorded, event, told=recorded.version)
        case PersonChanged() as event:
            yield Put.of(tables.person, recorded, event)
            yield Put.of(tables.person_told, recorded, event, told=recorded.version)
        case PersonLeft() as event:
            yield Patch.of(tables.person, recorded, event, left_reason=event.reason)
        case OfficeGiven() as event:
            yield Put.of(tables.office, event, given_by=event.by, given_on=event.occurred_on)
            yield _moved(recorded, event)
        case OfficeEnded() as event:
            ended = {"valid_until": event.ended_on, "ended_by": event.by, "ended_reason": event.reason}
            yield Patch.of(tables.office, event, **ended)
            yield _moved(recorded, event)


def _moved(recorded: Recorded, event: OfficeGiven | OfficeEnded) -> Change:
    """Something was said of this person, which makes the version of all people larger."""
    return Patch.of(tables.person, recorded, region=event.region, person=event.person)


def project_login(recorded: Recorded) -> Change:
    """`waiting` is 1 while it asks and nobody has answered."""
    match recorded.event:
        case LoginRequested() as event:
            fresh = {"waiting": 1, "person": "", "decided_by": "", "decided_on": None, "reason": ""}
            return Put.of(tables.login, recorded, event, requested_on=event.occurred_on, **fresh)
        case LoginJoined() as event:
            decided = {"decided_by": event.by, "decided_on": event.occurred_on, "reason": "", "waiting": 0}
            return Patch.of(tables.login, recorded, event, **decided)
        case LoginParted() as event:
            decided = {"decided_by": event.by, "decided_on": event.occurred_on, "person": "", "waiting": 0}
            return Patch.of(tables.login, recorded, event, **decided)
        case _:
            raise TypeError(recorded.type)


def project_account(recorded: Recorded) -> Iterable[Change]:
    """How far the local account of a person has come; who asks for a recovery that nobody answered yet."""
    changed = {"changed_by": recorded.metadata.actor.person}
    match recorded.event:
        case AccountInvited() as event:
            fresh = {"state": "invited", "asked_by": "", "reason": "", "changed_on": event.occurred_on}
            yield Put.of(tables.account, recorded, event, **fresh, **changed)
        case AccountActivated() as event:
            active = {"state": "active", "changed_on": event.occurred_on}
            yield Patch.of(tables.account, recorded, event, **active, **changed)
        case RecoveryAsked() as event:
            yield Patch.of(tables.account, recorded, event, asked_by=event.by)
        case RecoveryRefused() as event:
            yield Patch.of(tables.account, recorded, event, asked_by="", reason="")
        case AccountClosed() as event:
            closed = {"state": "closed", "asked_by": "", "changed_on": event.occurred_on}
            yield Patch.of(tables.account, recorded, event, **closed, **changed)
        case PasswordChanged() | SecondFactorSet() | SecondFactorRemoved() | RecoveryApproved() as event:
            yield Patch.of(tables.account, recorded, person=event.person)


def project_token(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case TokenGiven() as event:
            fresh = {"given_by": event.by, "given_on": event.occurred_on, "ended_by": "", "reason": ""}
            yield Put.of(tables.token, recorded, event, **fresh)
        case TokenRenewed() as event:
            yield Patch.of(tables.token, recorded, event)
        case TokenEnded() as event:
            yield Patch.of(tables.token, recorded, event, ended_by=event.by, ended_on=event.occurred_on)
