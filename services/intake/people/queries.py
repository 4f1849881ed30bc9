"""What pages, sheets and JSON ask about persons and offices, and what is published of them.

Serves every SOP step. Previous hop: the routes of this sub-room and `people/publishing.py`.
Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Table, Text, and_, any_, func, literal, or_, select, tuple_

from services.intake.queries import Row
from services.intake.tables import agency, cycle, office, person, person_told
from shared.access.permissions import Viewer
from shared.eventsourcing.sight import whole
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.web.paging import key_of, page
from shared.web.problems.shape import NotFound

_OFFICE = ("role", "agency", "valid_from", "valid_until", "acting", "acting_for", "letter", "letter_on")


_OF_PERSON = and_(agency.c.region == person.c.region, agency.c.agency == person.c.agency)


@dataclass(frozen=True, slots=True)
class Published:
    """The people of a region as `shared.access.people.parse` reads them."""

    version: int
    document: Mapping[str, Any]


async def regions(conn: Connection) -> Sequence[str]:
    """The regions that have begun: somebody works there, or did."""
    rows = await fetch(conn, select(person.c.region).distinct().order_by(person.c.region))
    return [row["region"] for row in rows]


async def published(conn: Connection, region: str, *, unless: int) -> Published | None:
    """As one snapshot of the database has it; None where its version is `unless`. Every event of a person,
    an office or an agency makes the version larger by one.
    """
    async with conn.transaction():
        await conn.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        version = await _version(conn, region)
        if version == unless:
            return None
        agencies = await agency_names(conn, region)
        persons = await fetch(
            conn, select(person).where(person.c.region == region).order_by(person.c.agency, person.c.name)
        )
        offices = await offices_of(conn, [row["person"] for row in persons])
    named = {row["agency"] for row in (*persons, *(held for one in offices.values() for held in one))}
    entries = [
        {
            "id": row["person"],
            **{name: row[name] for name in ("name", "nip", "rank", "qualification", "agency")},
            "office": [_as_json(held) for held in offices.get(row["person"], ())],
        }
        for row in persons
    ]
    return Published(version, {"agencies": {**{name: name for name in named}, **agencies}, "person": entries})


async def _version(conn: Connection, region: str) -> int:
    summed = select(func.coalesce(func.sum(agency.c.version), 0)).where(agency.c.region == region)
    of_agencies = summed.scalar_subquery()
    row = await fetch_one(conn, select((of_agencies + _head(region)).label("version")))
    return int(row["version"]) if row else 0


def _head(region: str) -> ColumnElement[int]:
    newest = select(func.coalesce(func.max(person.c.version), 0)).where(person.c.region == region)
    return newest.scalar_subquery()


def _as_json(held: Row) -> dict[str, Any]:
    said = {name: held[name] for name in _OFFICE}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


def _among(column: ColumnElement[str], persons: Iterable[str]) -> ColumnElement[bool]:
    return column == any_(literal(list(persons), ARRAY(Text)))


async def offices_of(conn: Connection, persons: Sequence[str]) -> Mapping[str, Sequence[Row]]:
    """All offices, also future and past ones, of each person."""
    found: dict[str, list[Row]] = {}
    asked = select(office).where(_among(office.c.person, persons))
    rows = await fetch(conn, asked.order_by(office.c.office))
    for row in rows:
        found.setdefault(row["person"], []).append(row)
    return found


async def head(conn: Connection, region: str) -> int:
    """The version of the stream of this region's people."""
    row = await fetch_one(conn, select(_head(region).label("version")))
    return int(row["version"]) if row else 0


