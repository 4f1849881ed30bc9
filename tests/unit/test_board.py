"""The step board: states, lateness under the calendar, and what needs whom."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.intake.board import Board, board_steps, standing, todos
from shared.access.people import Office
from shared.access.permissions import Viewer
from shared.sop.calendar import seed
from shared.sop.deadlines import due_date
from shared.sop.definition import CURRENT, sops

SOP, CALENDAR = sops()[CURRENT], seed()
START = date(2027, 1, 4)


def begun(number: int, *, completed: date | None = None, parts: tuple[str, ...] = ()) -> dict[str, Any]:
    due = due_date(SOP.step(number), START, CALENDAR)
    shown = {"due_on": due.due_on.isoformat(), "calendar": due.calendar}
    return {"started_on": START, "due_on": due.due_on, "due": shown, "parts": list(parts), "completed_on": completed}


def submission(agency: str, state: str = "open", **more: Any) -> dict[str, Any]:
    row = {"submission": f"submission-3402-2026-{agency}-tahunan", "agency": agency, "agency_name": agency.title(), "state": state}
    return {**row, "verdict": None, "verdict_revision": None, "revision": 1, **more}


def board(
    rows: dict[int, dict[str, Any]], today: date, *submissions: dict[str, Any], done: dict[int, dict[str, Any]] | None = None
) -> Board:
    steps = board_steps(SOP, rows, {8: date(2027, 1, 5)}, done or {}, {}, today, CALENDAR)
    return Board(cycle={"cycle": "3402-2026"}, today=today, steps=steps, submissions=submissions, decree_missing=False)


def viewer(role: str, agency: str = "tatapem") -> Viewer:
    office = Office(role=role, agency=agency, valid_from=date(2025, 1, 1))
    return Viewer(person="x", name="X", agency=agency, agency_name=agency, offices=(office,))


def asked(found: Board, role: str, agency: str = "tatapem") -> list[tuple[int, str, str]]:
    return [(todo.step, todo.what, todo.path) for todo in todos(viewer(role, agency), found)]


def test_a_step_waits_is_done_in_progress_or_late() -> None:
    rows = {1: begun(1, completed=START), 2: begun(2), 4: begun(4)}
    found = board(rows, date(2027, 1, 6))
    assert [row.state for row in found.steps[:5]] == ["done", "late", "waiting", "doing", "waiting"]
    assert [row.step.number for row in found.current] == [2, 4]
    assert found.done == 1


def test_lateness_is_counted_in_working_days() -> None:
    found = board({1: begun(1, completed=START), 2: begun(2), 4: begun(4)}, date(2027, 1, 7))
    assert [row.left for row in found.steps[:4]] == [None, -2, None, 3]


def test_a_part_that_came_early_does_not_start_a_step() -> None:
    early = {"started_on": None, "due_on": None, "due": None, "parts": None, "completed_on": None}
    found = board({8: early}, START, done={8: {"all-submissions-approved": {}}})
    assert (found.steps[7].state, found.steps[7].parts, found.steps[7].parts_done) == ("waiting", (), frozenset())


def test_a_step_behind_its_plan_says_so() -> None:
    assert not board({}, date(2027, 1, 5)).steps[7].behind_plan
    assert board({}, date(2027, 1, 6)).steps[7].behind_plan
    assert not board({8: begun(8, completed=date(2027, 1, 5))}, date(2027, 3, 1)).steps[7].behind_plan


def test_an_approval_counts_for_the_revision_that_is_handed_in() -> None:
    approved = submission("dinkes", "handed_in", verdict="approved", verdict_revision=1)
    assert standing(approved) == "approved"
    assert standing({**approved, "revision": 2}) == "handed_in"
    assert standing({**approved, "state": "taken_back"}) == "taken_back"


@pytest.mark.parametrize(
    ("number", "role", "path"),
    [
        (1, "kabag", "/langkah/3402-2026/1"),
        (2, "subkoordinator", "/langkah/3402-2026/2"),
        (4, "subkoordinator", "/dokumen"),
        (9, "tim_spm", "/dokumen"),
        (12, "tim_spm", "/pengiriman"),
        (13, "arsiparis", "/arsip"),
    ],
)
def test_a_step_needs_the_office_that_owns_it(number: int, role: str, path: str) -> None:
    found = board({number: begun(number)}, START)
    assert asked(found, role) == [(number, "do", path)]
    assert asked(found, "inspektur") == []


def test_the_endorsement_needs_the_kabag_and_the_letters_the_team() -> None:
    parts = ("report-endorsed", "pengantar_gubernur", "pengantar_kemendagri")
    found = board({10: begun(10, parts=parts)}, START)
    assert asked(found, "kabag") == [(10, "endorse", "/pengesahan")]
    assert asked(found, "tim_spm") == [(10, "letters", "/dokumen")]
    half = board({10: begun(10, parts=parts)}, START, done={10: {part: {} for part in parts[1:]}})
    assert asked(half, "tim_spm") == []
    endorsed = board({10: begun(10, parts=parts)}, START, done={10: {"report-endorsed": {}}})
    assert asked(endorsed, "kabag") == []


def test_an_officer_is_asked_to_fill_or_mend_the_own_submission() -> None:
    own, other = submission("dinkes"), submission("dinsos")
    assert asked(board({7: begun(7)}, START, own, other), "unsur_opd", "dinkes") == [(7, "fill", "/isian/3402-2026-dinkes-tahunan")]
    returned = submission("dinkes", "returned")
    assert asked(board({7: begun(7)}, START, returned), "unsur_opd", "dinkes") == [(7, "mend", "/isian/3402-2026-dinkes-tahunan")]
    handed_in = submission("dinkes", "handed_in")
    assert asked(board({7: begun(7)}, START, handed_in), "unsur_opd", "dinkes") == []


def test_the_team_is_asked_to_verify_what_is_handed_in() -> None:
    handed_in = submission("dinkes", "handed_in")
    assert asked(board({7: begun(7)}, START, handed_in), "tim_spm") == [(7, "verify", "/verifikasi/3402-2026-dinkes-tahunan")]
    assert asked(board({7: begun(7, completed=START), 8: begun(8)}, START, handed_in), "tim_spm")[0][0] == 8


def test_the_earliest_due_date_comes_first() -> None:
    both = replace(viewer("subkoordinator"))
    found = board({2: begun(2), 4: begun(4)}, date(2027, 1, 6))
    assert [(todo.step, todo.late) for todo in todos(both, found)] == [(2, True), (4, False)]
