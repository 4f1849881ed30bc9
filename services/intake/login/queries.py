"""What is asked about logins: which wait, which are joined, whom one is, and whom one could be.

Serves every SOP step. Previous hop: the pages and JSON of this sub-room. Next hop: the table that
`projections.py` fills.
"""

import re
from collections.abc import Sequence

from sqlalchemy import select

from services.intake.queries import Row
from services.intake.tables import login
from shared.access.people import People, Person
from shared.eventsourcing.sql import Connection, fetch, fetch_one

MOST = 1_000


async def logins(conn: Connection) -> Sequence[Row]:
    """Those that wait before those that were decided, the oldest first."""
    order = (login.c.waiting.desc(), login.c.requested_on, login.c.name, login.c.login)
    return await fetch(conn, select(login).order_by(*order).limit(MOST))


async def login_of(conn: Connection, name: str) -> Row | None:
    return await fetch_one(conn, select(login).where(login.c.login == name))


def suggested(row: Row, people: People) -> Person | None:
    """The one person whose NIP is what the provider says; nobody by an address or a name."""
    said = digits(row["nip"])
    fitting = [person for person in people.persons.values() if said and digits(person.nip) == said]
    return fitting[0] if len(fitting) == 1 else None


def digits(nip: str) -> str:
    """A NIP as it is compared, however people part it."""
    return re.sub(r"[^0-9]", "", nip)
