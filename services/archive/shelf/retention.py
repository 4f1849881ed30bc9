"""Retention: how long an archived item is kept and locked, from `retention.toml`.

SOP step 13. Previous hop: `shelf/filing.py` with the kind of an item.
Next hop: the lock that the object store is asked for, and the shelf's words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from shared.clock import WIB
from shared.objects.port import LONGEST

SCHEDULE = Path(__file__).with_name("retention.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """Years active and inactive, counted from the closing of the cycle, and what happens then."""

    active: int
    inactive: int
    fate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    version: str
    source: str
    running_years: int
    longest_final_days: int
    kinds: Mapping[str, Rule]

    def while_running(self, filed_on: date) -> datetime:
        """Until when a lock holds that is set before the cycle is closed."""
        return self._until(filed_on, self.running_years)

    def final(self, kind: str, closed_on: date) -> datetime:
        """Until when the final lock of a closed cycle holds; never longer than the schedule's cap."""
        rule = self.kinds[kind]
        return self._until(closed_on, rule.active + rule.inactive)

    def _until(self, begins: date, years: int) -> datetime:
        latest = begins + min(timedelta(days=self.longest_final_days), LONGEST)
        return _midnight(latest if years > LONGEST.days // 365 else min(_years_after(begins, years), latest))


@cache
def load(path: Path = SCHEDULE) -> Schedule:
    """The schedule from its file. Raises KeyError or TOMLDecodeError for a file that is none."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = {
        kind: Rule(rule["active"], rule["inactive"], rule["fate"]) for kind, rule in document["kinds"].items()
    }
    return Schedule(
        version=document["version"],
        source=document["source"],
        running_years=document["running_years"],
        longest_final_days=document["longest_final_days"],
        kinds=kinds,
    )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WIB)
