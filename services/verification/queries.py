"""What several pages and routes of verification ask its read models:
cycles, due dates, the calendar, and how the submissions of a cycle stand.

SOP steps 8 and 10. Previous hop: the pages and routes of both sub-rooms, `lateness.py`. Next hop: the tables
that `projections.py` fills. Each question knows who asks, and answers only what that person may see.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from services.verification import tables
from services.verification.tables import expected, verification
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch
from shared.known_cycles.queries import KnownCycles, waiting_for

Row = Mapping[str, Any]

known = KnownCycles(tables.cycles)
"""The cycles that verification knows of, what each goes by, and the calendar."""

STATUS = func.coalesce(verification.c.status, literal_column("'nothing'"))
"""How the verification of an expected submission stands."""


async def counts(conn: Connection, viewer: Viewer, of_cycle: str) -> Mapping[str, int]:
    """How many submissions of the cycle stand how."""
    joined = expected.outerjoin(verification, same_submission())
    statement = (
        select(STATUS.label("status"), func.count().label("many"))
        .select_from(joined)
        .where(expected.c.cycle == of_cycle, viewer.sees(expected.c.agency))
        .group_by(STATUS)
    )
    return {row["status"]: row["many"] for row in await fetch(conn, statement)}


def same_submission() -> ColumnElement[bool]:
    """Joins what a cycle expects with its verification."""
    return verification.c.submission == expected.c.submission


async def due(conn: Connection, of_cycle: str, part: str) -> Row | None:
    """When the step that waits for `part` (as the SOP file writes it) is due, with its number,
    once it has started.
    """
    return waiting_for((await known.due_dates(conn, of_cycle)).values(), part)
