"""What verification does by itself: someone else's event in, own commands out."""

from datetime import UTC, date, datetime

import pytest

from services.verification.domain.endorsement_commands import (
    FollowWithdrawal,
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
from services.verification.process_manager import REACTS, react
from shared.contracts.documents import DocumentDrafted, Kind, SettlementWithdrawn
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import SubmissionOpened, SubmissionReceived, SubmissionReopened
from shared.contracts.registry import declared
from shared.contracts.values import AttachedEvidence, Figure, StoredFile
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalReleased,
    ApprovalRequired,
    ApprovalUncounted,
    ApprovalVoided,
    ApprovalWithdrawn,
    SubmissionApproved,
    SubmissionReturned,
)
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor, Metadata, Recorded
from tests.support.events import made

CYCLE = "3402-2026"
SUBMISSION = "submission-3402-2026-dinkes-tahunan"
VERIFICATION = "verification-3402-2026-dinkes-tahunan"
FILE = StoredFile(digest="f" * 64, name="laporan.pdf", media_type="application/pdf", size=9)
FIGURES = {"kes.ibu_hamil": Figure(served=4075, entitled=4122)}
DAY = date(2026, 11, 3)


def recorded(event: object, stream: str = SUBMISSION) -> Recorded:
    entry = declared(type(event))
    return Recorded(
        source=entry.producer,
        stream=stream,
        version=3,
        position=9,
        case_id=CYCLE,
        type=entry.name,
        schema=entry.schema,
        event=event,
        metadata=Metadata(actor=Actor.system("intake"), command_id="c", correlation="c"),
        recorded_at=datetime(2026, 11, 3, tzinfo=UTC),
    )


def order(stream: str, command: object) -> list[Order]:
    return [Order(stream=stream, command=command, case_id=CYCLE)]


def drafted(kind: Kind) -> DocumentDrafted:
    return DocumentDrafted(
        cycle=CYCLE,
        document=f"document-{CYCLE}-{kind}",
        kind=kind,
        revision=2,
        file=FILE,
        data_digest="d",
        template_digest="t",
        engine="typst",
        verifiers=("wulan",),
        basis={SUBMISSION: "a"} if kind == "laporan" else {},
        by="yuni",
        occurred_on=DAY,
    )


