"""What is asked of the audit log: its lines as they are hashed, single leaves as a person may see them,
how many there are.

Every SOP step. Previous hop: whoever reads the log (`log/checkpoints.py`, `proof/proofs.py`,
`proof/export.py`, `trail/pages.py`). Next hop: its tables.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    literal,
    select,
    true,
)

from services.archive.domain.merkle import Edge
from services.archive.log.regions import Seen
from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.sight import LOG, WHOLE
from shared.eventsourcing.sql import Connection, Pool, fetch, fetch_one

Row = Mapping[str, Any]
PAGE = 2_000
_LOCKED = b"SELECT size, peaks FROM tree FOR UPDATE"
_LINES_SEEN = (
    b"SELECT index, CASE WHEN k.region = ANY(%b) THEN l.line END, l.hash FROM leaf l "
    b"LEFT JOIN leaf_lookup k USING (index) WHERE index >= %b AND index < %b ORDER BY index"
)
_LINES = b"SELECT index, line FROM leaf WHERE index >= %b AND index < %b ORDER BY index"

metadata = MetaData()
"""Of lines nobody is shown more than `regions.Seen` says, which each question here asks for."""
leaf = Table(
    "leaf",
    metadata,
    Column("index", BigInteger, primary_key=True),
    Column("source", Text),
    Column("stream", Text),
    Column("version", BigInteger),
    Column("case_id", Text),
    Column("type", Text),
    Column("agency", Text),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True)),
    Column("line", LargeBinary),
    Column("hash", LargeBinary),
    info={"region": WHOLE, "past": LOG},
)
AS_READ = tuple(column for column in leaf.columns if column.name != "hash")
"""What is read of a line to be shown."""
leaf_lookup = Table(
    "leaf_lookup",
    metadata,
    Column("index", BigInteger, primary_key=True),
    Column("region", Text),
    info={"region": WHOLE, "past": LOG},
)
tree = Table(
    "tree",
    metadata,
    Column("size", BigInteger),
    Column("peaks", ARRAY(LargeBinary)),
    info={"region": WHOLE},
)
leaf_count = Table(
    "leaf_count", metadata, Column("source", Text), Column("many", BigInteger), info={"region": WHOLE}
)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line stands, and exactly the bytes that are hashed; for who may not read them, what stands for
    them in an export.
    """

    index: int
    raw: bytes
    shown: bool = True


async def edge(conn: Connection) -> Edge:
    """Size and right edge of the log as committed; for who looks back, as it was then."""
    return _edge(await fetch_one(conn, select(tree.c.size, tree.c.peaks)))


async def edge_to_append(conn: Connection) -> Edge:
    """The same for whoever appends; nobody else does until the commit."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_LOCKED)
        return _edge(await cursor.fetchone())


async def lines(conn: Connection, *, start: int = 0, end: int) -> AsyncIterator[list[Line]]:
    """The lines with start ≤ index < end, in pages.
    What is below the size never changes, so pages need no common snapshot.
    """
    while page := await _page(conn, start, end):
        yield page
        start = page[-1].index + 1


async def lines_from_pool(pool: Pool, seen: Seen, *, end: int) -> AsyncIterator[list[Line]]:
    """The lines for a reader who may be slow: a connection is held for a page, not while the page is on its
    way. Of a line that is not this reader's to see, the hash alone leaves the database.
    """
    start = 0
    while True:
        async with pool.connection() as conn:
            page = await (_page(conn, start, end) if seen.whole else _page_of(conn, start, end, seen))
        if not page:
            return
        yield page
        start = page[-1].index + 1


async def _page(conn: Connection, start: int, end: int) -> list[Line]:
    cursor = await conn.execute(_LINES, (start, min(start + PAGE, end)))
    return [Line(index, bytes(raw)) for index, raw in await cursor.fetchall()]


async def _page_of(conn: Connection, start: int, end: int, seen: Seen) -> list[Line]:
    cursor = await conn.execute(_LINES_SEEN, (list(seen.regions), start, min(start + PAGE, end)))
    return [
        Line(index, withheld(hashed) if raw is None else bytes(raw), raw is not None)
        for index, raw, hashed in await cursor.fetchall()
    ]


def withheld(hashed: bytes) -> bytes:
    """What stands in an export for a line that is not shown."""
    return b"sha256:" + bytes(hashed).hex().encode()


def _edge(row: Row | None) -> Edge:
    if row is None:
        raise LookupError("the audit log has no edge: the database was not migrated")
    return Edge(int(row["size"]), tuple(bytes(peak) for peak in row["peaks"]))


def in_sight(seen: Seen) -> ColumnElement[bool]:
    """Whether a leaf that is joined with its lookup may be seen."""
    of_regions = leaf_lookup.c.region == any_(literal(list(seen.regions), ARRAY(Text)))
    return and_(leaf.c.index == leaf_lookup.c.index, of_regions, seen.viewer.sees(leaf.c.agency), was_there())


def was_there() -> ColumnElement[bool]:
    """Whether a leaf was in the log at the moment that is looked at."""
    return leaf.c.index < select(tree.c.size).scalar_subquery() if looks_at() else true()


async def one_leaf(conn: Connection, seen: Seen, index: int) -> Row | None:
    """One line of the log with its hash; None if it is not there or not this viewer's to see."""
    statement = select(leaf).where(leaf.c.index == bindparam("at"), in_sight(seen))
    row = await fetch_one(conn, statement, at=index)
    return None if row is None else {**readable(row), "hash": bytes(row["hash"]).hex()}


async def index_of(conn: Connection, seen: Seen, source: str, stream: str, version: int) -> int | None:
    """Where an event stands in the log; None if it is not there (yet) or not this viewer's to see."""
    statement = select(leaf.c.index).where(
        leaf.c.source == bindparam("a"),
        leaf.c.stream == bindparam("b"),
        leaf.c.version == bindparam("c"),
        in_sight(seen),
    )
    row = await fetch_one(conn, statement, a=source, b=stream, c=version)
    return None if row is None else int(row["index"])


async def count_of_sources(conn: Connection) -> dict[str, int]:
    """How many events each service has in the log, as counted while they were logged; or had then."""
    rows = await fetch(conn, select(leaf_count.c.source, leaf_count.c.many).order_by(leaf_count.c.source))
    return {row["source"]: int(row["many"]) for row in rows}


def readable(row: Row) -> dict[str, Any]:
    """A leaf with its line as text and as the event that it says."""
    line = bytes(row["line"])
    return {**row, "line": line.decode(), "event": json.loads(line)}
