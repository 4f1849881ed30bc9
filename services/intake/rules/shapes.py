"""What people and programs say of thresholds and reference populations, and what is shown of them: a form
reads the same shape as JSON.

SOP steps 7 and 8. Previous hop: `rules/api.py` and `rules/pages.py`. Next hop: `rules/orders.py`.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.domain.rules import MOST_ROWS
from shared.contracts.fields import Text
from shared.spm.meaning.thresholds import BOUNDS
from shared.web.forms.fields import Amount, Body, Checked, Day, Id, Name

ThresholdName = Annotated[str, Checked(Text(60, pattern="[a-z]+"))]
Year = Annotated[int, Field(strict=True, ge=2000, le=2100)]


class ThresholdIn(Body):
    """One of the thresholds has another number from a day on; none begins before today."""

    threshold: ThresholdName = Field(description=f"one of {', '.join(BOUNDS)}", examples=["entitled"])
    limit: Amount = Field(examples=[20])
    valid_from: Day
    source: Name = Field(description="who decided so: a decree or minutes, with number and date")


class PopulationIn(Body):
    service: Id
    year: Year
    population: Amount
    counted_on: Day
    source: Name = Field(description="who counted, and what: data set, edition")


class PopulationsIn(Body):
    """All of them or none."""

    rows: list[PopulationIn] = Field(min_length=1, max_length=MOST_ROWS)


class SettingOut(BaseModel):
    number: int
    threshold: str
    limit: int
    valid_from: date
    source: str
    by: str
    recorded_at: datetime


class PopulationOut(BaseModel):
    service: str
    year: int
    population: int
    counted_on: date
    source: str
    by: str
    recorded_at: datetime


class RulesOut(BaseModel):
    """`thresholds`: what holds today, by name, and which version that is; 0 are the proposals."""

    version: int
    thresholds: dict[str, int]
    settings: list[SettingOut]
    populations: list[PopulationOut]
