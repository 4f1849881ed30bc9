"""The days on which the demonstration's acts happened: the last cycle whose legal day has passed,
spread over the months that the SOP gives it, and one whose sheets were due a few days ago.
"""

from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date, timedelta

from shared.sop.calendar import seed

FILLING_MONTHS, FILLING_ENDED = 5, 4
"""How long the SOP gives the agencies, and how many working days ago that ended in the running cycle."""


@dataclass(frozen=True, slots=True)
class Days:
    """`year` is the year that is reported; every other field is the day of an act."""

    year: int
    opened: date
    guidance: date
    plan: date
    decree_drafted: date
    decree_handed_over: date
    decree_issued: date
    socialised: date
    filled: date
    handed_in: date
    returned: date
    handed_in_again: date
    approved: date
    drafted: date
    endorsed: date
    printed: date
    sent: date
    received: date
    archived: date


def last_cycle(today: date) -> Days:
    """The days of the newest cycle that could be finished by `today`."""
    return of_year(today.year - 1 if today >= date(today.year, 4, 1) else today.year - 2)


def running_cycle(today: date) -> Days:
    """The days of the cycle that is worked on: its report is due on the next 31 March, its sheets were due
    a few working days ago. What comes after the approvals has no day yet and stands on `today`.
    """
    due = _before(today, FILLING_ENDED)
    socialised = seed().on_or_before(_months_back(due, FILLING_MONTHS))
    began = [_before(socialised, days) for days in (15, 14, 13, 9, 3)]
    since = [_before(today, days) for days in (16, 12, 6, 3, 5)]
    year = today.year if today >= date(today.year, 4, 1) else today.year - 1
    acts = [*began, socialised, socialised, *since]
    return Days(year, *acts, *([today] * (len(fields(Days)) - 1 - len(acts))))


def of_year(year: int) -> Days:
    """The days of the cycle that reports `year`."""
    before = [
        date(year, 8, 25),
        date(year, 8, 26),
        date(year, 8, 27),
        date(year, 9, 2),
        date(year, 9, 9),
        date(year, 9, 15),
        date(year, 9, 10),
    ]
    after = [(1, 12), (2, 2), (2, 5), (2, 9), (2, 11), (2, 20), (2, 26), (3, 5), (3, 9), (3, 11), (3, 12)]
    return Days(
        year, *(_working(day) for day in [*before, *(date(year + 1, month, day) for month, day in after)])
    )


def _working(day: date) -> date:
    calendar = seed()
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day


def _before(day: date, count: int) -> date:
    """So many working days before a day."""
    calendar = seed()
    for _ in range(count):
        day = calendar.on_or_before(day - timedelta(days=1))
    return day


def _months_back(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 - count
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
