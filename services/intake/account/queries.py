"""The local accounts of this installation, as officials see them.

Serves every SOP step. Previous hop: `account/api.py` and `account/pages.py`. Next hop: the read model
`account`.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from services.intake.queries import Row
from services.intake.tables import account
from shared.access.people import People
from shared.eventsourcing.sql import Connection, fetch, fetch_one

NONE: Row = {
    "state": "none",
    "invitation": 0,
    "asked_by": "",
    "reason": "",
    "changed_by": "",
    "changed_on": None,
}


async def accounts(conn: Connection, people: People) -> Sequence[Row]:
    """Everybody who is known here, by name, with how far the local account has come."""
    known: Mapping[str, Row] = {row["person"]: row for row in await fetch(conn, select(account))}
    everybody = [
        {**known.get(person.id, NONE), "person": person.id, "who": person}
        for person in people.persons.values()
    ]
    return sorted(everybody, key=lambda row: (row["who"].name, row["person"]))


async def account_of(conn: Connection, person: str) -> Row:
    """How far the local account of one person has come."""
    return await fetch_one(conn, select(account).where(account.c.person == person)) or NONE
