"""Orders for what holds for all cycles, for JSON and pages alike:
an agency is registered, a service assigned, a day of the calendar overridden.

Serves SOP steps 6 and 7 and every due date. Previous hop: `settings/api.py` and `settings/pages.py`,
with what a person said. Next hop: `command_handler` by way of `Act`.
"""

from datetime import date
from typing import Literal

from services.intake import streams
from services.intake.domain.agency import AssignService, RegisterAgency
from services.intake.domain.settings import OverrideDay
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer


async def register_agency(
    act: Acting, agency: str, name: str, short_name: str, day: date | None = None
) -> CommandAnswer:
    """Registers an agency, or gives it another name. Raises Refused."""
    command = RegisterAgency(
        agency=agency, name=name, short_name=short_name, by=act.viewer.person, occurred_on=day or act.today
    )
    return await act(
        Order(
            stream=streams.agency(act.region, agency, act.running.settings.region),
            command=command,
            case_id=streams.SETTINGS,
        )
    )


async def assign_service(
    act: Acting,
    agency: str,
    service: str,
    valid_from: date,
    valid_until: date | None,
    day: date | None = None,
) -> CommandAnswer:
    """Lets an agency answer for a service from a day on. Raises Refused."""
    command = AssignService(
        agency=agency,
        service=service,
        valid_from=valid_from,
        valid_until=valid_until,
        by=act.viewer.person,
        occurred_on=day or act.today,
    )
    return await act(
        Order(
            stream=streams.agency(act.region, agency, act.running.settings.region),
            command=command,
            case_id=streams.SETTINGS,
        )
    )


async def override_day(
    act: Acting,
    overridden: date,
    kind: Literal["holiday", "working"],
    name: str,
    source: str,
    day: date | None = None,
) -> CommandAnswer:
    """Makes a day of the calendar a holiday or a working day. Raises Refused."""
    command = OverrideDay(
        day=overridden,
        kind=kind,
        name=name,
        source=source,
        by=act.viewer.person,
        occurred_on=day or act.today,
    )
    return await act(
        Order(
            stream=streams.calendar(act.region, act.running.settings.region),
            command=command,
            case_id=streams.SETTINGS,
        )
    )
