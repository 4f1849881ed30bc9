"""Rules of the endorsement of the report (SOP step 10)."""

from dataclasses import replace
from datetime import date

import pytest

from services.verification.domain.endorsement import Command, endorsement
from services.verification.domain.endorsement_commands import (
    AdmitEndorsement,
    EndorseReport,
    HoldEndorsement,
    RefuseEndorsement,
    RequestEndorsement,
    SettleFigures,
    UnsettleFigures,
)
from shared.contracts.values import StoredFile
from shared.contracts.verification import (
    EndorsementAdmitted,
    EndorsementHeld,
    EndorsementRefused,
    EndorsementRequested,
    FiguresSettled,
    FiguresUnsettled,
    ReportEndorsed,
)
from tests.support.given_when_then import Given

DOCUMENT = "document-3402-2026-laporan"
FILE = StoredFile(digest="a" * 64, name="laporan-spm-2026.pdf", media_type="application/pdf", size=1234)
SUBMISSION = "submission-3402-2026-dinkes-tahunan"
FIRST, SECOND = {SUBMISSION: "1" * 64}, {SUBMISSION: "2" * 64}
SETTLED = FiguresSettled(cycle="3402-2026", involved=("sri", "wulan"), digests=FIRST)
SETTLED_AGAIN = replace(SETTLED, digests=SECOND)
UNSETTLED = FiguresUnsettled(cycle="3402-2026", submission=SUBMISSION)
REQUESTED = EndorsementRequested(
    cycle="3402-2026",
    document=DOCUMENT,
    revision=1,
    digest="a" * 64,
    file=FILE,
    involved=("wulan", "yuni"),
    basis=FIRST,
    drafted_by="yuni",
    drafted_on=date(2026, 12, 1),
)
REQUESTED_AGAIN = replace(REQUESTED, revision=2, digest="b" * 64, file=replace(FILE, digest="b" * 64))
SETTLED_1, REQUESTED_1 = replace(SETTLED, digests={}), replace(REQUESTED, basis={})
"""As events of version 1 are read today."""
ENDORSED = ReportEndorsed(
    cycle="3402-2026",
    document=DOCUMENT,
    revision=1,
    digest="a" * 64,
    by="agus",
    occurred_on=date(2026, 12, 3),
)
ENDORSED_AGAIN = replace(ENDORSED, revision=2, digest="b" * 64)
REFUSED = EndorsementRefused(
    cycle="3402-2026",
    document=DOCUMENT,
    revision=1,
    digest="a" * 64,
    reason="Bab II kosong.",
    by="agus",
    occurred_on=date(2026, 12, 3),
)


def given(*history: object) -> Given:
    return Given(endorsement, history)


def request(revision: int = 1, digest: str = "a" * 64) -> RequestEndorsement:
    return RequestEndorsement(
        cycle="3402-2026",
        document=DOCUMENT,
        revision=revision,
        file=replace(FILE, digest=digest),
        involved=("wulan", "yuni"),
        basis=FIRST,
        by="yuni",
        occurred_on=date(2026, 12, 1),
    )


def endorse(digest: str = "a" * 64, by: str = "agus", on: date = date(2026, 12, 3)) -> EndorseReport:
    return EndorseReport(digest=digest, by=by, occurred_on=on)


def refuse(digest: str = "a" * 64, reason: str = "Bab II kosong. ") -> RefuseEndorsement:
    return RefuseEndorsement(digest=digest, reason=reason, by="agus", occurred_on=date(2026, 12, 3))


SETTLE = SettleFigures(cycle="3402-2026", involved=("sri", "wulan"), digests=FIRST)
UNSETTLE = UnsettleFigures(cycle="3402-2026", submission=SUBMISSION)


def test_a_draft_of_the_report_waits_for_its_endorsement() -> None:
    given(SETTLED).when(request()).then(REQUESTED)


@pytest.mark.parametrize("revision", [1, 2])
def test_a_draft_that_is_not_newer_is_no_news(revision: int) -> None:
    given(SETTLED, REQUESTED_AGAIN).when(request(revision)).then()


