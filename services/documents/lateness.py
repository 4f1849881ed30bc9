"""How drafts, printings and dispatches of a cycle stand against the due days of their steps.

SOP steps 4, 9, 10, 11 and 12. Previous hop: `queries.py`. Next hop: `pages.py` and `dispatch_pages.py`. What was done is measured on its day, for
ever; what is still open is measured against today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.documents import queries
from shared.eventsourcing.sql import Connection
from shared.sop.calendar import Calendar
from shared.web.lateness import Timing, against

PRINTING, SENDING = 11, 12
TO_DO = {"open", "waiting", "stale", "refused"}
"""States of a document that is still to be drafted, for the first time or anew."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """The due days of a cycle, seen from one day."""

    due: Mapping[int, queries.Row]
    today: date
    calendar: Calendar

    def drafted(self, shown: queries.DocumentRow, drafts: Iterable[queries.Row]) -> Timing | None:
        """The drafting of a document: open while it is to be drafted."""
        step = shown.row.get("step") or 0
        return self._timing(step, [] if shown.state in TO_DO else [draft["occurred_on"] for draft in drafts])

    def printed(self, printings: Iterable[queries.Row], digest: str) -> Timing | None:
        """The printing of the report that has this digest."""
        return self._timing(PRINTING, [row["occurred_on"] for row in printings if row["digest"] == digest])

    def sent(self, view: queries.DispatchView) -> Timing | None:
        """The dispatch to one recipient."""
        return self._timing(SENDING, [view.row["sent_on"]] if view.row.get("sent_on") else [])

    def _timing(self, step: int, days: Iterable[date]) -> Timing | None:
        """Done on the first of these days; where the days of the step were counted anew, on the first since then."""
        row, done = self.due.get(step), sorted(days)
        if row is None:
            return None
        since = [day for day in done if day >= date.fromisoformat(row["due"]["counted_from"])]
        return against(row["due_on"], next(iter(since or done[-1:]), None), self.today, self.calendar)


async def lateness(conn: Connection, cycle: str, today: date) -> Lateness:
    """What a page of this cycle measures against."""
    return Lateness(await queries.due(conn, cycle), today, await queries.calendar(conn))
