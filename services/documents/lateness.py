"""How drafts, printings and dispatches of a cycle stand against the due days of their steps.

SOP steps 4, 9, 10, 11 and 12. Previous hop: `queries.py`. Next hop: `papers/pages.py` and
`dispatch/pages.py`. What was done is measured on its day, for ever; what is still open is measured against
today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.documents import queries
from shared.eventsourcing.sql import Connection
from shared.known_cycles.queries import waiting_for
from shared.sop.calendar import Calendar
from shared.sop.parts import PRINTING, SENDING
from shared.web.words.lateness import Timing, against


@dataclass(frozen=True, slots=True)
class Lateness:
    """The due days of a cycle, seen from one day."""

    due: Mapping[str, queries.Row]
    today: date
    calendar: Calendar

    def drafted(self, step: str, days: Iterable[date]) -> Timing | None:
        """The drafting of a document in its step; `days`:
        when it was drafted, none while it is to be drafted (anew).
        """
        return self._timing(self.due.get(step), days)

    def printed(self, printings: Iterable[queries.Row], digest: str) -> Timing | None:
        """The printing of the report that has this digest."""
        return self._timing(
            self.waiting_for(PRINTING), [row["occurred_on"] for row in printings if row["digest"] == digest]
        )

    def sent(self, recipient: str, sent_on: date | None) -> Timing | None:
        """The dispatch to one recipient; None: not sent yet."""
        return self._timing(
            self.waiting_for(SENDING.format(recipient=recipient)), [sent_on] if sent_on else []
        )

    def sending(self, recipients: Iterable[str]) -> queries.Row | None:
        """The due date of the step that sends to these; None before it has started."""
        return next(
            (row for to in recipients if (row := self.waiting_for(SENDING.format(recipient=to)))), None
        )

    def waiting_for(self, part: str) -> queries.Row | None:
        """The due date of the step that waits for this part; None before it has started."""
        return waiting_for(self.due.values(), part)

    def _timing(self, row: queries.Row | None, days: Iterable[date]) -> Timing | None:
        """Done on the first of these days; where the days of the step were counted anew,
        on the first since then.
        """
        done = sorted(days)
        if row is None:
            return None
        since = [day for day in done if day >= date.fromisoformat(row["due"]["counted_from"])]
        return against(row["due_on"], next(iter(since or done[-1:]), None), self.today, self.calendar)


async def lateness(conn: Connection, cycle: str, today: date) -> Lateness:
    """What a page of this cycle measures against."""
    known = queries.known
    return Lateness(await known.due_dates(conn, cycle), today, await known.calendar(conn, cycle))
