"""Rules of the SK Tim SPM on its way: hand-over to Bagian Hukum, SK ditetapkan (SOP steps 4, 5)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.one_document import (
    DAY,
    HANDED_OVER,
    ISSUED,
    REPORT,
    TEAM_DECREE,
    draft_team_decree,
    drafted,
    given,
    hand_over,
    issue,
    opened,
)


def test_a_draft_is_handed_over_to_bagian_hukum() -> None:
    given(*TEAM_DECREE).when(hand_over()).then(HANDED_OVER)


def test_only_the_draft_that_was_seen_is_handed_over() -> None:
    given(*TEAM_DECREE, drafted("sk_tim", "draft-2", 2)).when(hand_over()).refused(
        "digest-conflict", field="digest"
    )


def test_the_same_draft_is_not_handed_over_twice() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(hand_over()).refused("already-handed-over")


def test_a_later_draft_is_handed_over_again() -> None:
    again = replace(HANDED_OVER, revision=2, digest="draft-2")
    given(*TEAM_DECREE, HANDED_OVER, drafted("sk_tim", "draft-2", 2)).when(hand_over("draft-2")).then(again)


def test_a_hand_over_names_who_took_it() -> None:
    given(*TEAM_DECREE).when(hand_over(handed_to=" ")).refused("handed-to-missing", field="handed_to")


def test_a_draft_is_not_handed_over_before_it_was_made() -> None:
    given(*TEAM_DECREE).when(hand_over(on=date(2027, 3, 9))).refused("before-drafted", field="occurred_on")


def test_nothing_is_handed_over_before_there_is_a_draft() -> None:
    given(opened("sk_tim")).when(hand_over()).refused("not-drafted")


def test_a_report_does_not_go_to_bagian_hukum() -> None:
    given(*REPORT, drafted("laporan")).when(hand_over()).refused("wrong-kind")


def test_the_decree_is_issued_with_number_and_date() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue()).then(ISSUED)


def test_a_decree_that_was_never_handed_over_cannot_be_issued() -> None:
    given(*TEAM_DECREE).when(issue()).refused("not-handed-over")


def test_a_decree_has_a_number() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(number="  ")).refused("number-missing", field="number")


def test_a_decree_is_not_issued_before_its_draft() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(issued_on=date(2027, 3, 9))).refused(
        "before-drafted", field="issued_on"
    )


def test_a_decree_is_not_issued_after_the_day_it_is_noted() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(issued_on=date(2027, 3, 21))).refused(
        "issued-later", field="issued_on"
    )


def test_a_decree_is_issued_once() -> None:
    given(*TEAM_DECREE, HANDED_OVER, ISSUED).when(issue()).refused("decree-issued")


def test_an_issued_decree_is_neither_drafted_nor_handed_over_again() -> None:
    given(*TEAM_DECREE, HANDED_OVER, ISSUED).when(draft_team_decree("draft-2")).refused("decree-issued")
    given(*TEAM_DECREE, HANDED_OVER, ISSUED).when(hand_over()).refused("decree-issued")


def test_a_draft_may_be_handed_over_on_the_day_it_was_made() -> None:
    given(*TEAM_DECREE).when(hand_over(on=DAY)).then(replace(HANDED_OVER, occurred_on=DAY))


@pytest.mark.parametrize("day", [DAY, ISSUED.occurred_on])
def test_a_decree_may_be_issued_on_the_day_of_its_draft_and_on_the_day_that_is_noted(day: date) -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(issued_on=day)).then(replace(ISSUED, issued_on=day))


def test_a_draft_that_was_handed_over_is_not_handed_over_again_after_another_was_tried() -> None:
    back = (drafted("sk_tim", "draft-2", 2), drafted("sk_tim", "draft-1", 3))
    given(*TEAM_DECREE, HANDED_OVER, *back).when(hand_over()).refused("already-handed-over")
