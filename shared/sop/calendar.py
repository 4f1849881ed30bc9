"""The working calendar: Monday to Friday without public holidays and cuti bersama,
with an override table on top.

Role: every due date says under which version of the calendar it was counted. The seed comes with Jejak,
the overrides from decrees (CalendarChanged). Perpres 21/2023 art. 3: five working days.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

SEED = Path(__file__).parent / "holidays_id.toml"
DAY = timedelta(days=1)
FRIDAY = 4

Kind = Literal["holiday", "working"]


class CalendarTooShort(ValueError):
    """A date lies outside the years that the calendar knows; counting there would be guessing."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays by date, and days declared working in spite of weekend or holiday.
    `changes` counts the overrides.
    """

    seed: str
    first_year: int
    last_year: int
    holidays: Mapping[date, str] = field(default_factory=dict)
    working: frozenset[date] = frozenset()
    changes: int = 0
    cuti_bersama_until: int = 9999

    @property
    def version(self) -> str:
        return f"{self.seed}+{self.changes}"

    def overridden(self, day: date, kind: Kind, name: str) -> "Calendar":
        """The calendar with one day declared otherwise. The latest word on a day holds."""
        holidays = {known: title for known, title in self.holidays.items() if known != day}
        working = self.working - {day}
        if kind == "holiday":
            holidays[day] = name
        else:
            working |= {day}
        return replace(self, holidays=holidays, working=working, changes=self.changes + 1)

    def changed_by(self, changes: Iterable[Mapping[str, Any]]) -> "Calendar":
        """The calendar after several of them: rows with day, kind and name, the latest word last."""
        made = self
        for change in changes:
            made = made.overridden(change["day"], change["kind"], change["name"])
        return made

    def knows(self, day: date) -> bool:
        return self.first_year <= day.year <= self.last_year

    def is_working(self, day: date) -> bool:
        self._must_know(day)
        if day in self.working:
            return True
        return day.weekday() <= FRIDAY and day not in self.holidays

    def working_from(self, day: date) -> Iterator[date]:
        """Working days on and after `day`, without end."""
        while True:
            if self.is_working(day):
                yield day
            day += DAY

    def working_back_from(self, day: date) -> Iterator[date]:
        """Working days on and before `day`, backwards, without end."""
        while True:
            if self.is_working(day):
                yield day
            day -= DAY

    def on_or_after(self, day: date) -> date:
        return next(self.working_from(day))

    def on_or_before(self, day: date) -> date:
        return next(self.working_back_from(day))

    def after(self, day: date, count: int) -> date:
        """The last of `count` working days that follow `day`; `day` itself is not counted."""
        days = self.working_from(day + DAY)
        return [next(days) for _ in range(count)][-1]

    def first_of(self, last: date, count: int) -> date:
        """The first of `count` working days that end on or before `last`, which is counted."""
        days = self.working_back_from(last)
        return [next(days) for _ in range(count)][-1]

    def working_days(self, after: date, until: date) -> int:
        """How many working days follow `after`, up to and with `until`;
        negative when `until` lies before it.
        """
        if until < after:
            return -self.working_days(until, after)
        if until == after:
            return 0
        self._must_know(after + DAY)
        self._must_know(until)
        free = sum(
            after < day <= until and day.weekday() <= FRIDAY and day not in self.working
            for day in self.holidays
        )
        worked = sum(after < day <= until and day.weekday() > FRIDAY for day in self.working)
        return weekdays(after, until) - free + worked

    def skipped(self, after: date, until: date) -> Iterator[tuple[date, str]]:
        """Named days between, Monday to Friday, that were not counted. Weekends go without saying."""
        for step in range(1, (until - after).days + 1):
            day = after + DAY * step
            if day.weekday() <= FRIDAY and not self.is_working(day):
                yield day, self.holidays[day]

    def _must_know(self, day: date) -> None:
        if not self.knows(day):
            raise CalendarTooShort(
                f"{day} lies outside the calendar {self.version} ({self.first_year}-{self.last_year})"
            )


def weekdays(after: date, until: date) -> int:
    """How many days from Monday to Friday follow `after`, up to and with `until`, which is no earlier."""
    weeks, rest = divmod((until - after).days, 7)
    return weeks * 5 + sum((after + DAY * step).weekday() <= FRIDAY for step in range(1, rest + 1))


@cache
def seed() -> Calendar:
    """The calendar as it comes with Jejak, without any override."""
    document = tomllib.loads(SEED.read_text(encoding="utf-8"))
    return Calendar(
        seed=document["version"],
        first_year=document["first_year"],
        last_year=document["last_year"],
        holidays={date.fromisoformat(day): name for day, name in document["days"].items()},
        cuti_bersama_until=document["cuti_bersama_until"],
    )
