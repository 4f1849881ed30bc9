"""How often a step was done: what was done once keeps its days, whatever follows."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.intake.board.board import Known, board_steps
from services.intake.board.chart import chart
from services.intake.board.rounds import ACTS, Round, rounds
from shared.sop.calendar import seed
from shared.sop.definition import CURRENT, sops
from tests.unit.test_chart import PLAN, board, row

DAY = date(2027, 1, 4)
KEY = "verification"


def said(what: str, day: int, due: int = 0) -> dict[str, Any]:
    facts = {"due": (DAY + timedelta(days=due)).isoformat()}
    return {"step": KEY, "what": f"step-{what}", "occurred_on": DAY + timedelta(days=day), "facts": facts}


def told(*rows: dict[str, Any]) -> tuple[Round, ...]:
    return rounds(numbered(*rows)).get(KEY, ())


def numbered(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**row, "version": n} for n, row in enumerate(rows, start=1)]


def on(start: int, due: int | None, done: int | None) -> Round:
    days = [None if day is None else DAY + timedelta(days=day) for day in (start, due, done)]
    assert days[0] is not None
    return Round(days[0], days[1], days[2])


FIRST = (said("started", 0, 10), said("completed", 12))


def test_a_step_that_was_open_again_has_two_rounds() -> None:
    assert told(*FIRST) == (on(0, 10, 12),)
    assert told(*FIRST, said("reopened", 40)) == (on(0, 10, 12), on(40, None, None))
    again = (said("reopened", 40), said("started", 50, 60), said("completed", 55))
    assert told(*FIRST, *again) == (on(0, 10, 12), on(50, 60, 55))
    assert [one.ended_late() for one in told(*FIRST, *again)] == [True, False]


def test_a_step_that_was_under_way_when_it_began_anew_is_in_its_first_round() -> None:
    assert told(said("started", 0, 5), said("reopened", 2), said("started", 4, 9)) == (on(4, 9, None),)


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 400), st.integers(0, 400)), max_size=14))
def test_the_days_of_a_round_that_is_over_stay(acts: list[tuple[str, int, int]]) -> None:
    rows = [{**said("", day, due), "what": what} for what, day, due in acts]
    for many in range(len(rows) + 1):
        over = [one for one in told(*rows[:many]) if one.completed_on]
        assert list(told(*rows))[: len(over)] == over


def test_the_bars_of_both_rounds_are_drawn() -> None:
    rows = {8: row(DAY, DAY + timedelta(days=60), DAY + timedelta(days=55))}
    known = board(DAY + timedelta(days=70), rows)
    again = (said("reopened", 40), said("started", 50, 60), said("completed", 55))
    steps = board_steps(
        sops()[CURRENT],
        Known(begun={KEY: rows[8]}, happened={ACTS[0]: numbered(*FIRST, *again)}),
        known.today,
        seed(),
    )
    bar = chart(replace(known, steps=steps), PLAN).bars[7]
    (first, first_late), (second, second_late) = bar.drawn
    assert first[0] < sum(first) < second[0] < sum(second)
    assert (first_late, second_late) == (True, False)
