"""How something stands against its due day, in working days and in words:
one function for every hand-in, step, draft and dispatch.

What is done is measured on the day on which it happened, for ever; only what is still open is measured
against today. Serves the pages of all SOP steps. Pure.
"""

from dataclasses import dataclass
from datetime import date

from shared.sop.calendar import Calendar, weekdays
from shared.web.words.i18n import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Timing:
    """`done_on`: when it happened, None while it is open. `late`: working days after the due day,
    at least 1 from the day after it. `left`: working days until the due day, None once it is done or late.
    """

    due_on: date
    done_on: date | None
    late: int
    left: int | None


def against(due_on: date | None, done_on: date | None, today: date, calendar: Calendar) -> Timing | None:
    """How it stands; None where nothing is due."""
    if due_on is None:
        return None
    late = days_late(due_on, done_on or today, calendar)
    left = None if done_on or late else _working_days(today, due_on, calendar)
    return Timing(due_on, done_on, late, left)


def days_late(due_on: date | None, done_on: date | None, calendar: Calendar) -> int:
    """Working days between a due date and the day it was done, at least 1 from the day after it;
    0 for what was in time, or has no due date.
    """
    if due_on is None or done_on is None or done_on <= due_on:
        return 0
    return max(_working_days(due_on, done_on, calendar), 1)


@dataclass(frozen=True, slots=True)
class Dues:
    """The due days of filling and checking (SOP steps 7 and 8); None before they have begun."""

    filling: date | None
    checking: date | None


@dataclass(frozen=True, slots=True)
class HandIn:
    """How late a submission was handed in, in working days:
    for the first time, and again after it was returned or taken back.
    """

    first: int = 0
    again: int = 0

    @property
    def words(self) -> str:
        """As in `diserahkan 81 hari kerja terlambat`; empty for what was in time."""
        said = [gettext("diserahkan {late}").format(late=late_words(self.first))] if self.first else []
        said += [gettext("diserahkan ulang {late}").format(late=late_words(self.again))] if self.again else []
        return ", ".join(said)


def hand_in_late(
    first_on: date | None, last_on: date | None, revision: int, due: Dues, calendar: Calendar
) -> HandIn:
    """The first hand-in answers to the due day of the filling;
    one after it to that of the checking, once that has begun.
    """
    again = days_late(due.checking or due.filling, last_on, calendar) if revision > 1 else 0
    return HandIn(days_late(due.filling, first_on if revision > 1 else last_on, calendar), again)


def late_words(days: int) -> str:
    """How late: "81 hari kerja terlambat"; empty for what was in time."""
    return (
        ngettext("{n} hari kerja terlambat", "{n} hari kerja terlambat", days).format(n=days)
        if days > 0
        else ""
    )


def _working_days(after: date, until: date, calendar: Calendar) -> int:
    """Beyond the years of the calendar Monday to Friday count:
    a count that is a little too high says more than none.
    """
    if calendar.knows(after) and calendar.knows(until):
        return calendar.working_days(after, until)
    return weekdays(after, until)
