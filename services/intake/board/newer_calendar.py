"""Due dates that rest on an older calendar: what the calendar of today would say,
and which decrees (or which newer seed) changed it.

Serves the due dates of every SOP step. Previous hop: the board and the step page, which give a hint;
`step/orders.py` when a person takes the newer date over. Next hop: the command. A due date never moves by
itself. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.values import DueDate
from shared.sop.calendar import Calendar
from shared.sop.deadlines import due_date
from shared.sop.steps import Step


@dataclass(frozen=True, slots=True)
class NewerDueDate:
    """The due date by the calendar of today, and the decrees by which it differs;
    where Jejak came with other holidays since, their name too.
    """

    due: DueDate
    source: str


def newer_due_date(
    step: Step, due: DueDate | None, calendar: Calendar, changes: Iterable[Mapping[str, Any]]
) -> NewerDueDate | None:
    """What the calendar says today of a running step; None where it says the same."""
    if due is None or due.calendar == calendar.version:
        return None
    now = due_date(step, due.counted_from, calendar)
    if now.due_on == due.due_on:
        return None
    seed, _plus, known = due.calendar.rpartition("+")
    last = max(now.due_on, due.due_on)
    later = list(changes)[int(known or 0) :]
    behind = [str(change["source"]) for change in later if due.counted_from <= change["day"] <= last]
    if seed != calendar.seed:
        behind.append(f"kalender libur nasional {calendar.seed.removeprefix('libur-id-')}")
    return NewerDueDate(now, "; ".join(dict.fromkeys(behind)))
