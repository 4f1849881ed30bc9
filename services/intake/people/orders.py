"""Orders about persons and offices, for JSON and pages alike. All of a region are one stream, which alone
knows whether somebody is left who may keep people.

Serves every SOP step. Previous hop: `people/api.py` and `people/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from psycopg.errors import UniqueViolation

from services.intake import streams
from services.intake.domain.people_commands import EndOffice, GiveOffice, RecordLeaving, RegisterPerson
from services.intake.people.queries import agency_names, elsewhere
from services.intake.people.shapes import EndIn, LeavingIn, OfficeIn, PersonIn
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer
from shared.web.forms.said import command_of


async def register(act: Acting, person: str, said: PersonIn, *, new: bool = False) -> CommandAnswer:
    """Registers a person, or says what is known of one from now on; only the first where it must be `new`.
    Raises Refused.
    """
    await _refuse_unknown(act, said.agency)
    async with refusing_elsewhere(act, [person]):
        return await act(_order(act, command_of(RegisterPerson, said, new=new, **_who(act, person))))


async def give(act: Acting, person: str, said: OfficeIn) -> CommandAnswer:
    """Gives a person a role for an agency. Raises Refused."""
    await _refuse_unknown(act, said.agency)
    return await act(_order(act, command_of(GiveOffice, said, **_who(act, person))))


async def end(act: Acting, person: str, office: int, said: EndIn) -> CommandAnswer:
    """Lets an office end. Raises Refused."""
    return await act(_order(act, command_of(EndOffice, said, office=office, **_who(act, person))))


async def leave(act: Acting, person: str, said: LeavingIn) -> CommandAnswer:
    """A person works here no more. Raises Refused."""
    return await act(_order(act, command_of(RecordLeaving, said, **_who(act, person))))


def _who(act: Acting, person: str) -> dict[str, object]:
    return {
        "region": act.region,
        "person": person,
        "by": act.viewer.person,
        "occurred_on": act.today,
    }


def _order(act: Acting, command: object) -> Order:
    stream = streams.people(act.region)
    return Order(stream=stream, command=command, case_id=streams.SETTINGS)


async def _refuse_unknown(act: Acting, agency: str) -> None:
    """An agency is registered before anybody works in it: it has a history of its own."""
    async with act.running.pool.connection() as conn:
        known = await agency_names(conn, act.region)
    if agency not in known:
        raise agency_unknown(agency)


@asynccontextmanager
async def refusing_elsewhere(act: Acting, persons: Sequence[str]) -> AsyncIterator[None]:
    """Refuses persons of another region, before and where one became so meanwhile: the table keeps a code
    once, and the decision beside it is not kept either. Raises Refused.
    """
    await _refuse_elsewhere(act, persons)
    try:
        yield
    except UniqueViolation:
        await _refuse_elsewhere(act, persons)
        raise


async def _refuse_elsewhere(act: Acting, persons: Sequence[str]) -> None:
    async with act.running.pool.connection() as conn:
        taken = await elsewhere(conn, act.region, persons)
    if taken:
        raise person_elsewhere(min(taken))


def person_elsewhere(person: str) -> Refused:
    return Refused(
        "person-elsewhere",
        "Kode {person} sudah dipakai di pemasangan ini; pilih kode lain.",
        field="person",
        person=person[:60],
    )


def agency_unknown(agency: str) -> Refused:
    sentence = "Perangkat daerah {agency} belum terdaftar."
    return Refused("agency-unknown", sentence, field="agency", agency=agency[:60])
