"""Rules of a verification (SOP step 8)."""

from dataclasses import replace
from datetime import date

import pytest

from services.verification.domain.verification import (
    ApproveSubmission,
    Command,
    FollowReopening,
    OpenVerification,
    ReturnSubmission,
    verification,
)
from shared.contracts.values import AttachedEvidence, CellChange, FieldNote, Figure, QualityItem, StoredFile
from shared.contracts.verification import (
    ApprovalVoided,
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
    VerificationWithdrawn,
)
from tests.support.given_when_then import Given

SUBMISSION = "submission-3402-2026-dinkes-tahunan"
FIGURE = Figure(served=4075, entitled=4122, quality={"bidan": QualityItem(required=10, fulfilled=9)})
EVIDENCE = AttachedEvidence(
    file=StoredFile(digest="e" * 64, name="kohort.pdf", media_type="application/pdf", size=9),
    services=("kes.ibu_hamil",),
)
OPENED = VerificationOpened(
    cycle="3402-2026",
    agency="dinkes",
    agency_name="Dinas Kesehatan",
    period="tahunan",
    submission=SUBMISSION,
    revision=1,
    digest="a" * 64,
    figures={"kes.ibu_hamil": FIGURE},
    evidence=(EVIDENCE,),
    contributors=("sri", "tono"),
    changes=(),
    handed_in_by="sri",
    handed_in_on=date(2026, 11, 2),
)
APPROVED = SubmissionApproved(
    cycle="3402-2026",
    agency="dinkes",
    agency_name="Dinas Kesehatan",
    period="tahunan",
    submission=SUBMISSION,
    revision=1,
    digest="a" * 64,
    figures={"kes.ibu_hamil": FIGURE},
    contributors=("sri", "tono"),
    by="wulan",
    occurred_on=date(2026, 11, 3),
)
NOTE = FieldNote(service="kes.ibu_hamil", field="served", note="sumber angka?")
RETURNED = SubmissionReturned(
    cycle="3402-2026",
    agency="dinkes",
    period="tahunan",
    submission=SUBMISSION,
    revision=1,
    reason="Penyebut belum jelas.",
    fields=(NOTE,),
    by="wulan",
    occurred_on=date(2026, 11, 3),
)
WITHDRAWN = VerificationWithdrawn(
    cycle="3402-2026",
    agency="dinkes",
    period="tahunan",
    submission=SUBMISSION,
    revision=1,
    reason="Salah unggah.",
    by="sri",
)
VOIDED = ApprovalVoided(
    cycle="3402-2026",
    agency="dinkes",
    period="tahunan",
    submission=SUBMISSION,
    revision=1,
    digest="a" * 64,
    approved_by="wulan",
    changes=(),
    reason="Salah unggah.",
    by="sri",
)
MENDED = {"kes.ibu_hamil": replace(FIGURE, served=4076)}
SERVED_CHANGED = (CellChange(service="kes.ibu_hamil", field="served", before="4075", after="4076"),)


def given(*history: object) -> Given:
    return Given(verification, history)


def open_revision(revision: int = 1, **changed: object) -> OpenVerification:
    return replace(
        OpenVerification(
            catalogue=1,
            cycle="3402-2026",
            agency="dinkes",
            agency_name="Dinas Kesehatan",
            period="tahunan",
            submission=SUBMISSION,
            revision=revision,
            digest="a" * 64,
            figures={"kes.ibu_hamil": FIGURE},
            evidence=(EVIDENCE,),
            contributors=("tono",),
            by="sri",
            occurred_on=date(2026, 11, 2),
        ),
        **changed,
    )


def hand_in_again() -> OpenVerification:
    return open_revision(
        2, digest="b" * 64, figures=MENDED, contributors=("umar",), by="sri", occurred_on=date(2026, 11, 9)
    )


OPENED_AGAIN = replace(
    OPENED,
    revision=2,
    digest="b" * 64,
    figures=MENDED,
    contributors=("sri", "tono", "umar"),
    changes=SERVED_CHANGED,
    handed_in_on=date(2026, 11, 9),
)


def approve(digest: str = "a" * 64, by: str = "wulan", on: date = date(2026, 11, 3)) -> ApproveSubmission:
    return ApproveSubmission(digest=digest, by=by, occurred_on=on)


def send_back(
    *fields: FieldNote, reason: str = " Penyebut belum jelas. ", by: str = "wulan"
) -> ReturnSubmission:
    return ReturnSubmission(reason=reason, fields=fields, by=by, occurred_on=date(2026, 11, 3))


def take_back(revision: int = 1) -> FollowReopening:
    return FollowReopening(revision=revision, reason="Salah unggah.", by="sri")


def test_what_was_handed_in_waits_for_tim_spm() -> None:
    given().when(open_revision()).then(OPENED)


def test_the_same_revision_again_is_no_news() -> None:
    given(OPENED).when(open_revision()).then()


def test_an_approval_names_exactly_what_was_seen() -> None:
    given(OPENED).when(approve()).then(APPROVED)


def test_an_approval_of_something_else_than_the_current_digest_is_refused() -> None:
    given(OPENED, WITHDRAWN, OPENED_AGAIN).when(approve()).refused("before-handed-in", field="occurred_on")
    given(OPENED, WITHDRAWN, OPENED_AGAIN).when(approve(on=date(2026, 11, 9))).refused(
        "digest-conflict", field="digest", seen="a" * 8, current="b" * 8
    )


