"""Of which region each line of the log is, and which lines somebody may see.

Every SOP step. A line is of the region that its stream names. A local account is of the region of its person,
as the log itself told it before; what else names no region is of the installation, but for the tests of the
store, which are everybody's. A stream has one region. Previous hop: `log/append.py`, which writes it beside
the words of the line; whoever reads the log for somebody. Next hop: the log's tables.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.archive.log.leaf import Leaf
from shared.access.permissions import Viewer
from shared.contracts.regions import INSTALLATION, region_of
from shared.eventsourcing.sql import Connection
from shared.web.acting import Looking
from shared.web.problems.shape import NotFound

EVERYBODYS = ""
OF_THE_STORE, OF_A_PERSON = "store-", "account-"
OF_THE_INSTALLATION = "archive.installation"
"""The query whose roles see what is of no region."""

_TELL = (
    b"INSERT INTO leaf_person SELECT * FROM unnest(%b::text[], %b::text[]) ON CONFLICT (person) DO NOTHING"
)
_PERSONS = b"SELECT person, region FROM leaf_person WHERE person = ANY(%b)"
_BEFORE = (
    b"SELECT DISTINCT ON (stream) stream, region FROM leaf JOIN leaf_lookup USING (index) "
    b"WHERE stream = ANY(%b) ORDER BY stream, index"
)
_KNOWN = b"""
    WITH RECURSIVE known AS (
        (SELECT region FROM leaf_lookup ORDER BY region LIMIT 1)
        UNION ALL SELECT (
            SELECT k.region FROM leaf_lookup k WHERE k.region > known.region ORDER BY k.region LIMIT 1
        ) FROM known WHERE known.region IS NOT NULL
    ) SELECT region FROM known WHERE region IS NOT NULL"""
"""One look into the index for each region, however many lines there are."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Which lines somebody may see: of these regions (as they stand in the log), and of the agencies that
    `viewer` reaches. `whole`: there are no others.
    """

    viewer: Viewer
    regions: tuple[str, ...]
    whole: bool


async def seen_by(conn: Connection, look: Looking, query: str) -> Seen:
    """What a declared query shows whoever looks; what is of no region if `roles.toml` names them for it."""
    viewer, places = look.reaches(query), frozenset[str]()
    if viewer is not None:
        places = viewer.places
    elif (viewer := look.reaches(OF_THE_INSTALLATION)) is None:
        raise NotFound
    found = await known_regions(conn)
    here = tuple(region for region in found if _within(region, places, look))
    return Seen(viewer, here, whole=len(here) == len(found))


def _within(region: str, places: Iterable[str], look: Looking) -> bool:
    if region == INSTALLATION and look.may(OF_THE_INSTALLATION):
        return True
    return region == EVERYBODYS or any(region.startswith(place) for place in places)


async def known_regions(conn: Connection) -> list[str]:
    """Every region of which the log has a line."""
    cursor = await conn.execute(_KNOWN)
    return [str(row[0]) for row in await cursor.fetchall()]


def named_region(stream: str, first: str) -> str:
    """The region that the name of a stream says; `first`: that of streams from when there was only one."""
    if stream.startswith(OF_THE_STORE):
        return EVERYBODYS
    return region_of(stream, first) or INSTALLATION


async def regions_of(conn: Connection, leaves: Sequence[Leaf], first: str) -> list[str]:
    """The region of each line, before it is written; remembers of which region a person is."""
    persons = dict(filter(None, map(_registered, leaves)))
    if persons:
        await conn.execute(_TELL, (list(persons), list(persons.values())))
    accounts = {leaf.stream for leaf in leaves if leaf.stream.startswith(OF_A_PERSON)}
    known = await _of_accounts(conn, accounts) if accounts else {}
    return [known.get(leaf.stream) or named_region(leaf.stream, first) for leaf in leaves]


async def could_be(conn: Connection, stream: str, first: str) -> set[str]:
    """The regions that a line of a stream may be of: of an account also that of its person, which may have
    been told later.
    """
    of = {named_region(stream, first)}
    if stream.startswith(OF_A_PERSON):
        told = await (await conn.execute(_PERSONS, ([stream.removeprefix(OF_A_PERSON)],))).fetchall()
        of |= {region for _, region in told}
    return of


async def _of_accounts(conn: Connection, streams: Iterable[str]) -> Mapping[str, str]:
    """As the stream began; else as its person is known."""
    named = {stream: stream.removeprefix(OF_A_PERSON) for stream in streams}
    told = dict(await (await conn.execute(_PERSONS, (list(named.values()),))).fetchall())
    before = dict(await (await conn.execute(_BEFORE, (list(named),))).fetchall())
    return {stream: before.get(stream) or told.get(person, "") for stream, person in named.items()}


def _registered(leaf: Leaf) -> tuple[str, str] | None:
    """The person and region that a line tells; None for any other."""
    if (leaf.source, leaf.type) != ("intake", "person-registered"):
        return None
    data: Mapping[str, Any] = json.loads(leaf.line)["data"]
    return str(data.get("person", "")), str(data.get("region", ""))
