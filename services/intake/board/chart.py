"""Plan and reality of a cycle as bars over time.

Serves every SOP step. Previous hop: `board/queries.py`, with the board; before the work plan is set also the
plan as it is proposed. Next hop: the picture on the timeline page, beside a table that says the same in
words. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.board.board import Board, BoardStep
from shared.sop.deadlines import WORK_PLAN, PlannedStep

WIDTH = 1000.0
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: where it is planned and where it was, as (x, width); `late` when it ended, or stands now,
    after its due date. `before`: where it was before it was open again, each with whether that was late.
    """

    step: int
    planned: Span | None
    real: Span | None
    late: bool
    before: tuple[tuple[Span, bool], ...] = ()

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


def chart(board: Board, proposed: Mapping[str, PlannedStep]) -> Chart:
    """The chart of a cycle from its opening to the latest day that matters: the plan that was saved;
    `proposed` only while none was.
    """
    plan = dict(planned_spans(board)) or {
        key: (planned.first, planned.last) for key, planned in proposed.items()
    }
    first, last = _reach(board, plan)
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
        )

    return Chart(
        bars=tuple(bar(row) for row in board.steps),
        months=tuple((at(day), day) for day in _months(first, last)),
        today=at(board.today) if first <= board.today <= last else None,
        due=sum(span(board.cycle["report_due"], board.cycle["report_due"])),
    )


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
