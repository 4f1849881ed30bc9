"""What several pages and routes of verification ask its read models:
cycles, due dates, the calendar, and how the submissions of a cycle stand.

SOP steps 8 and 10. Previous hop: the pages and routes of both sub-rooms, `lateness.py`. Next hop: the tables
that `projections.py` fills. Each question knows who asks, and answers only what that person may see.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from services.verification.tables import calendar_override, cycle, expected, step, verification
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.sop.calendar import Calendar, seed
from shared.sop.started import waiting_for
from shared.spm.catalogue import Catalogue, catalogues
from shared.web.problems.shape import NotFound

Row = Mapping[str, Any]

STATUS = func.coalesce(verification.c.status, literal_column("'nothing'"))
"""How the verification of an expected submission stands."""


async def cycles(conn: Connection) -> list[dict[str, Any]]:
    """Every cycle that verification knows of, the latest first."""
    return await fetch(conn, select(cycle).order_by(cycle.c.year.desc(), cycle.c.cycle))


async def catalogue_of(conn: Connection, of_cycle: str) -> Catalogue:
    """The catalogue that a cycle was opened under. Raises NotFound for an unknown cycle."""
    found = await fetch_one(conn, select(cycle.c.catalogue).where(cycle.c.cycle == of_cycle))
    if found is None:
        raise NotFound
    return catalogues()[found["catalogue"]]


async def calendar(conn: Connection) -> Calendar:
    """The working calendar with the overrides that intake announced."""
    return seed().changed_by(await fetch(conn, select(calendar_override).order_by(calendar_override.c.day)))


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


async def due(conn: Connection, of_cycle: str, part: str) -> dict[str, Any] | None:
    """When the step that waits for `part` (as the SOP file writes it) is due, with its number,
    once it has started.
    """
    return waiting_for(await fetch(conn, select(step).where(step.c.cycle == of_cycle)), part)