async def listed(
    conn: Connection, viewer: Viewer, region: str, search: str, after: str | None, limit: int
) -> tuple[Sequence[Row], str | None]:
    """Persons by name, each with `offices` and `agency_name`, and the cursor of the next page."""
    named = func.coalesce(agency.c.name, person.c.agency)
    statement = (
        select(person, named.label("agency_name"))
        .select_from(person.outerjoin(agency, _OF_PERSON))
        .where(person.c.region == region, viewer.sees(person.c.agency))
    )
    for word in search.split()[:8]:
        sought = (person.c.name, person.c.person, person.c.nip, person.c.rank, named)
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in sought)))
    if after:
        statement = statement.where(tuple_(person.c.name, person.c.person) > key_of(after, 2))
    rows = await fetch(conn, statement.order_by(person.c.name, person.c.person).limit(limit + 1))
    shown, following = page(rows, limit, "name", "person")
    offices = await offices_of(conn, [row["person"] for row in shown])
    return [{**row, "offices": offices.get(row["person"], [])} for row in shown], following


async def one(conn: Connection, viewer: Viewer, region: str, name: str) -> Row:
    """A person with all offices and what was told of them, the newest first. Raises NotFound."""
    named = func.coalesce(agency.c.name, person.c.agency).label("agency_name")
    joined = person.outerjoin(agency, _OF_PERSON)
    found = await fetch_one(
        conn,
        select(person, named)
        .select_from(joined)
        .where(person.c.person == name, person.c.region == region, viewer.sees(person.c.agency)),
    )
    if found is None:
        raise NotFound
    told = await fetch(
        conn, select(person_told).where(person_told.c.person == name).order_by(person_told.c.told.desc())
    )
    return {**found, "offices": (await offices_of(conn, [name])).get(name, []), "told": told}


async def held_on(conn: Connection, viewer: Viewer, region: str, day: date) -> Sequence[Row]:
    """Who held which office on a day, by what is known now, with the name as it was then."""
    rows = await fetch(
        conn,
        select(office)
        .join(person, person.c.person == office.c.person)
        .where(
            person.c.region == region,
            viewer.sees(office.c.agency),
            office.c.valid_from <= day,
            or_(office.c.valid_until.is_(None), office.c.valid_until >= day),
        )
        .order_by(office.c.agency, office.c.role, office.c.person),
    )
    persons = {row["person"] for row in rows}
    told = await fetch(
        conn,
        select(person_told).where(_among(person_told.c.person, persons)).order_by(person_told.c.told),
    )
    then: dict[str, Row] = {}
    for row in told:
        if row["person"] not in then or row["occurred_on"] <= day:
            then[row["person"]] = row
    details = ("name", "nip", "rank", "qualification")
    return [{**row, **{name: then[row["person"]][name] for name in details}} for row in rows]


async def names(conn: Connection, region: str) -> Mapping[str, str]:
    """Everybody of a region, also who left, by name: whom somebody stands in for."""
    found = await fetch(
        conn, select(person.c.person, person.c.name).where(person.c.region == region).order_by(person.c.name)
    )
    return {row["person"]: row["name"] for row in found}


async def counted_regions(conn: Connection) -> Sequence[Row]:
    """The regions that have begun, each with how many people, agencies and cycles it has, and its name."""

    def many(table: Table) -> ColumnElement[int]:
        return (
            select(func.count()).select_from(table).where(table.c.region == began.c.region).scalar_subquery()
        )

    began = select(person.c.region).union(select(agency.c.region)).subquery()
    named = select(func.max(cycle.c.region_name)).where(cycle.c.region == began.c.region).scalar_subquery()
    counts = (many(person).label("people"), many(agency).label("agencies"), many(cycle).label("cycles"))
    asked = select(began.c.region, named.label("region_name"), *counts)
    return await fetch(conn, asked.order_by(began.c.region))


async def elsewhere(conn: Connection, region: str, persons: Sequence[str]) -> frozenset[str]:
    """Which of these are persons of another region: a code signs in as one person, so the whole installation
    has it once.
    """
    asked = select(person.c.person).where(person.c.region != region, _among(person.c.person, persons))
    with whole():
        return frozenset(row["person"] for row in await fetch(conn, asked))


async def agency_names(conn: Connection, region: str) -> Mapping[str, str]:
    """The registered agencies of a region, by name."""
    of_region = select(agency.c.agency, agency.c.name).where(agency.c.region == region)
    rows = await fetch(conn, of_region.order_by(agency.c.name))
    return {row["agency"]: row["name"] for row in rows}
