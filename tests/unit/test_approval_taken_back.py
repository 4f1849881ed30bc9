"""Rules of an approval that is taken back, and of an endorsement that documents took back (SOP 8, 10)."""

from dataclasses import replace
from datetime import date

import pytest

from services.verification.domain.endorsement_commands import AdmitWithdrawal, FollowWithdrawal
from services.verification.domain.verification import WithdrawApproval
from shared.contracts.verification import ApprovalWithdrawn, EndorsementWithdrawn
from tests.unit import test_endorsement as report
from tests.unit import test_verification as case
from tests.unit.test_endorsement import given as on_report
from tests.unit.test_verification import given as on_case

REVOKED = ApprovalWithdrawn(
    cycle="3402-2026",
    agency="dinkes",
    period="tahunan",
    submission=case.SUBMISSION,
    revision=1,
    digest="a" * 64,
    approved_by="wulan",
    reason="Penyebut belum diperiksa.",
    by="wulan",
    occurred_on=date(2026, 11, 4),
)


def withdraw(**said: object) -> WithdrawApproval:
    what = WithdrawApproval(
        digest="a" * 64, reason="Penyebut belum diperiksa. ", by="wulan", occurred_on=date(2026, 11, 4)
    )
    return replace(what, **said)


def test_who_approved_takes_it_back_and_the_same_revision_waits_again() -> None:
    on_case(case.OPENED, case.APPROVED).when(withdraw()).then(REVOKED)
    on_case(case.OPENED, case.APPROVED, REVOKED).when(case.approve()).then(case.APPROVED)
    on_case(case.OPENED, case.APPROVED, REVOKED).when(case.send_back(case.NOTE)).then(case.RETURNED)
    on_case(case.OPENED, case.APPROVED, REVOKED).when(case.take_back()).then(case.WITHDRAWN)


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"by": "yuni"}, "other-approver", None),
        ({"by": "sri"}, "other-approver", None),
        ({"reason": " "}, "reason-missing", "reason"),
        ({"digest": "b" * 64}, "digest-conflict", "digest"),
        ({"occurred_on": date(2026, 11, 2)}, "before-approved", "occurred_on"),
    ],
)
def test_an_approval_is_taken_back_only(said: dict[str, object], code: str, field: str | None) -> None:
    """...by the person who gave it, with a reason, as it was seen, and not before it was given."""
    on_case(case.OPENED, case.APPROVED).when(withdraw(**said)).refused(code, field=field)


@pytest.mark.parametrize(
    "after",
    [
        (),
        (case.RETURNED,),
        (case.APPROVED, case.VOIDED),
        (case.APPROVED, REVOKED),
    ],
)
def test_what_is_not_approved_has_no_approval_to_take_back(after: tuple[object, ...]) -> None:
    on_case().when(withdraw()).refused("not-approved")
    on_case(case.OPENED, *after).when(withdraw()).refused("not-approved")


STANDS = (report.SETTLED, report.REQUESTED, report.ENDORSED)
ADMIT = AdmitWithdrawal(cycle="3402-2026", submission=report.SUBMISSION)
FOLLOW = FollowWithdrawal(digest="a" * 64, reason="Tabel 3 keliru.", by="agus", occurred_on=date(2026, 12, 4))
TAKEN_BACK = EndorsementWithdrawn(
    cycle="3402-2026",
    document=report.DOCUMENT,
    revision=1,
    digest="a" * 64,
    reason="Tabel 3 keliru.",
    by="agus",
    occurred_on=date(2026, 12, 4),
)


def test_an_approval_may_be_taken_back_until_the_report_is_endorsed() -> None:
    on_report().when(ADMIT).then()
    on_report(report.SETTLED).when(ADMIT).then(report.UNSETTLED)
    on_report(report.SETTLED, report.REQUESTED).when(ADMIT).then(report.UNSETTLED)
    on_report(*STANDS).when(ADMIT).refused("report-endorsed")
    on_report(*STANDS, TAKEN_BACK).when(ADMIT).then(report.UNSETTLED)


def test_whose_approval_is_taken_back_of_a_report_that_holds_no_longer_is_not_asked() -> None:
    on_report(*STANDS, report.UNSETTLED).when(ADMIT).then()


def test_once_a_withdrawal_was_admitted_nobody_endorses() -> None:
    on_report(report.SETTLED, report.REQUESTED, report.UNSETTLED).when(report.endorse()).refused(
        "endorsement-closed"
    )


def test_an_endorsement_that_documents_took_back_is_one_no_longer_and_the_draft_waits() -> None:
    on_report(*STANDS).when(FOLLOW).then(TAKEN_BACK)
    on_report(*STANDS, TAKEN_BACK).when(report.endorse()).then(report.ENDORSED)
    on_report(*STANDS, TAKEN_BACK).when(report.refuse()).then(report.REFUSED)


@pytest.mark.parametrize(
    "history",
    [
        (),
        (report.SETTLED, report.REQUESTED),
        (report.SETTLED, report.REQUESTED, report.ENDORSED, TAKEN_BACK),
        (report.SETTLED, report.REQUESTED, report.ENDORSED, report.REQUESTED_AGAIN, report.ENDORSED_AGAIN),
    ],
)
def test_of_what_is_not_endorsed_as_this_file_nothing_is_taken_back(history: tuple[object, ...]) -> None:
    on_report(*history).when(FOLLOW).then()


def test_a_draft_whose_figures_changed_meanwhile_does_not_wait_again() -> None:
    on_report(*STANDS, report.UNSETTLED, TAKEN_BACK).when(report.endorse()).refused("endorsement-closed")
