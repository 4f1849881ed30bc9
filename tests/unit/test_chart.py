"""Plan and reality as bars: where they stand on the line, and which are late."""

from datetime import date
from typing import Any

from msgspec import to_builtins

from services.intake.board.board import Board, Known, board_steps
from services.intake.board.chart import WIDTH, chart
from shared.contracts.values import DueDate
from shared.sop.calendar import seed
from shared.sop.deadlines import PlannedStep
from shared.sop.definition import CURRENT, sops
from shared.sop.parts import CHECKING, PRINTING
from tests.unit.test_board import by_key

OPENED, REPORT_DUE = date(2026, 8, 3), date(2027, 3, 31)
PLAN = {"dispatch": PlannedStep(step="dispatch", first=date(2027, 3, 30), last=date(2027, 3, 31))}


def due_of(started: date, due: date) -> DueDate:
    return DueDate(
        due_on=due, earliest_on=due, counted_from=started, duration="x", skipped=(), calendar=seed().version
    )


def row(started: date, due: date, completed: date | None = None) -> dict[str, Any]:
    return {
        "started_on": started,
        "due_on": due,
        "due": to_builtins(due_of(started, due)),
        "parts": [],
        "completed_on": completed,
    }


def board(today: date, rows: dict[int, dict[str, Any]], planned: dict[int, date] | None = None) -> Board:
    steps = board_steps(
        sops()[CURRENT], Known(begun=by_key(rows), planned=by_key(planned or {})), today, seed()
    )
    cycle = {"opened_on": OPENED, "report_due": REPORT_DUE}
    return Board(
        cycle=cycle,
        sop=sops()[CURRENT],
        today=today,
        steps=steps,
        submissions=(),
        decree_missing=False,
        left=0,
    )


def test_the_line_reaches_from_the_opening_to_the_legal_day() -> None:
    drawn = chart(board(date(2026, 8, 10), {}), PLAN)
    assert drawn.today is not None
    assert 0 < drawn.today < drawn.due == WIDTH
    assert [day.month for _, day in drawn.months] == [9, 10, 11, 12, 1, 2, 3]
    assert drawn.bars[11].planned is not None
    assert sum(drawn.bars[11].planned) == WIDTH


def test_a_step_without_plan_or_start_has_no_bar() -> None:
    assert chart(board(date(2026, 8, 10), {}), {}).bars[0] == chart(board(date(2026, 8, 11), {}), {}).bars[0]
    assert (chart(board(OPENED, {}), {}).bars[0].planned, chart(board(OPENED, {}), {}).bars[0].real) == (
        None,
        None,
    )


def test_a_step_that_ended_after_its_due_date_is_late_and_one_in_time_is_not() -> None:
    rows = {
        1: row(OPENED, date(2026, 8, 5), date(2026, 8, 5)),
        2: row(OPENED, date(2026, 8, 5), date(2026, 8, 6)),
    }
    assert [bar.late for bar in chart(board(date(2026, 9, 1), rows), {}).bars[:3]] == [False, True, False]


def test_a_step_in_progress_reaches_until_today() -> None:
    drawn = chart(board(date(2027, 5, 3), {12: row(date(2027, 3, 30), date(2027, 3, 31))}), PLAN)
    assert drawn.bars[11].late
    assert drawn.bars[11].real is not None
    assert round(sum(drawn.bars[11].real)) == WIDTH


def test_a_finished_cycle_ends_with_its_last_day() -> None:
    rows = {number: row(OPENED, REPORT_DUE, date(2027, 3, 31)) for number in range(1, 14)}
    assert chart(board(date(2027, 9, 1), rows), PLAN).today is None


def test_the_chart_draws_the_plan_that_was_saved_and_no_new_calculation() -> None:
    saved = {number: date(2026, 9, number) for number in range(4, 14)}
    rows = {3: row(OPENED, OPENED, date(2026, 8, 31))}
    drawn = chart(board(date(2026, 9, 1), rows, saved), PLAN)
    day = WIDTH / ((REPORT_DUE - OPENED).days + 1)
    assert drawn.bars[11].planned == (round((saved[12] - OPENED).days * day, 1), round(day, 1))
    assert drawn.bars[3].planned == (round((date(2026, 9, 1) - OPENED).days * day, 1), round(4 * day, 1))


def happening(what: str, step: str, day: date, by: str = "sri") -> dict[str, Any]:
    return {"what": what, "step": step, "occurred_on": day, "by": by}


def test_what_went_back_and_what_was_corrected_stand_on_their_day_and_who_did_it_beside_its_bar() -> None:
    rows = {8: row(date(2026, 10, 1), date(2026, 11, 2), date(2026, 10, 20))}
    happened = [
        happening("submission-returned", CHECKING, date(2026, 10, 5), "tari"),
        happening("step-completed", "verification", date(2026, 10, 20), "tari"),
        happening("correction-decided", PRINTING, date(2030, 1, 1), "budi"),
    ]
    drawn = chart(board(date(2026, 12, 1), rows), {}, happened)
    (returned,), checked = drawn.bars[7].marks, drawn.bars[7]
    assert (returned.kind, checked.by) == ("returned", "tari")
    assert checked.real is not None
    assert checked.real[0] < returned.at < sum(checked.real)
    assert checked.name_at == (sum(checked.real) + 6, "start")
    (corrected,) = next(bar.marks for bar in drawn.bars if bar.marks and bar is not checked)
    assert (corrected.kind, corrected.at <= WIDTH) == ("mended", True), "a day beyond the line is at its end"
    assert [bar.by for bar in drawn.bars if bar.by] == ["tari"]


def test_a_name_for_which_no_room_is_left_stands_before_its_bars() -> None:
    rows = {12: row(date(2027, 3, 1), date(2027, 3, 31), date(2027, 3, 30))}
    done = happening("step-completed", "dispatch", date(2027, 3, 30))
    bar = chart(board(date(2027, 3, 31), rows), {}, [done]).bars[11]
    assert bar.real is not None
    assert bar.name_at == (bar.real[0] - 6, "end")
