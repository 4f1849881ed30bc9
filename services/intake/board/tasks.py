"""Tasks: who must act next in a cycle, on what, and where;
what waits for one person, and what that person waits for.

Serves every SOP step. Previous hop: `board/board.py`, with how the steps stand. Next hop: home and board,
which show it. Pure. Only what can be done is asked of somebody: what rests on something that is open again
waits with it. While the process is not closed there is always a task.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.intake import streams
from services.intake.board.board import Board, BoardStep
from services.intake.queries import Row
from services.intake.submission.standing import standing
from shared.access.permissions import Viewer
from shared.contracts.correction import apart
from shared.sop.document_kinds import document_kinds
from shared.sop.parts import CHECKING, FILING, FILLING, HANDING_OVER, SENDING
from shared.sop.steps import Part

LETTERS = document_kinds().letters
OPEN = {"open": "fill", "returned": "mend", "corrected": "correct", "taken_back": "again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`act` on `about` at `path`, by whoever holds `role` (of `agency`) and is not in `not_by`; no role: it
    comes about by itself. `also`: another role that may, where that one cannot. `why` and `facts` make a
    sentence. `left`: working days until `due_on`, negative when late.
    """

    act: str
    role: str = ""
    step: BoardStep
    also: str = ""
    about: str = ""
    agency: str = ""
    path: str = ""
    not_by: frozenset[str] = frozenset()
    why: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    due_on: date | None = None
    left: int | None = None

    def is_for(self, viewer: Viewer) -> bool:
        """Whether this person may and can do it."""
        if not self.role or viewer.person in self.not_by:
            return False
        return any(
            office.role == self.role and self.agency in ("", office.agency) for office in viewer.offices
        )


def tasks(board: Board) -> tuple[Task, ...]:
    """Everything that is next in a cycle; never nothing while it is not closed."""
    if board.closed:
        return ()
    found = tuple(_all(board))
    if any(task.act != "decree" for task in found):
        return found
    coming = next(row for row in board.steps if row.state != "done")
    return (*found, Task(act="preparing", step=coming))


def _all(board: Board) -> Iterator[Task]:
    for row in board.steps:
        if row.state in {"doing", "late"}:
            yield from _of_step(row, board)
    yield from _of_submissions(board)
    yield from _receipts(board)
    if board.decree_missing:
        path = f"/dokumen/{board.cycle['cycle']}/sk_tim"
        handed_over = board.waiting_for(HANDING_OVER)
        yield Task(act="decree", role="subkoordinator", step=handed_over, path=path, why="decree")


def _of_step(row: BoardStep, board: Board) -> Iterator[Task]:
    """What brings a step nearer to done: a person's word for a plain one,
    else each of its parts that has not happened.
    """
    if row.step.plain:
        yield _task(row, "record", row.step.role, f"/langkah/{board.cycle['cycle']}/{row.step.key}")
    for part in row.step.parts:
        if part.name in row.missing and not _too_early(row, part):
            yield from _of_part(row, part, board)


def _too_early(row: BoardStep, part: Part) -> bool:
    """A letter that is drafted anew goes with the corrected report, whose digest it names: first that one is
    endorsed. The first letters are drafted beside the endorsement, as the SOP has it.
    """
    others = (one.name for one in row.step.parts if one.which not in LETTERS)
    return part.which in LETTERS and part.name in row.reopened and any(one in row.missing for one in others)


def _of_part(row: BoardStep, part: Part, board: Board) -> Iterator[Task]:
    cycle = board.cycle["cycle"]
    match part.producer, part.event:
        case "documents", "document-drafted" if part.which == "sk_tim":
            yield _task(row, "draft_decree", "subkoordinator", f"/dokumen/{cycle}/sk_tim")
        case "documents", "document-handed-over":
            yield _task(row, "hand_over", "subkoordinator", f"/dokumen/{cycle}/sk_tim")
        case "documents", "document-drafted" if part.which == "laporan":
            yield _report(row, board, f"/dokumen/{cycle}/laporan")
        case "documents", "document-drafted" if part.which in LETTERS:
            yield _task(row, "letter", "tim_spm", f"/dokumen/{cycle}/{part.which}", about=LETTERS[part.which])
        case "verification", "report-endorsed":
            yield from _endorsement(row, board)
        case "documents", "copies-printed":
            yield _task(row, "print", "tim_spm", f"/dokumen/{cycle}/laporan")
        case "documents", "dispatch-sent":
            name = board.dispatches.get(part.which, part.which)
            yield _task(row, "send", "tim_spm", f"/pengiriman/{cycle}#{name}-judul", about=name)
        case "archive", "cycle-archived":
            out = sorted(board.sent.keys() - board.received)
            yield _task(
                row,
                "archive",
                "arsiparis",
                f"/arsip?siklus={cycle}",
                why="receipts_out" if out else "",
                facts={"recipients": out},
            )


