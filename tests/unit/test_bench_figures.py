"""The arithmetic of the bench: ratios, goals in both directions, percentiles, medians of turns.
No speed is asserted anywhere.
"""

import json

import pytest

from deploy.bench import history, report
from deploy.bench.figure import Figure, at_least, at_most, in_turns, percentile
from deploy.bench.transport import TooSlow, rate
from deploy.commands.bench import table
from services.intake.bootstrap import ROOM
from services.intake.domain.submission_commands import EnterFigure


def test_a_rate_meets_its_goal_from_the_goal_on() -> None:
    figures = [
        Figure(name="append", value=value, unit="events/s", reference=1000, goal=0.8)
        for value in (799, 800, 1200)
    ]
    assert [figure.met for figure in figures] == [False, True, True]
    assert figures[2].ratio == 1.2


def test_a_number_to_reach_and_a_number_not_to_exceed_are_ratios_to_themselves() -> None:
    assert [at_least("feed", value, "events/s", 100_000).met for value in (99_999, 100_000)] == [False, True]
    assert [at_most("play", value, "s", 60).met for value in (60, 60.1)] == [True, False]


def test_a_program_gets_exactly_the_agreed_fields() -> None:
    told = at_most("play", 30.123, "s", 60).as_json()
    assert told == {
        "name": "play",
        "value": 30.12,
        "unit": "s",
        "reference": 60,
        "ratio": 0.502,
        "goal": 1.0,
        "met": True,
    }


@pytest.mark.parametrize("reference", [None, 0])
def test_without_a_reference_there_is_no_ratio_and_no_verdict(reference: float | None) -> None:
    figure = Figure("append", 1, "events/s", reference, goal=0.8)
    assert (figure.ratio, figure.met) == (None, None)


def test_without_a_goal_there_is_a_ratio_and_no_verdict() -> None:
    figure = Figure("append", 3, "events/s", 2)
    assert (figure.ratio, figure.met) == (1.5, None)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


async def test_turns_alternate_and_answer_medians() -> None:
    order: list[str] = []
    rates = iter([1.0, 10.0, 9.0, 20.0, 2.0, 90.0])

    def measure(name: str):
        async def one() -> float:
            order.append(name)
            return next(rates)

        return one

    assert await in_turns({"raw": measure("raw"), "append": measure("append")}, 3) == {
        "raw": 2.0,
        "append": 20.0,
    }
    assert order == ["raw", "append"] * 3


async def test_a_rate_counts_from_the_first_arrival_and_gives_up_with_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = iter([0, 0, 100, 600, 1100])

    async def look() -> int:
        return next(sizes)

    assert await rate(look, 1100) > 0
    assert next(sizes, None) is None
    monkeypatch.setattr("deploy.bench.transport.PATIENCE_S", -1.0)

    async def stuck() -> int:
        return 7

    with pytest.raises(TooSlow, match="7 of 9 arrived"):
        await rate(stuck, 9)


def test_the_history_is_one_that_intake_itself_could_have_recorded() -> None:
    decider = ROOM.categories["submission"]
    for number in range(12):
        submission = history.Submission(number)
        opened, *entered = history.events(submission, 30)
        state = decider.fold([opened])
        for event in entered:
            command = EnterFigure(
                service=event.service, figure=event.figure, by=event.by, occurred_on=event.occurred_on
            )
            assert decider.decide(command, state) == [event]
            state = decider.evolve(state, event)


def test_the_table_shows_every_figure() -> None:
    shown = table([at_least("feed", 5, "events/s", 10), at_most("play", 5, "s", 60)])
    assert shown.row_count == 2


def test_the_output_for_programs_becomes_the_table_of_the_documentation() -> None:
    figures = [
        at_least("feed read", 1234, "events/s", 100_000).as_json(),
        at_most("jejak play", 40, "s", 60).as_json(),
        Figure("a command", 2.345, "ms", None, 0.7, "less").as_json(),
    ]
    output = [
        '{"measuring": "reading"}',
        '{"measured": "reading", "cores_taken_by_others": 0.1}',
        json.dumps(figures),
    ]
    head, feed, play, alone, _, others = report.lines(output)
    assert head.startswith("| measured | value |")
    assert feed == "| feed read | 1,234 events/s | 100,000 | 0.01 | ≥ 1 | **no** |"
    assert play == "| jejak play | 40 s | 60 | 0.67 | ≤ 1 | yes |"
    assert alone == "| a command | 2.35 ms | – | – | ≤ 0.7 | – |", "held against nothing without a peer"
    stopped = [
        *output[:-1],
        json.dumps({"measured": "play", "cores_taken_by_others": 0, "figures": figures[1:2]}),
    ]
    assert report.lines(stopped)[1] == play, "ended before its end: what was measured until then"
    assert others.endswith("reading 0.1.")
