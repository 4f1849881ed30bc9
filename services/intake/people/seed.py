"""The people file as the beginning of a region without people: agencies and persons as the same events
that the pages make. Once there is anybody, it is read no more.

Serves every SOP step. Previous hop: `people/publishing.py`, when it finds nobody.
Next hop: `command_handler`.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
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
from services.intake.people.orders import person_elsewhere
from services.intake.people.queries import elsewhere
from shared.access.people import Office, People, load
from shared.clock import now, today
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.room import Running
from shared.settings import Settings

NAME = "people.toml"
_REGION = re.compile(r"[0-9]{4}")
_COMMANDS = uuid.UUID("3a9d0f5e-6a5f-4f1c-9c3e-8f3a4f0f7b52")


def files_of(settings: Settings) -> Mapping[str, Path]:
    """With which file each region begins: the installation's first one, which comes first, and whatever
    region has one beside its letters.
    """
    beside = sorted(settings.letters.glob(f"*/{NAME}")) if settings.letters else []
    found = {path.parent.name: path for path in beside if _REGION.fullmatch(path.parent.name)}
    first = {settings.region: settings.people} if settings.people else {}
    return first | {code: path for code, path in found.items() if code not in first}


async def seed(running: Running, path: Path, region: str) -> None:
    """Takes the file of a region in; several processes may do so at once. Raises PeopleFileInvalid, and
    Refused for what no history may begin with.
    """
    actor = Actor.system(running.room.name)
    day, first = today(running.handler.clock or now), running.settings.region
    people = load(path, region)
    async with running.pool.connection() as conn:
        if taken := await elsewhere(conn, region, list(people.persons)):
            raise person_elsewhere(min(taken))
    for order in orders_of(people, region, first, actor.person, day):
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
