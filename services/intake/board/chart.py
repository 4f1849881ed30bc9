"""Plan and reality of a cycle as bars over time.

Serves every SOP step. Previous hop: `board/queries.py`, with the board; before the work plan is set also the
plan as it is proposed. Next hop: the picture on the timeline page, beside a table that says the same in
words. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.board.board import CORRECTED, DONE, Board, BoardStep
from services.intake.queries import Row
from shared.sop.deadlines import WORK_PLAN, PlannedStep

WIDTH = 1000.0
ROOM_FOR_A_NAME = 760.0
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something went back, or was corrected: its place, and the line of the timeline that says it."""

    at: float
    row: Row

    @property
    def kind(self) -> str:
        return "mended" if self.row["what"] == CORRECTED else "returned"


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: where it is planned and where it was, as (x, width); `late` when it ended, or stands now,
    after its due date. `before`: where it was before it was open again, each with whether that was late.
    `by`: who did it last; `marks`: what went back in it, and what was corrected.
    """

    step: int
    planned: Span | None
    real: Span | None
    late: bool
    before: tuple[tuple[Span, bool], ...] = ()
    by: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def name_at(self) -> tuple[float, str]:
        """Where the name of who did it stands: after its bars, or before them where no room is left."""
        ends = [start + wide for (start, wide), _ in self.drawn] + [mark.at + 6 for mark in self.marks]
        if max(ends, default=0) < ROOM_FOR_A_NAME:
            late = any(was_late for _, was_late in self.drawn)
            return max(ends, default=0) + (18 if late else 6), "start"
        return min(start for (start, _), _ in self.drawn) - 6, "end"

    @property
    def drawn(self) -> tuple[tuple[Span, bool], ...]:
        """Everything that was, the earliest first."""
        return (*self.before, (self.real, self.late)) if self.real else self.before


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on a line of WIDTH units; `today` is a place on it, None when outside;
    `due` the end of the legal day. `months`: place of each first day.
    """

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, date], ...]
    today: float | None
    due: float


def chart(board: Board, proposed: Mapping[str, PlannedStep], happened: Iterable[Row] = ()) -> Chart:
    """The chart of a cycle from its opening to the latest day that matters: the plan that was saved;
    `proposed` only while none was. `happened`: the lines of DRAWN that whoever looks may see, in their order.
    """
    plan = dict(planned_spans(board)) or {
        key: (planned.first, planned.last) for key, planned in proposed.items()
    }
    first, last = _reach(board, plan)
    lines = _by_step(board, happened)
    scale = WIDTH / max((last - first).days + 1, 1)

    def at(day: date) -> float:
        return round((day - first).days * scale, 1)

    def span(start: date, end: date) -> Span:
        return at(start), round(max((end - start).days + 1, 1) * scale, 1)

    def bar(row: BoardStep) -> Bar:
        planned, ended = plan.get(row.step.key), row.completed_on or board.today
        due_on = date.fromisoformat(row.due["due_on"]) if row.due else None
        return Bar(
            step=row.step.number,
            planned=span(*planned) if planned else None,
            real=span(row.begun_on, max(row.begun_on, ended)) if row.begun_on else None,
            late=due_on is not None and ended > due_on,
            before=tuple(
                (span(one.started_on, max(one.started_on, one.completed_on)), one.ended_late())
                for one in row.before
                if one.completed_on
            ),
            by=next((one["by"] for one in reversed(lines[row.step.key]) if one["what"] == DONE), "")
            if row.completed_on
            else "",
            marks=tuple(
                Mark(at(min(max(one["occurred_on"], first), last)), one)
                for one in lines[row.step.key]
                if one["what"] != DONE
            ),
        )

    return Chart(
        bars=tuple(bar(row) for row in board.steps),
        months=tuple((at(day), day) for day in _months(first, last)),
        today=at(board.today) if first <= board.today <= last else None,
        due=sum(span(board.cycle["report_due"], board.cycle["report_due"])),
    )


def _by_step(board: Board, happened: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {row.step.key: [] for row in board.steps}
    for one in happened:
        found[board.sop.step_of(one["step"]).key].append(one)
    return found


def planned_spans(board: Board) -> Iterator[tuple[str, tuple[date, date]]]:
    """The saved plan: it names last days, so a step is planned from the day after the one before it ends;
    the first from the day of the plan.
    """
    before = board.row(board.sop.step(WORK_PLAN)).completed_on
    for row in board.steps:
        if row.planned_on is None:
            continue
        first = before + timedelta(days=1) if before else row.planned_on
        yield row.step.key, (min(first, row.planned_on), row.planned_on)
        before = row.planned_on


def _reach(board: Board, plan: Mapping[str, tuple[date, date]]) -> tuple[date, date]:
    first, last = [board.cycle["opened_on"]], [board.cycle["report_due"]]
    for row in board.steps:
        first += [row.started_on] if row.started_on else []
        last += [day for day in (row.completed_on, *(one.completed_on for one in row.before)) if day]
    for start, end in plan.values():
        first.append(start)
        last.append(end)
    return min(first), max([*last, board.today] if not board.closed else last)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.year * 12 + first.month
    while (day := date(month // 12, month % 12 + 1, 1)) <= last:
        yield day
        month += 1
