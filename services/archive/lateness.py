"""How late a hand-in, a step, a verdict, a printing or a dispatch was, as the log itself says it: by the due day that held on its day.

SOP steps 1 to 13. Previous hop: `queries.py`, with lines of the log. Next hop: `log_pages.py`. Due days and calendar are read from the log too, so
that a line reads the same for ever.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.eventsourcing.sql import Connection
from shared.sop.calendar import Calendar, seed
from shared.web.lateness import Dues, days_late, hand_in_late, late_words

Row = Mapping[str, Any]
DAMAGED = (KeyError, TypeError, ValueError, AttributeError)
"""What reading a line raises that is not what was written: the page of such a line says so itself."""
_DUES = b"SELECT line FROM leaf WHERE stream = ANY(%b) AND source = 'intake' AND type = ANY(%b) ORDER BY index"
_SAYS_DUE = ["step-started", "step-reopened", "due-date-revised", "calendar-changed"]
_CALENDAR = "settings-calendar"
FILLING, CHECKING = 7, 8
STEP_OF = {
    ("intake", "submission-received"): FILLING,
    ("verification", "submission-approved"): CHECKING,
    ("verification", "report-endorsed"): 10,
    ("documents", "copies-printed"): 11,
    ("documents", "dispatch-sent"): 12,
    ("archive", "cycle-archived"): 13,
}


@dataclass(slots=True)
class Lateness:
    """Due days by (cycle, step): each with the day from which it counts. Lines that say nothing readable change nothing."""

    calendar: Calendar = field(default_factory=seed)
    due: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)

    def learn(self, line: bytes) -> None:
        """Takes a line of the log in; one that was damaged says nothing."""
        with suppress(*DAMAGED):
            self._learn(json.loads(line))

    def words(self, row: Row) -> str:
        """How late what a line says was; empty for what was in time, or is nothing that can be late."""
        with suppress(*DAMAGED):
            return self._words(row)
        return ""

    def _learn(self, event: Mapping[str, Any]) -> None:
        data = event["data"]
        if event["type"] == "calendar-changed":
            self.calendar = self.calendar.overridden(date.fromisoformat(data["day"]), data["kind"], data["name"])
        elif data.get("due"):
            self.due.setdefault((data["cycle"], data["step"]), {})[data["due"]["counted_from"]] = data["due"]["due_on"]

    def on(self, cycle: str, step: int, day: date) -> date | None:
        """The due day of a step that held on a day."""
        counted = self.due.get((cycle, step), {})
        since = max((start for start in counted if start <= day.isoformat()), default=min(counted, default=None))
        return date.fromisoformat(counted[since]) if since else None

    def _words(self, row: Row) -> str:
        data = row["event"]["data"]
        step = step_of(row)
        if not step or not data.get("occurred_on"):
            return ""
        day = date.fromisoformat(data["occurred_on"])
        if row["type"] == "submission-received":
            dues = Dues(self.on(data["cycle"], FILLING, day), self.on(data["cycle"], CHECKING, day))
            late = hand_in_late(None, day, data["revision"], dues, self.calendar)
            return late_words(late.first or late.again)
        return late_words(days_late(self.on(data["cycle"], step, day), day, self.calendar))


def step_of(row: Row) -> int:
    """The step whose due day a line had to keep; 0 for a line that has none."""
    if (row["source"], row["type"]) == ("intake", "step-completed"):
        step: Any = row["event"]["data"].get("step")
        return step if isinstance(step, int) else 0
    return STEP_OF.get((row["source"], row["type"]), 0)


async def lateness(conn: Connection, rows: Iterable[Row]) -> Lateness:
    """What these lines are measured against."""
    wanted = {(str(row["event"]["data"].get("cycle", "")), step) for row in rows if (step := step_of(row))}
    wanted |= {(cycle, CHECKING) for cycle, step in wanted if step == FILLING}
    streams = [_CALENDAR, *(f"step-{cycle}-{step:02d}" for cycle, step in sorted(wanted))]
    found = Lateness()
    if wanted:
        cursor = await conn.execute(_DUES, (streams, _SAYS_DUE))
        for (line,) in await cursor.fetchall():
            found.learn(bytes(line))
    return found
