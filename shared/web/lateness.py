"""Lateness in working days, and in words: one function for every hand-in and every step, while it is late and ever after."""

from datetime import date

from shared.sop.calendar import Calendar
from shared.web.i18n import ngettext


def days_late(due_on: date | None, done_on: date | None, calendar: Calendar) -> int:
    """Working days between a due date and the day it was done; 0 for what was in time, or has no due date."""
    if due_on is None or done_on is None or done_on <= due_on or not (calendar.knows(due_on) and calendar.knows(done_on)):
        return 0
    return max(calendar.working_days(due_on, done_on), 1)


def late_words(days: int) -> str:
    """How late: "81 hari kerja terlambat"; empty for what was in time."""
    return ngettext("{n} hari kerja terlambat", "{n} hari kerja terlambat", days).format(n=days) if days > 0 else ""
