"""How late a hand-in, a step, a verdict, a printing or a dispatch was, as the log itself says it:
by the due day that held on its day.

SOP steps 1 to 13. Previous hop: `trail/queries.py`, with lines of the log. Next hop: `trail/pages.py`. Due
days and the changes of the calendar are read from the log too; the holidays below them are those that Jejak
comes with now.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.archive import streams
from services.archive.log.queries import Row
from services.archive.states import DAMAGED
from shared.contracts.regions import region_of
from shared.contracts.registry import upcast
from shared.eventsourcing.sql import Connection
from shared.sop.calendar import Calendar, seed
from shared.sop.definition import sops
from shared.sop.parts import CHECKING, ENDORSING, FILING, FILLING, PRINTING, SENDING
from shared.web.words.lateness import Dues, days_late, hand_in_late, late_words

_DUES = (
    b"SELECT line FROM leaf WHERE stream = ANY(%b) AND source = 'intake' AND type = ANY(%b) ORDER BY index"
)
_SAYS_DUE = ["step-started", "step-reopened", "due-date-revised", "calendar-changed"]
PART_OF = {
    ("intake", "submission-received"): FILLING,
    ("verification", "submission-approved"): CHECKING,
    ("verification", "report-endorsed"): ENDORSING,
    ("documents", "copies-printed"): PRINTING,
    ("archive", "cycle-archived"): FILING,
}
"""What a line is of the SOP: the step that waits for it had its due day to keep."""


@dataclass(slots=True)
class Lateness:
    """Due days by (cycle, key of the step): each with the day from which it counts; by cycle the SOP that its
    steps started under; by region the calendar. Lines that say nothing readable change nothing. `first`: the
    region of streams that name none.
    """

    first: str = ""
    calendars: dict[str, Calendar] = field(default_factory=dict)
    due: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    sop: dict[str, str] = field(default_factory=dict)

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
            region = region_of(event["stream"], self.first)
            self.calendars[region] = self.calendar_of(region).overridden(
                date.fromisoformat(data["day"]), data["kind"], data["name"]
            )
        elif data.get("due"):
            said = upcast("intake", event["type"], event["schema"], 2, data)
            self.sop[said["cycle"]] = said.get("sop") or self.sop.get(said["cycle"], "")
            self.due.setdefault((said["cycle"], said["step"]), {})[said["due"]["counted_from"]] = said["due"][
                "due_on"
            ]

    def calendar_of(self, region: str) -> Calendar:
        """The calendar of a region as the lines so far changed it."""
        return self.calendars.get(region) or seed()

    def on(self, cycle: str, part: str, day: date) -> date | None:
        """The due day, as it held on a day, of the step of a key, or of that which waits for a part."""
        step = sops()[self.sop[cycle]].step_of(part).key if cycle in self.sop else ""
        counted = self.due.get((cycle, step), {})
        since = max(
            (start for start in counted if start <= day.isoformat()), default=min(counted, default=None)
        )
        return date.fromisoformat(counted[since]) if since else None

    def _words(self, row: Row) -> str:
        data = row["event"]["data"]
        part = part_of(row)
        if not part or not data.get("occurred_on"):
            return ""
        day, calendar = date.fromisoformat(data["occurred_on"]), self.calendar_of(data["cycle"][:4])
        if row["type"] == "submission-received":
            dues = Dues(self.on(data["cycle"], FILLING, day), self.on(data["cycle"], CHECKING, day))
            late = hand_in_late(None, day, data["revision"], dues, calendar)
            return late_words(late.first or late.again)
        return late_words(days_late(self.on(data["cycle"], part, day), day, calendar))


def part_of(row: Row) -> str:
    """The part whose step had the due day that a line had to keep, or the key of that step;
    empty for a line that has none.
    """
    with suppress(*DAMAGED):
        match row["source"], row["type"]:
            case "intake", "step-completed":
                said = upcast("intake", "step-completed", row["event"]["schema"], 2, row["event"]["data"])
                return str(said["step"])
            case "documents", "dispatch-sent":
                return SENDING.format(recipient=row["event"]["data"]["recipient"])
            case kind:
                return PART_OF.get(kind, "")
    return ""


def streams_of(cycle: str, part: str) -> set[str]:
    """The streams in which that step's due days may stand, whichever SOP the cycle runs under."""
    found = set[str]()
    for sop in sops().values():
        with suppress(KeyError):
            found.add(streams.step(cycle, sop.step_of(part).place))
    return found


async def lateness(conn: Connection, rows: Iterable[Row], first: str) -> Lateness:
    """What these lines are measured against. `first`: the first region of the installation."""
    wanted = {(str(row["event"]["data"].get("cycle", "")), part) for row in rows if (part := part_of(row))}
    wanted |= {(cycle, CHECKING) for cycle, part in wanted if part == FILLING}
    saying = [
        *sorted({streams.calendar(cycle[:4], first) for cycle, _ in wanted}),
        *sorted({stream for cycle, part in wanted for stream in streams_of(cycle, part)}),
    ]
    found = Lateness(first)
    if wanted:
        cursor = await conn.execute(_DUES, (saying, _SAYS_DUE))
        for (line,) in await cursor.fetchall():
            found.learn(bytes(line))
    return found
