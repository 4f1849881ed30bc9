"""The people file as the beginning of an installation without people: agencies and persons as the same events
that the pages make. Once there is anybody, it is read no more.

Serves every SOP step. Previous hop: `people/publishing.py`, when it finds nobody.
Next hop: `command_handler`.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

from services.intake import streams
from services.intake.domain.agency import RegisterAgency
from services.intake.domain.people_commands import (
    OfficeRow,
    PersonRow,
    Qualification,
    Role,
    SeedPeople,
)
from shared.access.people import Office, People, load
from shared.clock import now, today
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.room import Running

_COMMANDS = uuid.UUID("3a9d0f5e-6a5f-4f1c-9c3e-8f3a4f0f7b52")


async def seed(running: Running, path: Path) -> None:
    """Takes the file in; several processes may do so at once. Raises PeopleFileInvalid, and Refused for what
    no history may begin with.
    """
    actor = Actor.system(running.room.name)
    day = today(running.handler.clock or now)
    region = running.settings.region
    for order in orders_of(load(path, region), region, region, actor.person, day):
        command_id = uuid.uuid5(_COMMANDS, order.stream)
        await running.handler.handle(order, actor=actor, command_id=command_id)


def orders_of(people: People, region: str, first: str, by: str, day: date) -> Iterator[Order]:
    """The agencies, and then all persons at once. `first`: the first region of the installation."""
    for agency, name in people.agencies.items():
        register = RegisterAgency(
            agency=agency, name=name, short_name=agency.capitalize(), by=by, occurred_on=day
        )
        yield Order(stream=streams.agency(region, agency, first), command=register, case_id=streams.SETTINGS)
    rows = tuple(
        combined(
            PersonRow,
            person,
            person=person.id,
            qualification=cast("Qualification", person.qualification),
            offices=tuple(_office(office) for office in person.offices),
        )
        for person in people.persons.values()
    )
    command = SeedPeople(region=region, rows=rows, reason="", by=by, occurred_on=day)
    yield Order(stream=streams.people(region), command=command, case_id=streams.SETTINGS)


def _office(office: Office) -> OfficeRow:
    return combined(OfficeRow, office, role=cast("Role", office.role))