def test_a_newer_draft_takes_the_place_of_the_older() -> None:
    given(SETTLED, REQUESTED).when(request(2, "b" * 64)).then(REQUESTED_AGAIN)
    given(SETTLED, REQUESTED, REQUESTED_AGAIN).when(endorse()).refused(
        "digest-conflict", field="digest", seen="a" * 8, current="b" * 8
    )


def test_the_report_is_endorsed_as_exactly_one_file() -> None:
    given(SETTLED, REQUESTED).when(endorse()).then(ENDORSED)


def test_the_order_in_which_draft_and_figures_become_known_does_not_matter() -> None:
    given(REQUESTED, SETTLED).when(endorse()).then(ENDORSED)


@pytest.mark.parametrize("person", ["sri", "wulan", "yuni"])
def test_nobody_who_entered_verified_or_drafted_endorses(person: str) -> None:
    given(SETTLED, REQUESTED).when(endorse(by=person)).refused("R17")


def test_a_report_is_not_endorsed_while_its_figures_are_not_all_approved() -> None:
    given(REQUESTED).when(endorse()).refused("figures-not-settled")


def test_a_report_is_not_endorsed_before_the_day_of_its_draft() -> None:
    given(SETTLED, REQUESTED).when(endorse(on=date(2026, 11, 30))).refused(
        "before-drafted", field="occurred_on"
    )


def test_an_endorsement_is_refused_with_a_reason() -> None:
    given(SETTLED, REQUESTED).when(refuse()).then(REFUSED)


def test_a_refusal_without_a_reason_is_refused() -> None:
    given(SETTLED, REQUESTED).when(refuse(reason=" ")).refused("reason-missing", field="reason")


def test_a_refusal_of_another_file_than_the_waiting_one_is_refused() -> None:
    given(SETTLED, REQUESTED_AGAIN).when(refuse()).refused("digest-conflict", field="digest")


@pytest.mark.parametrize(
    "history",
    [
        (SETTLED,),
        (REQUESTED, SETTLED, ENDORSED),
        (REQUESTED, SETTLED, REFUSED),
        (SETTLED, REQUESTED, UNSETTLED),
    ],
)
@pytest.mark.parametrize("command", [endorse(), refuse()])
def test_only_what_waits_can_be_decided(history: tuple[object, ...], command: Command) -> None:
    given(*history).when(command).refused("endorsement-closed")


def test_a_refused_or_endorsed_report_may_be_drafted_anew_and_endorsed() -> None:
    given(SETTLED, REQUESTED, REFUSED, REQUESTED_AGAIN).when(endorse("b" * 64)).then(ENDORSED_AGAIN)
    given(SETTLED, REQUESTED, ENDORSED, REQUESTED_AGAIN).when(endorse("b" * 64)).then(ENDORSED_AGAIN)


def test_approved_figures_settle_the_ground_of_the_report() -> None:
    given().when(SETTLE).then(SETTLED)
    given(SETTLED).when(SETTLE).then()
    given(SETTLED, UNSETTLED).when(SETTLE).then(SETTLED)
    given(SETTLED).when(replace(SETTLE, involved=("sri", "zaki"))).then(
        replace(SETTLED, involved=("sri", "zaki"))
    )
    given(SETTLED).when(replace(SETTLE, digests=SECOND)).then(SETTLED_AGAIN)


def test_a_voided_approval_or_a_further_requirement_unsettles_it_once() -> None:
    given(SETTLED).when(UNSETTLE).then(UNSETTLED)
    given(SETTLED, UNSETTLED).when(UNSETTLE).then()


def test_after_a_voided_approval_the_old_draft_stays_stale_and_a_new_one_is_needed() -> None:
    anew = replace(REQUESTED_AGAIN, basis=SECOND)
    given(SETTLED, REQUESTED, UNSETTLED, SETTLED_AGAIN).when(endorse()).refused("endorsement-closed")
    given(SETTLED, REQUESTED, UNSETTLED, SETTLED_AGAIN, anew).when(endorse("b" * 64)).then(ENDORSED_AGAIN)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param((SETTLED, UNSETTLED, SETTLED_AGAIN, REQUESTED), id="the draft came last"),
        pytest.param((SETTLED, UNSETTLED, REQUESTED, SETTLED_AGAIN), id="the draft came before the figures"),
        pytest.param((REQUESTED, SETTLED_AGAIN), id="the draft came first"),
        pytest.param((SETTLED, REQUESTED, SETTLED_AGAIN), id="another digest was approved at once"),
    ],
)
def test_a_draft_that_was_compiled_from_the_old_figures_is_not_endorsed(history: tuple[object, ...]) -> None:
    given(*history).when(endorse()).refused("figures-changed")
    given(*history).when(refuse()).then(REFUSED)


