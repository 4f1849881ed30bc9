"""What several sub-rooms ask of intake's read models; each keeps its own questions in its own `queries.py`.

Serves every SOP step. Previous hop: the sub-rooms' `queries.py`, `orders.py` and routes.
Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Exists, Text, and_, any_, literal, or_, select

from services.intake.tables import agency, assignment, calendar_change, cycle, happening, plan, step, token
from shared.contracts.secret_text import SUBJECT, is_token
from shared.contracts.values import AgencyServices
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.known_cycles.corrections import latest, told
from shared.sop.calendar import Calendar, seed
from shared.sop.deadlines import PlannedStep, back_plan
from shared.sop.definition import sops
from shared.sop.steps import Sop, Step
from shared.spm.catalogue import Catalogue, Service, catalogues
from shared.web.problems.shape import NotFound

Row = Mapping[str, Any]

_FACTS = happening.c.facts
CORRECTED = (
    select(told(_FACTS["number"], _FACTS["reason"], happening.c.by, happening.c.occurred_on))
    .where(
        happening.c.source == "documents",
        happening.c.stream == literal("document-") + cycle.c.cycle + literal("-laporan"),
        happening.c.what == "correction-decided",
    )
    .order_by(happening.c.version.desc())
)
"""The decisions of a cycle, by the key of their rows."""


async def calendar(conn: Connection, region: str) -> Calendar:
    """The working calendar of a region with all overrides, in the order in which they were recorded."""
    return overridden(await calendar_changes(conn, region))


def overridden(changes: Sequence[Row]) -> Calendar:
    """The seed with these overrides."""
    return seed().changed_by(changes)


async def calendar_changes(conn: Connection, region: str) -> Sequence[Row]:
    of_region = calendar_change.c.region == region
    return await fetch(conn, select(calendar_change).where(of_region).order_by(calendar_change.c.number))


async def cycles(conn: Connection) -> Sequence[Row]:
    """All cycles, the latest year first, each with its latest official `correction`, and whether it is
    `closed`.
    """
    asked = select(cycle, latest(CORRECTED), _closed().label("closed"))
    return await fetch(conn, asked.order_by(cycle.c.year.desc(), cycle.c.cycle))


async def open_cycles(conn: Connection) -> Sequence[Row]:
    """The cycles whose last step, by their own SOP, is not done."""
    return await fetch(conn, select(cycle).where(~_closed()).order_by(cycle.c.year, cycle.c.cycle))


def _closed() -> Exists:
    last = or_(*(and_(cycle.c.sop == sop.version, step.c.step == sop.last.key) for sop in sops().values()))
    done = select(step.c.cycle).where(step.c.cycle == cycle.c.cycle, last, step.c.completed_on.is_not(None))
    return done.exists()


async def cycle_of(conn: Connection, name: str) -> Row | None:
    return await fetch_one(conn, select(cycle).where(cycle.c.cycle == name))


async def cycle_and_sop(conn: Connection, cycle: str) -> tuple[Row, Sop]:
    """A cycle and the SOP that it runs under. Raises NotFound for an unknown cycle."""
    found = await cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    return found, sops()[found["sop"]]


async def catalogue_of(conn: Connection, cycle: str) -> Catalogue:
    """The catalogue that a cycle was opened under. Raises NotFound for an unknown cycle."""
    found = await cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    return catalogues()[found["catalogue"]]


def step_of(sop: Sop, key: str) -> Step:
    """The step of that key. Raises NotFound where this SOP has none."""
    if not sop.has(key):
        raise NotFound
    return sop.step(key)


async def work_plan(conn: Connection, cycle: Row) -> Sequence[PlannedStep]:
    """The plan of a cycle backwards from its last legal day, under the calendar of today."""
    return back_plan(sops()[cycle["sop"]], cycle["report_due"], await calendar(conn, cycle["region"]))


async def steps(conn: Connection, of_cycle: str) -> Mapping[str, Row]:
    """The steps of a cycle that have begun or had a part done, by key, each with its planned day."""
    joined = step.outerjoin(plan, and_(plan.c.cycle == step.c.cycle, plan.c.step == step.c.step))
    rows = await fetch(
        conn, select(step, plan.c.planned_on).select_from(joined).where(step.c.cycle == of_cycle)
    )
    return {row["step"]: row for row in rows}


async def agencies(conn: Connection, region: str) -> Sequence[Row]:
    return await fetch(conn, select(agency).where(agency.c.region == region).order_by(agency.c.name))


async def assignments(conn: Connection, region: str, on: date | None = None) -> Sequence[Row]:
    """Who answers in a region for which service, now and ever, or only on one day."""
    statement = select(assignment).where(assignment.c.region == region)
    if on is not None:
        statement = statement.where(
            assignment.c.valid_from <= on,
            or_(assignment.c.valid_until.is_(None), assignment.c.valid_until >= on),
        )
    return await fetch(
        conn, statement.order_by(assignment.c.agency, assignment.c.service, assignment.c.valid_from)
    )


async def who_must_hand_in(
    conn: Connection, region: str, on: date, catalogue: Catalogue
) -> tuple[AgencyServices, ...]:
    """Who in a region must hand in which services of this catalogue, by the assignments that hold on that
    day.
    """
    names = {row["agency"]: row["name"] for row in await agencies(conn, region)}
    assigned: dict[str, list[str]] = {}
    for row in await assignments(conn, region, on):
        if row["service"] in catalogue.services:
            assigned.setdefault(row["agency"], []).append(row["service"])
    return tuple(
        AgencyServices(agency=agency, name=names[agency], services=tuple(services))
        for agency, services in assigned.items()
    )


def not_asked_for(opens: Iterable[AgencyServices], catalogue: Catalogue) -> list[Service]:
    """The services of this catalogue that nobody answers for."""
    asked = {service for agency in opens for service in agency.services}
    return [service for service in catalogue.services.values() if service.id not in asked]


async def holders(conn: Connection, subjects: Iterable[str]) -> tuple[str, ...]:
    """The persons who answer for the tokens among these, in force or over."""
    names = [subject.removeprefix(SUBJECT) for subject in subjects if is_token(subject)]
    asked = select(token.c.holder).where(token.c.token == any_(literal(names, ARRAY(Text))))
    return tuple(sorted({row["holder"] for row in (await fetch(conn, asked) if names else ())}))
