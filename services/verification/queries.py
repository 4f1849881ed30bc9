"""What several pages and routes of verification ask its read models:
cycles, due dates, the calendar, and how the submissions of a cycle stand.

SOP steps 8 and 10. Previous hop: the pages and routes of both sub-rooms, `lateness.py`. Next hop: the tables
that `projections.py` fills. Each question knows who asks, and answers only what that person may see.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request
from sqlalchemy import ARRAY, ColumnElement, Text, any_, case, func, literal, literal_column, select, text

from services.verification import streams, tables
from services.verification.tables import assignment, expected, verification
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch
from shared.known_cycles.queries import KnownCycles, waiting_for
from shared.web.running import running_of, today_of

Row = Mapping[str, Any]

TEAM = "tim_spm"
known = KnownCycles(
    tables.cycles,
    select(func.nullif(tables.endorsement.c.correction, text("'{}'"))).where(
        tables.endorsement.c.cycle == tables.cycles.cycle.c.cycle
    ),
)
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


def held_by(team: Iterable[str]) -> ColumnElement[Any]:
    """Who of `team` looks after a submission; NULL: nobody, or somebody who is no longer of it."""
    of_team = assignment.c.assignee == any_(literal(sorted(team), ARRAY(Text)))
    return case((of_team, assignment.c.assignee))


def team_of(request: Request, of_cycle: str) -> Mapping[str, str]:
    """Who is of Tim SPM today in the region of a cycle: by id, the name."""
    return running_of(request).people.of(streams.region_of(of_cycle)).holding(TEAM, today_of(request))


def others_for(
    request: Request, of_cycle: str, command: str, involved: Container[str]
) -> Sequence[tuple[str, str]]:
    """Who of the region of a cycle may give a command today and had no hand in its case: name and role."""
    running, day = running_of(request), today_of(request)
    here = running.people.of(streams.region_of(of_cycle))
    return [
        (name, role)
        for role in running.permissions.roles(command)
        for person, name in here.holding(role, day).items()
        if person not in involved
    ]


async def due(conn: Connection, of_cycle: str, part: str) -> Row | None:
    """When the step that waits for `part` (as the SOP file writes it) is due, with its number,
    once it has started.
    """
    return waiting_for((await known.due_dates(conn, of_cycle)).values(), part)