@pytest.mark.parametrize(
    "history",
    [(SETTLED, REQUESTED, UNSETTLED, SETTLED_AGAIN), (SETTLED, UNSETTLED, SETTLED_AGAIN, REQUESTED)],
)
def test_a_draft_of_the_new_figures_is_endorsed_after_the_old_one(history: tuple[object, ...]) -> None:
    given(*history, replace(REQUESTED_AGAIN, basis=SECOND)).when(endorse("b" * 64)).then(ENDORSED_AGAIN)


def test_a_draft_of_the_new_figures_that_came_before_the_news_of_them_waits_again() -> None:
    early = (SETTLED, replace(REQUESTED, basis=SECOND))
    given(*early).when(endorse()).refused("figures-changed")
    given(*early, UNSETTLED).when(endorse()).refused("endorsement-closed")
    given(*early, UNSETTLED, SETTLED_AGAIN).when(endorse()).then(ENDORSED)


@pytest.mark.parametrize("settled", [SETTLED, SETTLED_1])
@pytest.mark.parametrize("requested", [REQUESTED, REQUESTED_1])
def test_what_version_1_left_unsaid_is_not_held_against_a_draft(settled: object, requested: object) -> None:
    given(settled, requested).when(endorse()).then(ENDORSED)
    given(requested, settled).when(endorse()).then(ENDORSED)
    given(settled, UNSETTLED, SETTLED_AGAIN, REQUESTED_1).when(endorse()).then(ENDORSED)


@pytest.mark.parametrize("settled", [SETTLED_AGAIN, SETTLED_1])
def test_a_draft_of_version_1_stays_stale_after_a_voided_approval(settled: object) -> None:
    given(SETTLED_1, REQUESTED_1, UNSETTLED, settled).when(endorse()).refused("endorsement-closed")


def test_figures_that_version_1_settled_are_said_again_with_their_digests() -> None:
    given(SETTLED_1).when(SETTLE).then(SETTLED)


def test_an_endorsed_report_stays_endorsed_in_history_when_its_figures_are_unsettled() -> None:
    given(SETTLED, REQUESTED, ENDORSED, UNSETTLED).when(endorse()).refused("endorsement-closed")


def test_nobody_endorses_before_what_the_sop_puts_between_draft_and_endorsement_is_done() -> None:
    held, admitted = EndorsementHeld(cycle="3402-2026"), EndorsementAdmitted(cycle="3402-2026")
    given().when(HoldEndorsement(cycle="3402-2026")).then(held)
    given(held).when(HoldEndorsement(cycle="3402-2026")).then()
    given(SETTLED, held, REQUESTED).when(endorse()).refused("endorsement-held")
    given(SETTLED, held, REQUESTED).when(AdmitEndorsement(cycle="3402-2026")).then(admitted)
    given(SETTLED, held, REQUESTED, admitted).when(endorse()).then(ENDORSED)
    given(held, admitted).when(HoldEndorsement(cycle="3402-2026")).then()
    given().when(AdmitEndorsement(cycle="3402-2026")).then()


@pytest.mark.parametrize("decided", [ENDORSED, REFUSED])
def test_a_draft_that_was_decided_on_is_not_asked_for_again(decided: object) -> None:
    given(SETTLED, REQUESTED, decided).when(request()).then()
    given(SETTLED, REQUESTED, decided).when(request(2, "b" * 64)).then(REQUESTED_AGAIN)


def test_a_report_may_be_endorsed_on_the_day_it_was_drafted() -> None:
    day = REQUESTED.drafted_on
    given(SETTLED, REQUESTED).when(endorse(on=day)).then(replace(ENDORSED, occurred_on=day))
