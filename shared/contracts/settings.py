"""Events of intake about what holds for all cycles of a region: its calendar, and what its rules ask."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged:
    """One day of the working calendar is overridden; `source` names the decree.
    `calendar` is the version that this change makes.
    """

    day: date
    kind: Literal["holiday", "working"]
    name: str
    source: str
    calendar: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSet:
    """From `valid_from` on a rule asks from `limit` on; `threshold` is its name in `shared/spm/meaning/`, and
    `source` says who decided so.
    """

    region: str
    threshold: str
    limit: int
    valid_from: date
    source: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationRecorded:
    """How many there are for a service in a year, as `source` counted them on `counted_on`; said again, it is
    the later one that holds.
    """

    region: str
    service: str
    year: int
    population: int
    counted_on: date
    source: str
    by: str
    occurred_on: date
