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
