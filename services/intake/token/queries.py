"""What is asked about tokens: which there are, how each stands, when it was used last.

Serves every SOP step. Previous hop: the pages and JSON of this sub-room. Next hop: the table that
`projections.py` fills, and the database `access` for secret and last use.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from services.intake.queries import Row
from services.intake.tables import token
from services.intake.token.shapes import State
from shared.access.people import People
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch, fetch_one

MOST = 1_000
Kept = Mapping[str, tuple[int, datetime | None]]


async def tokens(conn: Connection, viewer: Viewer) -> Sequence[Row]:
    """The tokens of the agencies that the viewer sees; those that were ended last."""
    asked = select(token).where(viewer.sees(token.c.agency))
    return await fetch(conn, asked.order_by(token.c.ended_on.desc(), token.c.token).limit(MOST))


async def token_of(conn: Connection, viewer: Viewer, name: str) -> Row | None:
    return await fetch_one(conn, select(token).where(token.c.token == name, viewer.sees(token.c.agency)))


async def numbers(conn: Connection, today: date) -> Mapping[str, int]:
    """Of each token the smallest number whose secret may still open something."""
    asked = select(token.c.token, token.c.number, token.c.ended_on, token.c.valid_until)
    rows = await fetch(conn, asked)
    over = {row["token"] for row in rows if row["ended_on"] or row["valid_until"] < today}
    return {row["token"]: row["number"] + (row["token"] in over) for row in rows}


def standing(row: Row, kept: Kept, people: People, today: date) -> Row:
    """The row with its `state` and `used_at`."""
    number, used_at = kept.get(row["token"], (0, None))
    return {**row, "state": _state(row, number, people, today), "used_at": used_at}


def _state(row: Row, number: int, people: People, today: date) -> State:
    if row["ended_on"]:
        return "ended"
    if row["valid_until"] < today:
        return "expired"
    if number < row["number"]:
        return "no_secret"
    return "in_force" if holds(people, row["holder"], row["role"], row["agency"], today) else "asleep"


def holds(people: People, person: str, role: str, agency: str, day: date) -> bool:
    """Whether the person has this office on that day."""
    known = people.find(person)
    return known is not None and any(
        (office.role, office.agency) == (role, agency) for office in known.offices_on(day)
    )