def test_an_opened_submission_is_required_in_the_round() -> None:
    opened = SubmissionOpened(
        catalogue=1,
        cycle=CYCLE,
        agency="dinkes",
        agency_name="Dinas Kesehatan",
        period="tahunan",
        services=(),
        occurred_on=DAY,
    )
    command = RequireApproval(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    assert react(recorded(opened)) == order("round-3402-2026", command)


def test_a_received_submission_opens_its_verification() -> None:
    evidence = (AttachedEvidence(file=FILE, services=("kes.ibu_hamil",)),)
    received = SubmissionReceived(
        catalogue=1,
        cycle=CYCLE,
        agency="dinkes",
        agency_name="Dinas Kesehatan",
        period="tahunan",
        revision=1,
        figures=FIGURES,
        evidence=evidence,
        entered_by=("tono",),
        digest="a",
        by="sri",
        occurred_on=DAY,
    )
    command = OpenVerification(
        catalogue=1,
        cycle=CYCLE,
        agency="dinkes",
        agency_name="Dinas Kesehatan",
        period="tahunan",
        submission=SUBMISSION,
        revision=1,
        digest="a",
        figures=FIGURES,
        evidence=evidence,
        contributors=("tono",),
        by="sri",
        occurred_on=DAY,
    )
    assert react(recorded(received)) == order(VERIFICATION, command)


def test_a_reopened_submission_is_followed() -> None:
    reopened = SubmissionReopened(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        revision=1,
        reason="salah",
        fields=(),
        by="sri",
        occurred_on=DAY,
    )
    assert react(recorded(reopened)) == order(
        VERIFICATION, FollowReopening(revision=1, reason="salah", by="sri")
    )


def test_an_own_approval_is_counted() -> None:
    approved = SubmissionApproved(
        cycle=CYCLE,
        agency="dinkes",
        agency_name="Dinas Kesehatan",
        period="tahunan",
        submission=SUBMISSION,
        revision=1,
        digest="a",
        figures=FIGURES,
        contributors=("sri",),
        by="wulan",
        occurred_on=DAY,
    )
    command = CountApproval(
        cycle=CYCLE,
        agency="dinkes",
        submission=SUBMISSION,
        digest="a",
        contributors=("sri",),
        verified_by="wulan",
        occurred_on=DAY,
    )
    assert react(recorded(approved, VERIFICATION)) == order("round-3402-2026", command)


def test_a_voided_approval_is_uncounted() -> None:
    voided = ApprovalVoided(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        submission=SUBMISSION,
        revision=1,
        digest="a",
        approved_by="wulan",
        changes=(),
        reason="salah",
        by="sri",
    )
    command = UncountApproval(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    assert react(recorded(voided, VERIFICATION)) == order("round-3402-2026", command)


def test_a_withdrawn_approval_is_uncounted() -> None:
    withdrawn = made(ApprovalWithdrawn, cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    command = UncountApproval(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    assert react(recorded(withdrawn, VERIFICATION)) == order("round-3402-2026", command)
    assert ("verification", "approval-withdrawn") in REACTS


def test_an_endorsement_that_documents_took_back_is_followed() -> None:
    said = {"digest": "a", "reason": "Tabel 3 keliru.", "by": "agus", "occurred_on": DAY}
    withdrawn = made(SettlementWithdrawn, cycle=CYCLE, **said)
    followed = order("endorsement-3402-2026", FollowWithdrawal(**said))
    assert react(recorded(withdrawn, "document-3402-2026-laporan")) == followed
    assert ("documents", "settlement-withdrawn") in REACTS


def test_a_complete_round_settles_the_figures_of_the_report() -> None:
    complete = AllSubmissionsApproved(
        cycle=CYCLE,
        digests={SUBMISSION: "a"},
        contributors=("tono", "sri"),
        verifiers=("wulan",),
        by="wulan",
        occurred_on=DAY,
    )
    command = SettleFigures(cycle=CYCLE, involved=("sri", "tono", "wulan"), digests={SUBMISSION: "a"})
    assert react(recorded(complete, "round-3402-2026")) == order("endorsement-3402-2026", command)


@pytest.mark.parametrize("missing", [ApprovalUncounted, ApprovalRequired])
def test_an_approval_that_is_uncounted_or_required_in_addition_unsettles_them(
    missing: type[ApprovalUncounted | ApprovalRequired],
) -> None:
    event = missing(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    command = UnsettleFigures(cycle=CYCLE, submission=SUBMISSION)
    assert react(recorded(event, "round-3402-2026")) == order("endorsement-3402-2026", command)
    assert ("verification", declared(missing).name) in REACTS


def test_a_draft_of_the_report_asks_for_its_endorsement() -> None:
    command = RequestEndorsement(
        cycle=CYCLE,
        document="document-3402-2026-laporan",
        revision=2,
        file=FILE,
        involved=("wulan", "yuni"),
        basis={SUBMISSION: "a"},
        by="yuni",
        occurred_on=DAY,
    )
    assert react(recorded(drafted("laporan"), "document-3402-2026-laporan")) == order(
        "endorsement-3402-2026", command
    )


def test_other_drafts_and_other_events_ask_for_nothing() -> None:
    returned = SubmissionReturned(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        submission=SUBMISSION,
        revision=1,
        reason="?",
        fields=(),
        by="wulan",
        occurred_on=DAY,
    )
    assert list(react(recorded(drafted("sk_tim"), "document-3402-2026-sk_tim"))) == []
    assert list(react(recorded(returned, VERIFICATION))) == []
    assert ("verification", "submission-returned") not in REACTS


def test_services_that_went_over_are_awaited_of_whom_they_are_now() -> None:
    taken = made(ServicesTakenOver, agency="dinkes")
    assert react(recorded(taken)) == order(
        f"round-{CYCLE}", RequireApproval(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    )
    gone = made(ServicesHandedOver, agency="dinkes", taker="labkesda", held=())
    beside = "submission-3402-2026-labkesda-tahunan"
    assert react(recorded(gone)) == order(
        f"round-{CYCLE}",
        ReleaseApproval(
            cycle=CYCLE, agency="dinkes", submission=SUBMISSION, taker="labkesda", successor=beside
        ),
    )
    assert react(recorded(made(ServicesHandedOver, agency="dinkes", held=("kes.balita",)))) == []


def test_a_released_approval_unsettles_the_figures() -> None:
    released = ApprovalReleased(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
    assert react(recorded(released, f"round-{CYCLE}")) == order(
        f"endorsement-{CYCLE}", UnsettleFigures(cycle=CYCLE, submission=SUBMISSION)
    )
