"""What verification does by itself when something happened elsewhere, or in its own streams.

SOP steps 8 and 10. Previous hop: the consumer, with events of intake, documents and verification.
Next hop: `domain/verification.py`, `domain/round.py`, `domain/endorsement.py`, in the same transaction. Pure:
one event in, own commands out.
"""

from collections.abc import Sequence

from services.verification import streams
from services.verification.domain.endorsement_commands import (
    AdmitCorrection,
    AdmitEndorsement,
    AdmitWithdrawal,
    FollowWithdrawal,
    HoldEndorsement,
    RequestEndorsement,
    SettleFigures,
    UnsettleFigures,
)
from services.verification.domain.round import (
    CountApproval,
    ReleaseApproval,
    RequireApproval,
    UncountApproval,
)
from services.verification.domain.verification import FollowReopening, OpenVerification
from shared.contracts.correction import CorrectionDecided
from shared.contracts.documents import DocumentDrafted, SettlementWithdrawn
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import StepStarted, SubmissionOpened, SubmissionReceived, SubmissionReopened
from shared.contracts.values import ReopenedSubmission
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalReleased,
    ApprovalRequired,
    ApprovalUncounted,
    ApprovalVoided,
    ApprovalWithdrawn,
    SubmissionApproved,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.sop.definition import sops
from shared.sop.parts import DRAFTING, ENDORSING

REACTS = frozenset(
    {
        ("intake", "step-started"),
        ("intake", "submission-opened"),
        ("intake", "submission-received"),
        ("intake", "submission-reopened"),
        ("intake", "services-handed-over"),
        ("intake", "services-taken-over"),
        ("documents", "document-drafted"),
        ("documents", "settlement-withdrawn"),
        ("documents", "correction-decided"),
        ("verification", "submission-approved"),
        ("verification", "approval-voided"),
        ("verification", "approval-withdrawn"),
        ("verification", "approval-required"),
        ("verification", "approval-uncounted"),
        ("verification", "approval-released"),
        ("verification", "all-submissions-approved"),
    }
)


def react(recorded: Recorded) -> Sequence[Order]:
    """The own commands that follow from an event; none for most."""
    match recorded.event:
        case StepStarted() as event:
            return hold_or_admit(event)
        case SubmissionOpened() | ServicesTakenOver() as event:
            order = _to_round(event.cycle, combined(RequireApproval, event, submission=recorded.stream))
        case ServicesHandedOver(held=()) as event:
            order = _to_round(event.cycle, release_approval(event, recorded.stream))
        case SubmissionReceived() | SubmissionReopened() as event:
            order = _to_verification(recorded.stream, event.cycle, of_revision(event, recorded.stream))
        case SubmissionApproved() as event:
            order = _to_round(event.cycle, count_approval(event))
        case ApprovalVoided() | ApprovalWithdrawn() as event:
            order = _to_round(event.cycle, combined(UncountApproval, event))
        case AllSubmissionsApproved() as event:
            involved = tuple(sorted({*event.contributors, *event.verifiers}))
            order = _to_endorsement(event.cycle, combined(SettleFigures, event, involved=involved))
        case ApprovalRequired() | ApprovalUncounted() | ApprovalReleased() as event:
            order = _to_endorsement(event.cycle, combined(UnsettleFigures, event))
        case DocumentDrafted(kind="laporan") | SettlementWithdrawn() | CorrectionDecided() as event:
            order = _to_endorsement(event.cycle, of_report(event, recorded.stream))
        case _:
            return []
    return [order]


def at_once(recorded: Recorded) -> Sequence[Order]:
    """What is decided with an event or not at all: an approval is taken back only where the endorsement says
    that the report is not endorsed yet.
    """
    match recorded.event:
        case ApprovalWithdrawn() as event:
            return [_to_endorsement(event.cycle, combined(AdmitWithdrawal, event))]
        case _:
            return []


def hold_or_admit(event: StepStarted) -> Sequence[Order]:
    """Where steps lie between the draft of the report and its endorsement, they come first."""
    sop = sops()[event.sop]
    drafting, endorsing = sop.step_of(DRAFTING.format(kind="laporan")), sop.step_of(ENDORSING)
    if event.step == endorsing.key:
        return [_to_endorsement(event.cycle, AdmitEndorsement(cycle=event.cycle))]
    if event.step == drafting.key and endorsing.after != (drafting.key,):
        return [_to_endorsement(event.cycle, HoldEndorsement(cycle=event.cycle))]
    return []


def of_revision(
    event: SubmissionReceived | SubmissionReopened, submission: str
) -> OpenVerification | FollowReopening:
    """What the checking of a submission hears of a revision."""
    if isinstance(event, SubmissionReopened):
        return combined(FollowReopening, event)
    return open_verification(event, submission)


def open_verification(event: SubmissionReceived, submission: str) -> OpenVerification:
    return combined(OpenVerification, event, submission=submission, contributors=event.entered_by)


def release_approval(event: ServicesHandedOver, submission: str) -> ReleaseApproval:
    successor = streams.submission_beside(submission, event.taker)
    return combined(ReleaseApproval, event, submission=submission, successor=successor)


def count_approval(event: SubmissionApproved) -> CountApproval:
    return combined(CountApproval, event, verified_by=event.by)


def of_report(
    event: DocumentDrafted | SettlementWithdrawn | CorrectionDecided, document: str
) -> RequestEndorsement | FollowWithdrawal | AdmitCorrection:
    if isinstance(event, CorrectionDecided):
        named = tuple(combined(ReopenedSubmission, each) for each in event.submissions)
        return combined(AdmitCorrection, event, submissions=named)
    if isinstance(event, SettlementWithdrawn):
        return combined(FollowWithdrawal, event)
    return combined(
        RequestEndorsement, event, document=document, involved=tuple(sorted({*event.verifiers, event.by}))
    )


def _to_verification(submission: str, cycle: str, command: OpenVerification | FollowReopening) -> Order:
    return Order(stream=streams.verification(streams.case_of(submission)), command=command, case_id=cycle)


def _to_round(
    cycle: str, command: RequireApproval | CountApproval | UncountApproval | ReleaseApproval
) -> Order:
    return Order(stream=streams.round_of(cycle), command=command, case_id=cycle)


def _to_endorsement(
    cycle: str,
    command: SettleFigures
    | UnsettleFigures
    | HoldEndorsement
    | AdmitEndorsement
    | AdmitWithdrawal
    | RequestEndorsement
    | FollowWithdrawal
    | AdmitCorrection,
) -> Order:
    return Order(stream=streams.endorsement(cycle), command=command, case_id=cycle)
