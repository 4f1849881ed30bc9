"""JSON of agencies, the services they answer for, the catalogue and the working calendar.

Serves SOP steps 6 and 7 and every due date. Previous hop: a program with a session token.
Next hop: `settings/orders.py`, or the read models.
"""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.intake import queries
from services.intake.settings import orders
from shared.contracts.fields import Text
from shared.spm.catalogue import current
from shared.web.for_api import Act, Body, CommandAnswer, Day, Id, Look, Name, does, reads
from shared.web.forms.fields import Checked, OptionalCycle, Short

router = APIRouter()

AgencyId = Annotated[
    str,
    Checked(Text(40, pattern=r"[a-z][a-z0-9_]{1,39}")),
    Path(description="short and lasting, e.g. dinkes"),
]


class AgencyIn(Body):
    name: Name
    short_name: Short
    occurred_on: Day | None = None


class AssignmentIn(Body):
    """An agency answers for a service from a day; the same day again sets another end."""

    service: Id
    valid_from: Day
    valid_until: Day | None = None
    occurred_on: Day | None = None


class DayIn(Body):
    day: Day
    kind: Literal["holiday", "working"]
    name: Name
    source: Name = Field(description="the decree that says so, with number and date")
    occurred_on: Day | None = None


class AssignmentOut(BaseModel):
    service: str
    valid_from: date
    valid_until: date | None


class AgencyOut(BaseModel):
    agency: str
    name: str
    short_name: str
    version: int
    assignments: list[AssignmentOut]


class QualityKindOut(BaseModel):
    id: str
    group: str
    name: str


class ServiceOut(BaseModel):
    """One of the 29 basic services."""

    id: str
    name: str
    urusan: str
    recipients: str
    numerator: str
    denominator: str
    unit: str
    nihil_allowed: bool
    quality: list[QualityKindOut]


class CalendarOut(BaseModel):
    """The days of a year that are no working days, Saturdays and Sundays aside,
    and the days declared working in spite of it.
    """

    calendar: str
    cuti_bersama_until: int = Field(description="years after this know only the public holidays")
    holidays: dict[date, str]
    working: list[date]


@router.get("/agencies", summary="Agencies and their services", dependencies=[reads("intake.agencies")])
async def agencies(look: Look) -> list[AgencyOut]:
    async with look.conn() as conn:
        found = await queries.agencies(conn, look.region)
        assigned = await queries.assignments(conn, look.region)
    return [
        AgencyOut.model_validate(
            {**row, "assignments": [entry for entry in assigned if entry["agency"] == row["agency"]]}
        )
        for row in found
    ]


@router.put(
    "/agencies/{agency}", summary="Register or rename an agency", dependencies=[does("intake.RegisterAgency")]
)
async def register(agency: AgencyId, body: AgencyIn, act: Act) -> CommandAnswer:
    return await orders.register_agency(act, agency, body.name, body.short_name, body.occurred_on)


@router.post(
    "/agencies/{agency}/assignments", summary="Assign a service", dependencies=[does("intake.AssignService")]
)
async def assign(agency: AgencyId, body: AssignmentIn, act: Act) -> CommandAnswer:
    return await orders.assign_service(
        act, agency, body.service, body.valid_from, body.valid_until, body.occurred_on
    )


@router.get("/services", summary="The 29 basic services", dependencies=[reads("intake.agencies")])
async def services(
    look: Look,
    cycle: Annotated[
        OptionalCycle,
        Query(description="as the catalogue of this cycle has them; where none is said, the newest"),
    ] = "",
) -> list[ServiceOut]:
    async with look.conn() as conn:
        catalogue = await queries.catalogue_of(conn, cycle) if cycle else current()
    return [
        ServiceOut.model_validate(service, from_attributes=True) for service in catalogue.services.values()
    ]


@router.get("/calendar", summary="The working calendar of a year", dependencies=[reads("intake.calendar")])
async def calendar(look: Look, year: Annotated[int, Query(ge=2020, le=2035)]) -> CalendarOut:
    async with look.conn() as conn:
        made = await queries.calendar(conn, look.region)
    return CalendarOut(
        calendar=made.version,
        cuti_bersama_until=made.cuti_bersama_until,
        holidays={day: name for day, name in sorted(made.holidays.items()) if day.year == year},
        working=sorted(day for day in made.working if day.year == year),
    )


@router.post("/calendar/days", summary="Override a day", dependencies=[does("intake.OverrideDay")])
async def override(body: DayIn, act: Act) -> CommandAnswer:
    return await orders.override_day(act, body.day, body.kind, body.name, body.source, body.occurred_on)