def _report(row: BoardStep, board: Board, path: str) -> Task:
    """The draft of the report; after a refusal, or when the figures behind it changed,
    the next one, and why.
    """
    drafted, said = board.report.drafted, board.report.said
    by = row.reopened.get("laporan", frozenset())
    if drafted and said and any(streams.is_endorsement(stream) for stream in by):
        return _task(
            row,
            "report_refused",
            "tim_spm",
            path,
            why="refused",
            facts={"reason": said["facts"].get("reason", "")},
        )
    if drafted and by:
        return _task(
            row,
            "report_stale",
            "tim_spm",
            path,
            why="stale",
            facts={"revision": drafted["facts"]["revision"]},
        )
    return _task(row, "report", "tim_spm", path)


def _endorsement(row: BoardStep, board: Board) -> Iterator[Task]:
    drafted, cycle = board.report.drafted, board.cycle["cycle"]
    if not drafted or not board.report.waits:
        return
    filled = (person for persons in board.touched.values() for person in persons)
    verified = (
        submission["verdict_by"] for submission in board.submissions if submission["verdict"] == "approved"
    )
    involved = frozenset({drafted["by"], *filled, *verified})
    facts = {"revision": drafted["facts"]["revision"], "by": drafted["by"], "day": drafted["occurred_on"]}
    may: dict[str, Any] = {"also": "tim_spm", "not_by": involved}
    yield _task(row, "endorse", "kabag", f"/pengesahan/{cycle}", why="drafted", facts=facts, **may)


def _of_submissions(board: Board) -> Iterator[Task]:
    filling = board.waiting_for(FILLING)
    checking = board.waiting_for(CHECKING)
    for submission in board.submissions:
        stands, case = standing(submission), streams.case_of(submission["submission"])
        # as `standing.asked_under`
        asked = checking if checking.due and (filling.completed_on or stands == "handed_in") else filling
        if asked.completed_on:  # its days were of the round before
            asked = replace(asked, due=None)
        name = submission["agency_name"]
        if stands in OPEN:
            why = "" if stands == "open" else stands
            facts = {"reason": submission["reason"]}
            yield _task(
                asked,
                OPEN[stands],
                "unsur_opd",
                f"/isian/{case}",
                about=name,
                agency=submission["agency"],
                why=why,
                facts=facts,
            )
        elif stands == "handed_in" and not _is_decided(submission):
            facts = {
                "revision": submission["revision"],
                "day": submission["handed_in_on"],
                "late": submission["late"].words if "late" in submission else "",
            }
            touched = board.touched.get(submission["submission"], frozenset())
            yield _task(
                asked,
                "verify",
                "tim_spm",
                f"/verifikasi/{case}",
                about=name,
                not_by=touched,
                why="handed_in",
                facts=facts,
            )


def _is_decided(submission: Row) -> bool:
    """Verification has spoken about this very revision, and what follows from it is on its way."""
    return bool(submission["verdict"] and submission["verdict_revision"] == submission["revision"])


def _receipts(board: Board) -> Iterator[Task]:
    filing = board.waiting_for(FILING)
    for dispatch, sent in board.sent.items():
        if dispatch not in board.received:
            to, _ = apart(dispatch)
            row = filing if filing.due else board.waiting_for(SENDING.format(recipient=to))
            path = f"/pengiriman/{board.cycle['cycle']}#{dispatch}-judul"
            yield _task(
                row,
                "receipt",
                "tim_spm",
                path,
                about=dispatch,
                why="sent",
                facts={"day": sent["occurred_on"]},
            )


def _task(row: BoardStep, act: str, role: str, path: str, **more: Any) -> Task:
    due_on = date.fromisoformat(row.due["due_on"]) if row.due else None
    return Task(act=act, role=role, step=row, path=path, due_on=due_on, left=row.left, **more)


@dataclass(frozen=True, slots=True)
class Todo:
    """A task that waits for this person, and in which cycle."""

    task: Task
    cycle: Row


@dataclass(frozen=True, slots=True)
class Awaited:
    """Tasks of one kind in one cycle that wait for others, or come about by themselves."""

    tasks: tuple[Task, ...]
    cycle: Row

    @property
    def first(self) -> Task:
        return self.tasks[0]


def split(viewer: Viewer, boards: Iterable[Board]) -> tuple[tuple[Todo, ...], tuple[Awaited, ...]]:
    """What waits for this person in all these cycles, the nearest due day first,
    and what this person waits for.
    """
    todos: list[Todo] = []
    awaited: dict[tuple[str, str, str], tuple[Row, list[Task]]] = {}
    for board in boards:
        for task in tasks(board):
            if task.is_for(viewer):
                todos.append(Todo(task, board.cycle))
            else:
                awaited.setdefault((board.cycle["cycle"], task.role, task.act), (board.cycle, []))[1].append(
                    task
                )
    todos.sort(
        key=lambda todo: (
            todo.task.due_on or date.max,
            todo.cycle["cycle"],
            todo.task.step.step.number,
            todo.task.about,
        )
    )
    return tuple(todos), tuple(Awaited(tuple(found), cycle) for cycle, found in awaited.values())
