"""The step board: a row for each step with what is late and why, what holds and what is open again.

Serves every SOP step. Previous hop: `board/queries.py`, which reads the rows.
Next hop: `tasks.py`, which says who must act, and `board/pages.py` and `board/api.py`, which show it. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from msgspec import convert, to_builtins

from services.intake import streams
from services.intake.board.newer_calendar import NewerDueDate, newer_due_date
from services.intake.board.rounds import ACTS, Round, rounds
from services.intake.queries import Row
from shared.contracts.values import DueDate
from shared.sop.calendar import Calendar, CalendarTooShort
from shared.sop.deadlines import due_date
from shared.sop.parts import PRINTING
from shared.sop.steps import Sop, Step
from shared.spm.catalogue import Catalogue, catalogues
from shared.web.words.lateness import against

State = Literal["done", "late", "doing", "waiting"]


MILESTONES = (
    *("document-drafted", "endorsement-requested", "endorsement-refused", "report-endorsed"),
    *("endorsement-withdrawn", "team-decree-issued", "dispatch-sent", "receipt-recorded"),
    "dispatch-reopened",
    *ACTS,
)
"""What a board follows of what happened."""
RETURNED = (
    *("submission-returned", "approval-withdrawn", "approval-voided"),
    *("endorsement-refused", "endorsement-withdrawn"),
)
CORRECTED, DONE = "correction-decided", "step-completed"
DRAWN = (*RETURNED, CORRECTED, DONE)
"""What happened that the chart draws, or names somebody by."""


def by_dispatch(rows: Iterable[Row]) -> Mapping[str, Row]:
    """Rows of the timeline by the dispatch that they are of: gubernur, or gubernur_koreksi_1."""
    return {streams.kind_of(row["stream"]): row for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStep:
    """One row of the board. `left`: working days until the due date, negative when late; None where nothing
    is due. `late_by`: how many working days late it was done. `missing`: the parts that have not happened, or
    do not hold any more. `held`: it has begun, but a step before it is open again. `newer`: the due date by
    the calendar of today where that is another one.
    """

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
    turns: tuple[Round, ...] = ()
    late_by: int = 0
    held: bool = False
    reopened: Mapping[str, frozenset[str]] = field(default_factory=dict)
    newer: NewerDueDate | None = None

    @property
    def before(self) -> tuple[Round, ...]:
        """How it was done before it was open again."""
        return self.turns[:-1]

    @property
    def begun_on(self) -> date | None:
        """On which day it was its turn this time."""
        return self.turns[-1].started_on if self.before else self.started_on

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part not in self.parts_done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far the report is: its latest draft, and what was said last about its endorsement.
    Nothing of either: None.
    """

    drafted: Row | None = None
    said: Row | None = None

    @property
    def waits(self) -> bool:
        """Whether the latest draft waits for its endorsement."""
        asked = ("endorsement-requested", "endorsement-withdrawn")
        if self.drafted is None or self.said is None or self.said["what"] not in asked:
            return False
        return bool(self.said["facts"]["revision"] == self.drafted["facts"]["revision"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    cycle: Row
    sop: Sop
    today: date
    steps: tuple[BoardStep, ...]
    submissions: Sequence[Row]
    decree_missing: bool
    left: int
    sent_late: int = 0
    report: Report = Report()
    sent: Mapping[str, Row] = field(default_factory=dict)
    received: frozenset[str] = frozenset()
    dispatches: Mapping[str, str] = field(default_factory=dict)
    touched: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """The version that the cycle was opened under."""
        return catalogues()[self.cycle["catalogue"]]

    @property
    def closed(self) -> bool:
        return all(row.state == "done" for row in self.steps)

    def row(self, step: Step) -> BoardStep:
        """The row of a step of this cycle's SOP."""
        return self.steps[step.number - 1]

    def waiting_for(self, part: str) -> BoardStep:
        """The row of the step that waits for this part, as the SOP file writes it."""
        return self.row(self.sop.step_of(part))

    def numbers(self, keys: Sequence[str]) -> str:
        """The numbers of steps as they are shown: `9, 10`."""
        return ", ".join(str(self.sop.step(key).number) for key in keys)

    @property
    def sent_on(self) -> date | None:
        """On which day the report had gone to everybody whom the SOP names, as it was before any official
        correction; None until then. The last legal day is kept by that, whatever follows.
        """
        days = [self.sent[to]["occurred_on"] for to in self.sop.recipients if to in self.sent]
        return max(days) if days and len(days) == len(self.sop.recipients) else None

    @property
    def printed(self) -> bool:
        """Whether the report is printed, and not being corrected."""
        return self.waiting_for(PRINTING).state == "done"

    @property
    def untouched(self) -> bool:
        """Whether nothing has been done in the cycle yet, so that it may be withdrawn."""
        return self.steps[0].state in {"doing", "late"}

    @property
    def due_next(self) -> date:
        """The nearest due day of what is under way; without any the day on which the report is due."""
        return min(
            (date.fromisoformat(row.due["due_on"]) for row in self.current if row.due),
            default=self.cycle["report_due"],
        )

    @property
    def current(self) -> tuple[BoardStep, ...]:
        return tuple(row for row in self.steps if row.state in {"doing", "late"})

    @property
    def done(self) -> int:
        return sum(row.state == "done" for row in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the read models know of the steps of a cycle, by key; `happened`: its milestones by name."""

    begun: Mapping[str, Row]
    planned: Mapping[str, date] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    reopened: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    last: Mapping[str, Row] = field(default_factory=dict)
    happened: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    changes: Sequence[Row] = ()


def board_steps(sop: Sop, known: Known, today: date, calendar: Calendar) -> tuple[BoardStep, ...]:
    """A row for each step from what the read models know; a step without a row has not begun."""
    known = replace(known, begun=in_turn(sop, known.begun, today, calendar))
    done = {key for key, row in known.begun.items() if row["completed_on"] is not None}
    turns = rounds(row for act in ACTS for row in known.happened.get(act, ()))
    return tuple(
        _row(
            step,
            known,
            today,
            calendar,
            held=not done.issuperset(sop.before(step)),
            turns=turns.get(step.key, ()),
        )
        for step in sop.steps
    )


def in_turn(sop: Sop, begun: Mapping[str, Row], today: date, calendar: Calendar) -> Mapping[str, Row]:
    """The rows of steps; what has begun, and rests on a step that is open again, is due after that one: its
    days are counted from the day on which that one is due, or from today once that has passed, until it is
    its turn.
    """
    found = dict(begun)
    for step in sop.steps:
        row = found.get(step.key)
        if row is None or not _is_open(row):
            continue
        before = [found[key]["due_on"] for key in sop.before(step) if key in found and _is_open(found[key])]
        if before:
            with suppress(CalendarTooShort):
                due = due_date(step, max(today, *before), calendar)
                found[step.key] = {**row, "due_on": due.due_on, "due": to_builtins(due)}
    return found


def _is_open(row: Row) -> bool:
    return row["due_on"] is not None and row["completed_on"] is None


def _row(
    step: Step, known: Known, today: date, calendar: Calendar, *, held: bool, turns: tuple[Round, ...]
) -> BoardStep:
    row, planned_on = known.begun.get(step.key), known.planned.get(step.key)
    begun = row if row is not None and row["started_on"] is not None else None
    completed_on = row["completed_on"] if row else None
    due_on = begun["due_on"] if begun else None
    stands = against(due_on, completed_on, today, calendar)
    state: State = "waiting"
    if completed_on is not None:
        state = "done"
    elif due_on is not None and not held:
        state = "late" if today > due_on else "doing"
    wanted = tuple(begun["parts"]) if begun else ()
    running = due_on is not None and completed_on is None
    return BoardStep(
        step=step,
        state=state,
        started_on=begun["started_on"] if begun else None,
        due=begun["due"] if begun else None,
        left=(stands.left if stands.left is not None else -stands.late) if stands and running else None,
        planned_on=planned_on,
        behind_plan=planned_on is not None and planned_on < (completed_on or today),
        completed_on=completed_on,
        parts=wanted,
        parts_done=frozenset(known.parts.get(step.key, {})) & frozenset(wanted),
        last=known.last.get(step.key),
        turns=turns,
        late_by=stands.late if stands and not running else 0,
        held=running and held,
        reopened=known.reopened.get(step.key, {}),
        newer=newer_due_date(step, convert(begun["due"], DueDate), calendar, known.changes)
        if begun and running and not held
        else None,
    )
