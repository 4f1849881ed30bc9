"""Rules of the threads of a submission: question, answer, settled (SOP step 8)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.verification.domain.talk import MOST_SAID, AnswerQuestion, AskQuestion, SettleQuestion
from shared.contracts.talk import QuestionAnswered, QuestionAsked, QuestionSettled
from tests.support.events import made
from tests.unit import test_verification as case
from tests.unit.test_verification import given

DAY = date(2026, 11, 4)
CELL = {"service": "kes.ibu_hamil", "field": "served"}
ABOUT = {"cycle": case.OPENED.cycle, "agency": "dinkes", "period": "tahunan", "revision": 1, **CELL}
ABOUT["submission"] = case.SUBMISSION
ASKED = QuestionAsked(**ABOUT, text="Sumber angka?", by="wulan", occurred_on=DAY)
ANSWERED = QuestionAnswered(**ABOUT, text="Kohort.", by="umar", occurred_on=DAY)
SETTLED = QuestionSettled(**ABOUT, by="wulan", occurred_on=DAY)
WAITS = (case.OPENED,)


def ask(**said: Any) -> AskQuestion:
    return replace(AskQuestion(**CELL, text=" Sumber angka? ", by="wulan", occurred_on=DAY), **said)


def answer(**said: Any) -> AnswerQuestion:
    return replace(AnswerQuestion(**CELL, text="Kohort. ", by="umar", occurred_on=DAY), **said)


def settle(by: str = "wulan") -> SettleQuestion:
    return SettleQuestion(**CELL, by=by, occurred_on=DAY)


def test_a_verifier_asks_the_agency_answers_and_the_thread_is_settled() -> None:
    given(*WAITS).when(ask()).then(ASKED)
    given(*WAITS, ASKED).when(answer()).then(ANSWERED)
    given(*WAITS, ASKED, ANSWERED).when(ask()).then(ASKED)
    given(*WAITS, ASKED, ANSWERED).when(settle()).then(SETTLED)
    given(*WAITS, ASKED, ANSWERED, SETTLED).when(case.approve(on=DAY)).then(
        replace(case.APPROVED, occurred_on=DAY)
    )


@pytest.mark.parametrize("field", ["", "evidence", "reason", "quality.bidan"])
def test_a_question_may_be_about_a_service_its_evidence_a_column_or_a_quality_item(field: str) -> None:
    given(*WAITS).when(ask(field=field)).then(replace(ASKED, field=field))


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"service": "sos.anak"}, "note-service", "service"),
        ({"field": "quality.dukun"}, "note-field", "field"),
        ({"text": " "}, "text-missing", "text"),
        ({"by": "sri"}, "R17", None),
        ({"occurred_on": date(2026, 11, 1)}, "before-handed-in", "occurred_on"),
    ],
)
def test_nobody_asks(said: dict[str, Any], code: str, field: str | None) -> None:
    """...about what is not there, without words, about own figures, or before they were handed in."""
    given(*WAITS).when(ask(**said)).refused(code, field=field)


@pytest.mark.parametrize("history", [(), (*WAITS, case.APPROVED), (*WAITS, case.RETURNED)])
def test_only_about_what_waits_a_question_is_asked(history: tuple[object, ...]) -> None:
    given(*history).when(ask()).refused("verification-closed")


@pytest.mark.parametrize(
    "history", [WAITS, (*WAITS, ASKED, SETTLED), (*WAITS, ASKED, SETTLED, case.APPROVED)]
)
def test_where_nothing_is_asked_nothing_is_answered_or_settled(history: tuple[object, ...]) -> None:
    given(*history).when(answer()).refused("no-question", field="field")
    given(*history).when(settle()).refused("no-question", field="field")


def test_an_answer_has_words() -> None:
    given(*WAITS, ASKED).when(answer(text=" ")).refused("text-missing", field="text")


def test_while_a_question_is_open_nothing_is_approved() -> None:
    given(*WAITS, ASKED).when(case.approve(on=DAY)).refused("questions-open", many=1)
    given(*WAITS, ASKED, ANSWERED).when(case.approve(on=DAY)).refused("questions-open", many=1)


def test_a_return_holds_the_open_questions_as_its_points() -> None:
    point = replace(case.NOTE, note="Sumber angka?")
    given(*WAITS, ASKED).when(case.send_back()).then(replace(case.RETURNED, fields=(point,)))
    given(*WAITS, ASKED).when(case.send_back(case.NOTE)).then(case.RETURNED)
    given(*WAITS, ASKED, SETTLED).when(case.send_back()).then(replace(case.RETURNED, fields=()))


def test_a_point_of_a_return_is_answered_and_the_next_approval_settles_it() -> None:
    returned = (*WAITS, case.RETURNED)
    given(*returned).when(answer()).then(ANSWERED)
    again = (*returned, ANSWERED, case.OPENED_AGAIN)
    on = {"on": date(2026, 11, 9), "digest": "b" * 64}
    assert given(*again).when(case.approve(**on)).events
    given(*again, replace(case.APPROVED, revision=2)).when(answer()).refused("no-question", field="field")


def test_who_answered_neither_settles_nor_approves() -> None:
    given(*WAITS, ASKED, ANSWERED).when(settle("umar")).refused("R17")
    given(*WAITS, ASKED, ANSWERED, SETTLED).when(case.approve(by="umar", on=DAY)).refused("R17")


def test_a_thread_is_full_some_day_and_the_others_are_not() -> None:
    full = (*WAITS, *([ASKED, ANSWERED] * (MOST_SAID // 2)))
    given(*full).when(ask()).refused("thread-full", most=MOST_SAID)
    given(*full).when(answer()).refused("thread-full", most=MOST_SAID)
    given(*full).when(ask(field="budget")).then(replace(ASKED, field="budget"))
    given(*full).when(settle()).then(SETTLED)


def test_a_question_stays_open_while_the_agency_takes_back_and_hands_in_again() -> None:
    history = (*WAITS, ASKED, case.WITHDRAWN)
    given(*history).when(answer()).then(ANSWERED)
    given(*history, case.OPENED_AGAIN).when(case.approve("b" * 64, on=date(2026, 11, 9))).refused(
        "questions-open", many=1
    )


def test_what_is_made_for_other_tests_is_of_one_cell() -> None:
    assert made(QuestionAsked).field == "served"
