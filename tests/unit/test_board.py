"""The step board: states, lateness under the calendar, and what ended late."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import to_builtins

from services.intake.board.board import Board, Known, board_steps
from services.intake.submission.standing import standing
from shared.sop.calendar import seed
from shared.sop.deadlines import due_date
from shared.sop.definition import CURRENT, sops
from shared.web.words.lateness import late_words
from tests.support.steps import KEY

SOP, CALENDAR = sops()[CURRENT], seed()
START = date(2027, 1, 4)


def begun(
    number: int, *, completed: date | None = None, parts: tuple[str, ...] | None = None
) -> dict[str, Any]:
    due = due_date(SOP.steps[number - 1], START, CALENDAR)
    return {
        "started_on": START,
        "due_on": due.due_on,
        "due": to_builtins(due),
        "parts": list(SOP.steps[number - 1].fixed_parts if parts is None else parts),
        "completed_on": completed,
    }


def until(number: int, **row: Any) -> dict[int, dict[str, Any]]:
    """Every step before this one is done, and this one has begun."""
    return {
        **{before: begun(before, completed=START) for before in range(1, number)},
        number: begun(number, **row),
    }


def by_key(by_number: Mapping[int, Any]) -> dict[str, Any]:
    return {KEY[number]: row for number, row in by_number.items()}


def submission(agency: str, state: str = "open", **more: Any) -> dict[str, Any]:
    row = {
        "submission": f"submission-3402-2026-{agency}-tahunan",
        "agency": agency,
        "agency_name": agency.title(),
        "state": state,
        "services": ["kes.balita"],
    }
    return {
        **row,
        "verdict": None,
        "verdict_revision": None,
        "revision": 1,
        "reason": "",
        "handed_in_on": START,
        **more,
    }


def board(rows: dict[int, dict[str, Any]], today: date, *submissions: dict[str, Any], **more: Any) -> Board:
    known = Known(
        begun=by_key(rows),
        planned={KEY[8]: date(2027, 1, 5)},
        parts=by_key(more.pop("done", {})),
        reopened=by_key(more.pop("reopened", {})),
    )
    steps = board_steps(SOP, known, today, CALENDAR)
    cycle = {"cycle": "3402-2026", "year": 2026, "report_due": date(2027, 3, 31)}
    return Board(
        cycle=cycle,
        sop=SOP,
        today=today,
        steps=steps,
        submissions=submissions,
        decree_missing=more.pop("decree_missing", False),
        left=9,
        **more,
    )


def test_a_step_waits_is_done_in_progress_or_late() -> None:
    found = board(until(4), date(2027, 1, 6))
    assert [row.state for row in found.steps[:5]] == ["done", "done", "done", "doing", "waiting"]
    late = board(until(2), date(2027, 1, 6))
    assert [row.state for row in late.steps[:3]] == ["done", "late", "waiting"]
    assert ([row.step.number for row in late.current], late.done) == ([2], 1)


def test_a_step_that_has_begun_waits_while_the_one_before_it_is_open_again() -> None:
    found = board({**until(10), 9: begun(9)}, date(2027, 1, 6))
    assert [(row.state, row.held) for row in found.steps[8:10]] == [("doing", False), ("waiting", True)]


def test_what_waits_for_a_step_that_is_open_again_is_due_after_it() -> None:
    """Not on the day that was counted when the correction was decided, nor while that step is late."""
    later = {**begun(11), "due_on": date(2027, 6, 1)}
    for today in (date(2027, 1, 6), date(2027, 5, 3)):
        rows = board({**until(10, parts=()), 11: later}, today).steps
        assert rows[10].held
        assert rows[10].due
        assert rows[9].due
        since = max(date.fromisoformat(rows[9].due["due_on"]), today)
        assert rows[10].due == to_builtins(due_date(SOP.steps[10], since, CALENDAR))


def test_the_last_legal_day_is_kept_by_the_first_round() -> None:
    def sent(*days: tuple[str, date]) -> Any:
        return {to: {"occurred_on": day} for to, day in days}

    first = (("gubernur", date(2027, 3, 1)), ("kemendagri", date(2027, 3, 5)))
    again = ("gubernur_koreksi_1", date(2027, 8, 2))
    for known, day in ((first[:1], None), ((*first, again), date(2027, 3, 5)), ((first[0], again), None)):
        assert board(until(12), START, sent=sent(*known)).sent_on == day


def test_lateness_is_counted_in_working_days() -> None:
    assert [row.left for row in board(until(2), date(2027, 1, 7)).steps[:2]] == [None, -2]
    assert board(until(4), date(2027, 1, 7)).steps[3].left == 3


def test_a_step_that_ended_late_says_so_for_ever() -> None:
    rows = {1: begun(1, completed=date(2027, 1, 8)), 2: begun(2, completed=START)}
    assert [row.late_by for row in board(rows, date(2027, 9, 1)).steps[:3]] == [1, 0, 0]
    assert [late_words(row.late_by) for row in board(rows, date(2027, 9, 1)).steps[:2]] == [
        "1 hari kerja terlambat",
        "",
    ]


def test_a_part_that_came_early_does_not_start_a_step() -> None:
    early = {"started_on": None, "due_on": None, "due": None, "parts": None, "completed_on": None}
    found = board({8: early}, START, done={8: {"all-submissions-approved": {}}})
    assert (found.steps[7].state, found.steps[7].parts, found.steps[7].parts_done) == (
        "waiting",
        (),
        frozenset(),
    )


def test_a_step_behind_its_plan_says_so() -> None:
    assert not board({}, date(2027, 1, 5)).steps[7].behind_plan
    assert board({}, date(2027, 1, 6)).steps[7].behind_plan
    assert not board({8: begun(8, completed=date(2027, 1, 5))}, date(2027, 3, 1)).steps[7].behind_plan


def test_an_approval_counts_for_the_revision_that_is_handed_in() -> None:
    approved = submission("dinkes", "handed_in", verdict="approved", verdict_revision=1)
    assert standing(approved) == "approved"
    assert standing({**approved, "revision": 2}) == "handed_in"
    assert standing({**approved, "state": "taken_back"}) == "taken_back"


def test_a_running_step_says_what_a_newer_calendar_would_make_of_its_due_date() -> None:
    changes = [{"day": date(2027, 1, 6), "kind": "holiday", "name": "Cuti", "source": "SKB 5/2027"}]
    calendar = CALENDAR.overridden(date(2027, 1, 6), "holiday", "Cuti")
    known = Known(begun=by_key(until(4)), changes=changes)
    row = board_steps(SOP, known, START, calendar)[3]
    assert row.newer is not None
    assert (row.newer.source, row.newer.due.due_on) == ("SKB 5/2027", CALENDAR.after(START, 6))
    assert board_steps(SOP, known, START, CALENDAR)[3].newer is None
    assert board_steps(SOP, known, START, calendar)[0].newer is None
