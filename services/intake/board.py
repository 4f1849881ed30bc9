"""The step board: thirteen rows with who is next, what is late and why, and what needs this person first.

Serves every SOP step. Previous hop: `queries.py`, which reads the rows. Next hop: `pages.py` and `api.py`, which show them. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from shared.access.permissions import Viewer
from shared.sop.calendar import Calendar
from shared.sop.definition import Sop, Step

Row = Mapping[str, Any]
State = Literal["done", "late", "doing", "waiting"]
Standing = Literal["open", "handed_in", "returned", "taken_back", "approved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStep:
    """One row of the board. `left`: working days until the due date, negative when late; None where nothing is due."""

    step: Step
    state: State
    started_on: date | None
    due: Row | None
    left: int | None
    planned_on: date | None
    behind_plan: bool
    completed_on: date | None
    parts: tuple[str, ...]
    parts_done: frozenset[str]
    last: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """Something that needs this person: which step, what in particular (an agency's name), where to go, until when."""

    step: int
    about: str
    what: str
    path: str
    due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    cycle: Row
    today: date
    steps: tuple[BoardStep, ...]
    submissions: Sequence[Row]
    decree_missing: bool

    @property
    def current(self) -> tuple[BoardStep, ...]:
        return tuple(row for row in self.steps if row.state in {"doing", "late"})

    @property
    def done(self) -> int:
        return sum(row.state == "done" for row in self.steps)


def board_steps(
    sop: Sop,
    begun: Mapping[int, Row],
    planned: Mapping[int, date],
    parts: Mapping[int, Mapping[str, Row]],
    last: Mapping[int, Row],
    today: date,
    calendar: Calendar,
) -> tuple[BoardStep, ...]:
    """The thirteen rows from what the read models know; a step without a row has not begun."""
    return tuple(
        _row(step, begun.get(step.number), planned.get(step.number), parts.get(step.number, {}), last.get(step.number), today, calendar)
        for step in sop.steps
    )


def _row(
    step: Step, row: Row | None, planned_on: date | None, done: Mapping[str, Row], last: Row | None, today: date, calendar: Calendar
) -> BoardStep:
    begun = row if row is not None and row["started_on"] is not None else None
    completed_on = row["completed_on"] if row else None
    due_on = begun["due_on"] if begun else None
    state: State = "waiting"
    if completed_on is not None:
        state = "done"
    elif due_on is not None:
        state = "late" if today > due_on else "doing"
    wanted = tuple(begun["parts"]) if begun else ()
    return BoardStep(
        step=step,
        state=state,
        started_on=begun["started_on"] if begun else None,
        due=begun["due"] if begun else None,
        left=calendar.working_days(today, due_on) if due_on is not None and completed_on is None else None,
        planned_on=planned_on,
        behind_plan=planned_on is not None and planned_on < (completed_on or today),
        completed_on=completed_on,
        parts=wanted,
        parts_done=frozenset(done) & frozenset(wanted),
        last=last,
    )


def standing(submission: Row) -> Standing:
    """How a submission stands, with what verification said about the revision that is handed in."""
    if (
        submission["state"] == "handed_in"
        and submission["verdict"] == "approved"
        and submission["verdict_revision"] == submission["revision"]
    ):
        return "approved"
    state: Standing = submission["state"]
    return state


WHERE = {
    1: ("kabag", "/langkah/{cycle}/1"),
    2: ("subkoordinator", "/langkah/{cycle}/2"),
    3: ("subkoordinator", "/langkah/{cycle}/3"),
    4: ("subkoordinator", "/dokumen"),
    5: ("subkoordinator", "/dokumen"),
    6: ("kabag", "/langkah/{cycle}/6"),
    9: ("tim_spm", "/dokumen"),
    11: ("tim_spm", "/dokumen"),
    12: ("tim_spm", "/pengiriman"),
    13: ("arsiparis", "/arsip"),
}


def todos(viewer: Viewer, board: Board) -> tuple[Todo, ...]:
    """What needs this person, the earliest due date first."""
    found = [*_of_steps(viewer, board), *_of_submissions(viewer, board)]
    return tuple(sorted(found, key=lambda todo: (todo.due_on or date.max, todo.step, todo.about)))


def _of_steps(viewer: Viewer, board: Board) -> Iterator[Todo]:
    for row in board.current:
        role, path = WHERE.get(row.step.number, ("", ""))
        if viewer.has(role):
            yield _todo(row, "", "do", path.format(cycle=board.cycle["cycle"]))
        if row.step.number == 10:
            yield from _of_endorsement(viewer, row)


def _of_endorsement(viewer: Viewer, row: BoardStep) -> Iterator[Todo]:
    open_parts = set(row.parts) - row.parts_done
    if viewer.has("kabag") and "report-endorsed" in open_parts:
        yield _todo(row, "", "endorse", "/pengesahan")
    if viewer.has("tim_spm") and open_parts - {"report-endorsed"}:
        yield _todo(row, "", "letters", "/dokumen")


def _of_submissions(viewer: Viewer, board: Board) -> Iterator[Todo]:
    filling, checking = board.steps[6], board.steps[7]
    own = {office.agency for office in viewer.offices if office.role == "unsur_opd"}
    for submission in board.submissions:
        stands, case = standing(submission), submission["submission"].partition("-")[2]
        if submission["agency"] in own and stands in {"open", "returned", "taken_back"}:
            what = "mend" if stands == "returned" else "fill"
            yield _todo(filling, submission["agency_name"], what, f"/isian/{case}")
        if viewer.has("tim_spm") and stands == "handed_in":
            yield _todo(checking if checking.due else filling, submission["agency_name"], "verify", f"/verifikasi/{case}")


def _todo(row: BoardStep, about: str, what: str, path: str) -> Todo:
    due_on = date.fromisoformat(row.due["due_on"]) if row.due else None
    return Todo(step=row.step.number, about=about, what=what, path=path, due_on=due_on, late=row.state == "late")
