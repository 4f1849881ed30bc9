"""JSON of persons and offices: listed, registered, an office given and ended, who held which on any day.

Serves every SOP step. Previous hop: a program with a session token.
Next hop: `people/orders.py`, or `people/queries.py`.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.intake.people import importing, orders, queries
from services.intake.people.shapes import (
    EndIn,
    HolderOut,
    ImportIn,
    ImportOut,
    LeavingIn,
    LookedOut,
    OfficeIn,
    PersonIn,
    PersonOut,
    holder_out,
    person_out,
)
from shared.contracts.fields import Text
from shared.contracts.registry import kebab
from shared.web.for_api import (
    Act,
    After,
    CommandAnswer,
    Day,
    Limit,
    Look,
    Name,
    Page,
    does,
    reads,
)
from shared.web.forms.fields import Checked
from shared.web.problems.shape import sentence_of
from shared.web.running import today_of

router = APIRouter()

PersonId = Annotated[
    str,
    Checked(Text(60, pattern=r"[a-z0-9][a-z0-9_.-]*")),
    Path(description="short and lasting, e.g. sri"),
]
OfficeNumber = Annotated[int, Path(ge=1, le=10_000, description="as the person's offices are numbered")]


@router.get("/people", summary="Persons and their offices", dependencies=[reads("intake.people")])
async def people(
    look: Look,
    search: Annotated[Name, Query(description="part of name, id, NIP, rank or agency")] = "",
    after: After = None,
    limit: Limit = 100,
) -> Page[PersonOut]:
    async with look.conn() as conn:
        rows, following = await queries.listed(conn, look.viewer, look.region, search, after, limit)
    return Page(items=[person_out(row) for row in rows], next=following)


@router.get("/people/{person}", summary="One person", dependencies=[reads("intake.people")])
async def one(person: PersonId, look: Look) -> PersonOut:
    async with look.conn() as conn:
        row = await queries.one(conn, look.viewer, look.region, person)
    return person_out(row)


@router.get("/offices", summary="Who held which office on a day", dependencies=[reads("intake.people")])
async def offices(
    look: Look, on: Annotated[Day | None, Query(description="today where none is said")] = None
) -> list[HolderOut]:
    day = on or today_of(look.request)
    async with look.conn() as conn:
        rows = await queries.held_on(conn, look.viewer, look.region, day)
    return [holder_out(row) for row in rows]


@router.put(
    "/people/{person}", summary="Register or change a person", dependencies=[does("intake.RegisterPerson")]
)
async def register(person: PersonId, body: PersonIn, act: Act) -> CommandAnswer:
    return await orders.register(act, person, body)


@router.post("/people/{person}/offices", summary="Give an office", dependencies=[does("intake.GiveOffice")])
async def give(person: PersonId, body: OfficeIn, act: Act) -> CommandAnswer:
    return await orders.give(act, person, body)


@router.post(
    "/people/{person}/offices/{office}/end",
    summary="End an office",
    dependencies=[does("intake.EndOffice")],
)
async def end(person: PersonId, office: OfficeNumber, body: EndIn, act: Act) -> CommandAnswer:
    return await orders.end(act, person, office, body)


@router.post(
    "/people/{person}/leaving", summary="A person leaves", dependencies=[does("intake.RecordLeaving")]
)
async def leave(person: PersonId, body: LeavingIn, act: Act) -> CommandAnswer:
    return await orders.leave(act, person, body)


@router.post(
    "/people/import/look", summary="What rows would change", dependencies=[does("intake.ImportPeople")]
)
async def look_over(body: ImportIn, act: Act) -> ImportOut:
    """Nothing happens."""
    looked = await _looked_over(body, act)
    lines = [
        LookedOut(
            row=line.number,
            events=[kebab(type(event).__name__) for event in line.events],
            field=line.fault.field if line.fault else None,
            fault=sentence_of(line.fault) if line.fault else None,
        )
        for line in looked.lines
    ]
    fault = sentence_of(looked.fault) if looked.fault else None
    return ImportOut(version=looked.version, fits=looked.fits, fault=fault, rows=lines)


@router.post("/people/import", summary="Take in many rows", dependencies=[does("intake.ImportPeople")])
async def take_in(body: ImportIn, act: Act) -> CommandAnswer:
    """All rows, or none."""
    looked = await _looked_over(body, act)
    looked.refuse_faults()
    return await importing.take_in(act, looked.rows, body.reason)


async def _looked_over(body: ImportIn, act: Act) -> importing.Look:
    return await importing.looked_over(act, [(at, row.row) for at, row in enumerate(body.rows)])
