"""Rules of a submission (SOP step 7)."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.submission import submission
from services.intake.domain.submission_commands import (
    AttachEvidence,
    AttachSignedSheet,
    EnterFigure,
    HandIn,
    OpenSubmission,
    Reopen,
    TakeBack,
    WithdrawEvidence,
)
from shared.contracts.intake import (
    EvidenceAttached,
    EvidenceWithdrawn,
    FigureEntered,
    SignedSheetAttached,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import AttachedEvidence, EventRef, FieldNote, Figure, QualityItem, StoredFile
from shared.spm.catalogue import current
from shared.spm.digest import digest
from tests.support.given_when_then import Given

WHOSE = {"cycle": "3402-2026", "agency": "bpbd", "period": "tahunan"}
ACT = {"by": "sri", "occurred_on": date(2027, 1, 20)}
SERVICES = ("trantib.info_bencana", "trantib.evakuasi_bencana")
OPEN = OpenSubmission(
    catalogue=1, **WHOSE, agency_name="BPBD", services=SERVICES, occurred_on=date(2026, 9, 1)
)
OPENED = SubmissionOpened(
    catalogue=1, **WHOSE, agency_name="BPBD", services=SERVICES, occurred_on=date(2026, 9, 1)
)
QUALITY = {item.id: QualityItem(required=4, fulfilled=3) for item in current().services[SERVICES[0]].quality}
FIGURE = Figure(served=900, entitled=1000, budget=90, realised=80, quality=QUALITY)
NIHIL = Figure(answer="nihil", reason="tidak ada bencana")
ENTERED = FigureEntered(**WHOSE, service=SERVICES[0], figure=FIGURE, **ACT)
ENTERED_NIHIL = FigureEntered(**WHOSE, service=SERVICES[1], figure=NIHIL, **ACT | {"by": "adi"})
FILE = StoredFile(digest="a" * 64, name="rekap.pdf", media_type="application/pdf", size=10)
EVIDENCE = AttachedEvidence(file=FILE, services=(SERVICES[0],))
ATTACHED = EvidenceAttached(**WHOSE, evidence=EVIDENCE, **ACT)
COMPLETE = (OPENED, ENTERED, ENTERED_NIHIL, ATTACHED)
FIGURES = {SERVICES[0]: FIGURE, SERVICES[1]: NIHIL}
RETURN = EventRef(source="verification", stream="verification-3402-2026-bpbd-tahunan", version=2)
NOTE = FieldNote(service=SERVICES[0], field="entitled", note="sumber penyebut?")
ADI = replace(ENTERED, figure=replace(FIGURE, served=950), by="adi", occurred_on=date(2027, 1, 21))


def given(*history: object) -> Given:
    return Given(submission, history)


def enter(figure: Figure, service: str = SERVICES[0]) -> EnterFigure:
    return EnterFigure(service=service, figure=figure, **ACT)


def received(revision: int = 1) -> SubmissionReceived:
    return SubmissionReceived(
        catalogue=1,
        **WHOSE,
        agency_name="BPBD",
        revision=revision,
        figures=FIGURES,
        evidence=(EVIDENCE,),
        entered_by=("sri", "adi"),
        digest=digest(FIGURES, [EVIDENCE], revision),
        **ACT,
    )


def reopen(revision: int = 1) -> Reopen:
    return Reopen(
        revision=revision,
        reason="periksa",
        fields=(NOTE,),
        by="tari",
        occurred_on=date(2027, 2, 1),
        cause=RETURN,
    )


REOPENED = SubmissionReopened(
    **WHOSE,
    revision=1,
    reason="periksa",
    fields=(NOTE,),
    by="tari",
    occurred_on=date(2027, 2, 1),
    cause=RETURN,
)
HAND_IN = HandIn(**ACT)
ANSWERED = replace(HAND_IN, answered=(NOTE,))
OTHER_EVIDENCE = replace(EVIDENCE, file=replace(FILE, digest="b" * 64))
WITHDRAWN = EvidenceWithdrawn(**WHOSE, digest=FILE.digest, reason="keliru", **ACT)
TAKE_BACK = TakeBack(reason="salah penyebut", endorsed=False, **ACT)


def test_a_submission_is_opened() -> None:
    given().when(OPEN).then(OPENED)


def test_a_submission_is_opened_once() -> None:
    given(OPENED).when(OPEN).then()


def test_a_figure_is_entered() -> None:
    given(OPENED).when(enter(FIGURE)).then(ENTERED)


def test_the_same_figure_again_is_no_news() -> None:
    given(OPENED, ENTERED).when(enter(FIGURE)).then()


def test_half_a_row_may_be_saved() -> None:
    given(OPENED).when(enter(Figure(served=9))).then(replace(ENTERED, figure=Figure(served=9)))


def test_a_figure_can_be_taken_back_to_blank() -> None:
    given(OPENED).when(enter(Figure())).then()
    given(OPENED, ENTERED).when(enter(Figure())).then(replace(ENTERED, figure=Figure()))
    blank = replace(ENTERED, figure=Figure())
    given(OPENED, ENTERED, ENTERED_NIHIL, blank).when(HAND_IN).refused("figures-missing", field=SERVICES[0])


def test_nothing_else_is_handed_in_than_what_was_seen() -> None:
    seen = digest(FIGURES, [EVIDENCE], 1)
    given(*COMPLETE).when(replace(HAND_IN, digest=seen)).then(received())
    for later in (ADI, replace(ATTACHED, evidence=replace(EVIDENCE, file=replace(FILE, digest="b" * 64)))):
        given(*COMPLETE, later).when(replace(HAND_IN, digest=seen)).refused("sheet-conflict")
    given(*COMPLETE, received(), REOPENED).when(replace(HAND_IN, digest=seen)).refused("sheet-conflict")


def test_nothing_is_entered_before_the_opening() -> None:
    given().when(enter(FIGURE)).refused("submission-not-open")


def test_a_service_of_another_agency_is_refused() -> None:
    given(OPENED).when(enter(FIGURE, "sos.anak")).refused("service-not-assigned", field="service")


@pytest.mark.parametrize(
    ("figure", "code", "field"),
    [
        (Figure(served=-1), "R01", "served"),
        (Figure(served=11, entitled=10), "R02", "served"),
        (Figure(served=0, entitled=0), "R03", "entitled"),
        (Figure(answer="nihil", reason="x"), "R03", "answer"),
        (
            Figure(quality={"ayam": QualityItem(required=1, fulfilled=1)}),
            "quality-item-unknown",
            "quality.ayam",
        ),
    ],
)
def test_a_wrong_figure_is_refused_at_its_cell(figure: Figure, code: str, field: str) -> None:
    given(OPENED).when(enter(figure)).refused(code, field=field)


def test_nihil_is_an_answer_where_the_service_allows_it() -> None:
    given(OPENED).when(enter(NIHIL, SERVICES[1])).then(replace(ENTERED_NIHIL, by="sri"))


def test_evidence_is_attached_to_services() -> None:
    given(OPENED).when(AttachEvidence(evidence=EVIDENCE, **ACT)).then(ATTACHED)


def test_the_same_evidence_again_is_no_news() -> None:
    given(OPENED, ATTACHED).when(AttachEvidence(evidence=EVIDENCE, **ACT)).then()


def test_evidence_can_be_moved_to_other_services() -> None:
    both = replace(EVIDENCE, services=SERVICES)
    given(OPENED, ATTACHED).when(AttachEvidence(evidence=both, **ACT)).then(replace(ATTACHED, evidence=both))


def test_evidence_supports_something_of_this_agency() -> None:
    given(OPENED).when(AttachEvidence(evidence=replace(EVIDENCE, services=()), **ACT)).refused(
        "evidence-for-nothing", field="services"
    )
    foreign = replace(EVIDENCE, services=("sos.anak",))
    given(OPENED).when(AttachEvidence(evidence=foreign, **ACT)).refused(
        "service-not-assigned", field="service"
    )


def test_evidence_is_withdrawn_with_a_reason() -> None:
    withdraw = WithdrawEvidence(digest=FILE.digest, reason="berkas keliru", **ACT)
    withdrawn = EvidenceWithdrawn(**WHOSE, digest=FILE.digest, reason="berkas keliru", **ACT)
    given(OPENED, ATTACHED).when(withdraw).then(withdrawn)
    given(OPENED, ATTACHED).when(replace(withdraw, reason=" ")).refused("reason-missing", field="reason")
    given(OPENED, ATTACHED, withdrawn).when(withdraw).then()


def test_an_unfinished_submission_cannot_be_handed_in() -> None:
    given(OPENED, ENTERED).when(HAND_IN).refused("figures-missing", field=SERVICES[1])


def test_not_yet_is_no_final_answer() -> None:
    waiting = replace(ENTERED_NIHIL, figure=Figure(answer="not_yet", reason="menunggu BPS"))
    given(OPENED, ENTERED, waiting).when(HAND_IN).refused("figure-not-yet", field=f"{SERVICES[1]}.answer")


def test_a_half_filled_row_cannot_be_handed_in() -> None:
    half = replace(ENTERED, figure=Figure(served=9))
    given(OPENED, half, ENTERED_NIHIL).when(HAND_IN).refused("R01", field=f"{SERVICES[0]}.entitled")


def test_a_finished_submission_is_handed_in_whole() -> None:
    given(*COMPLETE).when(HAND_IN).then(received())


def test_whoever_hands_in_has_contributed_too() -> None:
    given(*COMPLETE).when(replace(HAND_IN, by="joko")).then(
        replace(received(), by="joko", entered_by=("sri", "adi", "joko"))
    )


def test_a_signed_sheet_belongs_to_exactly_one_revision_that_was_handed_in() -> None:
    first, second = received(), received(2)
    attach = AttachSignedSheet(sheet=first.digest, file=FILE, **ACT)
    attached = SignedSheetAttached(**WHOSE, revision=1, sheet=first.digest, file=FILE, **ACT)
    given(*COMPLETE).when(attach).refused("sheet-unknown", field="sheet")
    given(*COMPLETE, first).when(attach).then(attached)
    given(*COMPLETE, first, attached).when(attach).then()
    given(*COMPLETE, first, REOPENED).when(attach).then(attached)
    given(*COMPLETE, first, REOPENED, second).when(replace(attach, sheet=second.digest)).then(
        replace(attached, revision=2, sheet=second.digest)
    )


def test_nothing_changes_after_handing_in() -> None:
    given(*COMPLETE, received()).when(enter(Figure(served=1, entitled=2))).refused("submission-closed")


def test_a_return_opens_the_submission_again() -> None:
    given(*COMPLETE, received()).when(reopen()).then(REOPENED)


def test_a_return_of_an_older_revision_is_no_news() -> None:
    given(*COMPLETE, received(), REOPENED, received(2)).when(reopen(1)).then()
    given(*COMPLETE, received(), REOPENED).when(reopen(1)).then()


def test_a_returned_submission_is_handed_in_as_the_next_revision() -> None:
    given(*COMPLETE, received(), REOPENED).when(ANSWERED).then(received(2))


def test_a_point_of_a_return_is_answered_before_it_is_handed_in_again() -> None:
    history, at = (*COMPLETE, received(), REOPENED), f"jawab:{SERVICES[0]}:entitled"
    given(*history).when(HAND_IN).refused("points-unanswered", field=at)
    other = replace(NOTE, field="served")
    given(*history).when(replace(HAND_IN, answered=(other,))).refused("points-unanswered", field=at)
    both = replace(REOPENED, fields=(NOTE, other))
    refusal = given(*COMPLETE, received(), both).when(ANSWERED).refusal
    assert refusal is not None
    assert (refusal.field, refusal.facts["n"]) == (f"jawab:{SERVICES[0]}:served", 1)
    given(*COMPLETE, received(), both).when(replace(HAND_IN, answered=(other, NOTE))).then(received(2))


@pytest.mark.parametrize("later", [ADI, replace(ATTACHED, evidence=OTHER_EVIDENCE), WITHDRAWN])
def test_what_was_mended_needs_no_answer(later: object) -> None:
    assert given(*COMPLETE, received(), REOPENED, later).when(HAND_IN).refusal is None


def test_what_changed_in_another_service_answers_nothing() -> None:
    elsewhere = replace(ENTERED_NIHIL, figure=replace(NIHIL, reason="nihil tahun ini"))
    given(*COMPLETE, received(), REOPENED, elsewhere).when(HAND_IN).refused(
        "points-unanswered", field=f"jawab:{SERVICES[0]}:entitled"
    )


def test_a_point_holds_for_one_round() -> None:
    """Taken back afterwards, it is not asked for again."""
    again = replace(REOPENED, revision=2, fields=())
    given(*COMPLETE, received(), REOPENED, received(2), again).when(HAND_IN).then(received(3))


def test_an_agency_may_take_its_submission_back() -> None:
    given(*COMPLETE, received()).when(TAKE_BACK).then(
        SubmissionReopened(**WHOSE, revision=1, reason="salah penyebut", fields=(), **ACT)
    )


def test_taking_back_needs_a_reason_and_something_handed_in() -> None:
    given(*COMPLETE, received()).when(replace(TAKE_BACK, reason="")).refused("reason-missing", field="reason")
    given(*COMPLETE).when(TAKE_BACK).refused("submission-open")
    given().when(TAKE_BACK).refused("submission-open")


def test_after_the_endorsement_nothing_is_taken_back() -> None:
    given(*COMPLETE, received()).when(replace(TAKE_BACK, endorsed=True)).refused("report-endorsed")