@pytest.mark.parametrize(
    ("figure", "supports", "approved"),
    [
        (FIGURE, ("kes.ibu_hamil",), True),
        (FIGURE, ("kes.balita",), False),
        (FIGURE, (), False),
        (Figure(budget=0), (), False),
        (Figure(served=0, entitled=5), (), False),
        (Figure(answer="nihil", reason="tidak ada bencana"), (), True),
        (Figure(answer="not_yet", reason="menunggu"), (), True),
        (Figure(), (), True),
    ],
)
def test_no_number_is_approved_without_evidence_of_it(
    figure: Figure, supports: tuple[str, ...], approved: bool
) -> None:
    evidence = (replace(EVIDENCE, services=supports),) if supports else ()
    opened = given(replace(OPENED, figures={"kes.ibu_hamil": figure}, evidence=evidence)).when(approve())
    if approved:
        opened.then(replace(APPROVED, figures={"kes.ibu_hamil": figure}))
    else:
        opened.refused("R07", services="Pelayanan kesehatan ibu hamil")


@pytest.mark.parametrize("contributor", ["sri", "tono"])
def test_nobody_approves_or_returns_an_own_submission(contributor: str) -> None:
    given(OPENED).when(approve(by=contributor)).refused("R17")
    given(OPENED).when(send_back(by=contributor)).refused("R17")


def test_who_contributed_to_an_earlier_revision_still_counts_as_contributor() -> None:
    given(OPENED, RETURNED).when(hand_in_again()).then(OPENED_AGAIN)
    given(OPENED, RETURNED, OPENED_AGAIN).when(approve("b" * 64, by="tono")).refused("R17")


def test_nothing_is_approved_before_the_day_it_was_handed_in() -> None:
    given(OPENED).when(approve(on=date(2026, 11, 1))).refused("before-handed-in", field="occurred_on")


def test_a_return_says_why_and_points_at_cells() -> None:
    given(OPENED).when(send_back(NOTE)).then(RETURNED)


@pytest.mark.parametrize("field", ["", "evidence", "reason", "quality.bidan"])
def test_a_note_may_point_at_a_row_its_evidence_a_column_or_a_quality_item(field: str) -> None:
    note = replace(NOTE, field=field)
    given(OPENED).when(send_back(note)).then(replace(RETURNED, fields=(note,)))


def test_a_whole_submission_may_be_returned_without_pointing_at_a_cell() -> None:
    given(OPENED).when(send_back()).then(replace(RETURNED, fields=()))


def test_a_return_without_a_reason_is_refused() -> None:
    given(OPENED).when(send_back(NOTE, reason="  ")).refused("reason-missing", field="reason")


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"service": "sos.anak"}, "note-service", "fields.1.service"),
        ({"field": "quality.dukun"}, "note-field", "fields.1.field"),
        ({"note": " "}, "note-missing", "fields.1.note"),
    ],
)
def test_a_note_that_points_nowhere_or_says_nothing_is_refused(
    changed: dict[str, str], code: str, field: str
) -> None:
    given(OPENED).when(send_back(NOTE, replace(NOTE, **changed))).refused(code, field=field)


@pytest.mark.parametrize(
    "history", [(), (OPENED, RETURNED), (OPENED, WITHDRAWN), (OPENED, APPROVED), (OPENED, APPROVED, VOIDED)]
)
@pytest.mark.parametrize("command", [approve(), send_back(NOTE)])
def test_only_what_waits_can_be_decided(history: tuple[object, ...], command: Command) -> None:
    given(*history).when(command).refused("verification-closed")


def test_opening_an_approved_submission_again_voids_the_approval() -> None:
    given(OPENED, APPROVED).when(take_back()).then(VOIDED)


def test_taking_back_what_waits_withdraws_it() -> None:
    given(OPENED).when(take_back()).then(WITHDRAWN)


@pytest.mark.parametrize("history", [(), (OPENED, RETURNED), (OPENED, WITHDRAWN), (OPENED, APPROVED, VOIDED)])
def test_reopening_what_does_not_wait_is_no_news(history: tuple[object, ...]) -> None:
    given(*history).when(take_back()).then()


def test_a_late_reopening_of_an_older_revision_is_no_news() -> None:
    given(OPENED, RETURNED, OPENED_AGAIN).when(take_back(1)).then()


def test_a_new_revision_over_an_approved_one_voids_the_approval_and_says_what_changed() -> None:
    voided = replace(VOIDED, changes=SERVED_CHANGED, reason="Diserahkan ulang.")
    given(OPENED, APPROVED).when(hand_in_again()).then(voided, OPENED_AGAIN)


def test_after_a_voided_approval_the_next_revision_says_what_changed_since() -> None:
    given(OPENED, APPROVED, VOIDED).when(hand_in_again()).then(OPENED_AGAIN)


def test_what_was_withdrawn_is_remembered_when_it_is_handed_in_again() -> None:
    given(OPENED, WITHDRAWN).when(open_revision(1)).then()
    given(OPENED, WITHDRAWN).when(hand_in_again()).then(OPENED_AGAIN)
