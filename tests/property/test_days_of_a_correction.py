"""The due days of what is done once more run forward in the order of the steps, on whichever day it is
decided and whatever the calendar says.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from services.intake.board.board import Known, board_steps
from services.intake.domain.step_commands import ReopenPart
from services.intake.in_force import InForce
from services.intake.process_manager import react
from shared.contracts.archive import CorrectionExpected
from shared.contracts.correction import DispatchReopened, DocumentReopened
from shared.contracts.documents import FiguresWithdrawn
from shared.contracts.values import DueDate
from shared.contracts.verification import ApprovalUncounted, FiguresUnsettled
from shared.sop.calendar import Calendar, seed
from shared.sop.deadlines import due_date
from shared.sop.definition import CURRENT, sops
from tests.support.events import made, recorded

SOP = sops()[CURRENT]
CYCLE = "3402-2026"
DAYS = st.dates(date(2026, 1, 1), date(2033, 1, 1))
OVERRIDES = st.lists(st.tuples(st.integers(0, 120), st.sampled_from(["holiday", "working"])), max_size=12)
FOLLOWS = (
    (ApprovalUncounted, f"round-{CYCLE}"),
    (FiguresWithdrawn, f"document-{CYCLE}-laporan"),
    (FiguresUnsettled, f"endorsement-{CYCLE}"),
    (DocumentReopened, f"document-{CYCLE}-pengantar_gubernur"),
    (DocumentReopened, f"document-{CYCLE}-pengantar_kemendagri"),
    (DispatchReopened, f"dispatch-{CYCLE}-gubernur_koreksi_1"),
    (CorrectionExpected, f"cyclefile-{CYCLE}"),
)
"""What follows from a correction and opens a step again."""


def calendar(day: date, overrides: list[tuple[int, str]]) -> Calendar:
    found = seed()
    for after, kind in overrides:
        found = found.overridden(day + timedelta(days=after), kind, "x")  # type: ignore[arg-type]
    return found


def reopened(day: date, said: date, known: Calendar) -> Mapping[str, DueDate]:
    """The due days that the steps get when all of it is recorded on that day; `said`: the decision's day."""
    found: dict[str, DueDate] = {}
    for kind, stream in FOLLOWS:
        event = made(kind, cycle=CYCLE, **({"occurred_on": said} if kind in DATED else {}))
        at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        for order in react(recorded(event, stream, at=at), InForce(known, CURRENT, 1)):
            if isinstance(order.command, ReopenPart):
                found[order.command.step] = order.command.due
    return found


DATED = (DocumentReopened, DispatchReopened)


@given(DAYS, st.integers(0, 30), OVERRIDES)
def test_no_step_is_due_before_the_one_that_it_rests_on(
    day: date, late: int, overrides: list[tuple[int, str]]
) -> None:
    dues = reopened(day, day - timedelta(days=late), calendar(day, overrides))
    in_order = [dues[step.key] for step in SOP.steps if step.reopened_by]
    assert len(in_order) == 6
    assert [one.due_on for one in in_order] == sorted(one.due_on for one in in_order)
    assert in_order[0].counted_from == day
    for before, after in pairwise(in_order):
        assert after.counted_from == before.due_on


@given(DAYS, st.lists(st.integers(0, 200), min_size=6, max_size=6), st.integers(0, 5), OVERRIDES)
def test_the_board_says_no_due_day_before_that_of_what_is_awaited(
    day: date, starts: list[int], done: int, overrides: list[tuple[int, str]]
) -> None:
    """Also of cycles that were recorded before, and where a step of the first round is open again."""
    known, rows = calendar(day, overrides), dict[str, Any]()
    for step in SOP.steps:
        started = day + timedelta(days=starts[step.number - 8] if step.number > 7 else 0)
        due = due_date(step, started, known)
        completed = started if step.number < 8 + done else None
        rows[step.key] = {"started_on": started, "due_on": due.due_on, "due": to_builtins(due)}
        rows[step.key] |= {"parts": [], "completed_on": completed}
    found = board_steps(SOP, Known(begun=rows), day, known)
    dues = [row.due["due_on"] for row in found if row.due and row.state != "done"]
    assert dues == sorted(dues)
    assert [row.due for row in found if row.state in {"doing", "late"}] == [
        rows[row.step.key]["due"] for row in found if row.state in {"doing", "late"}
    ]
