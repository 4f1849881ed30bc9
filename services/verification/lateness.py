"""How hand-ins and verdicts of a cycle stand against their due days.

SOP steps 7, 8 and 10. Previous hop: `queries.py`. Next hop: `checking/pages.py` and `endorsing/pages.py`.
A verdict is measured on its day, for ever; what still waits for one is measured against today.
"""

from dataclasses import dataclass
from datetime import date

from services.verification import queries
from shared.eventsourcing.sql import Connection
from shared.known_cycles.queries import waiting_for
from shared.sop.calendar import Calendar
from shared.sop.parts import CHECKING, FILLING
from shared.web.words.lateness import Dues, HandIn, Timing, against, days_late, hand_in_late


@dataclass(frozen=True, slots=True)
class Lateness:
    """The due days of a cycle, seen from one day.
    `step`: the due date of the step that the page is about, with its reason.
    """

    dues: Dues
    step: queries.Row | None
    today: date
    calendar: Calendar

    def hand_in(self, row: queries.Row) -> HandIn:
        """How late the submission of a row of the queue, or of a case, was handed in."""
        return hand_in_late(
            row["first_handed_in_on"], row["handed_in_on"], row["revision"] or 0, self.dues, self.calendar
        )

    def entry(self, status: str, revision: int, occurred_on: date | None) -> int:
        """How many working days late an entry of the trail was: a hand-in or an approval."""
        if status == "waiting":
            late = hand_in_late(None, occurred_on, revision, self.dues, self.calendar)
            return late.first or late.again
        return days_late(self.dues.checking, occurred_on, self.calendar) if status == "approved" else 0

    def verdict(self, row: queries.Row) -> Timing | None:
        """The checking of one submission: done on the day of its approval, open until then."""
        return self.until(row["approved_on"] if row["status"] == "approved" else None)

    def until(self, done_on: date | None) -> Timing | None:
        """The page's step: done on that day, or still open."""
        return against(self.step["due_on"] if self.step else None, done_on, self.today, self.calendar)


async def lateness(conn: Connection, cycle: str, today: date, part: str = CHECKING) -> Lateness:
    """What a page of this cycle measures against."""
    dues = (await queries.known.due_dates(conn, cycle)).values()
    found = {name: waiting_for(dues, name) for name in (FILLING, CHECKING, part)}
    filling, checking = (row["due_on"] if row else None for row in (found[FILLING], found[CHECKING]))
    return Lateness(Dues(filling, checking), found[part], today, await queries.known.calendar(conn, cycle))
