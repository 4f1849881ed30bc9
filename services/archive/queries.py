"""What the pages and routes of archive ask: the shelf from the read models, the trail from the audit log.

Each question knows who asks and answers only what that person may see.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    any_,
    bindparam,
    literal,
    select,
    true,
)

from services.archive.search_words import BUCKET_BITS, quoted
from services.archive.tables import cycle, cycle_file, item, store_probe
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch, fetch_one

Row = Mapping[str, Any]
_ORDER = ("laporan", "pengantar_gubernur", "pengantar_kemendagri", "tanda_terima_gubernur", "tanda_terima_kemendagri", "sk_tim", "serah_sk")

leaf = Table(
    "leaf",
    MetaData(),
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
)


async def cycles(conn: Connection) -> list[dict[str, Any]]:
    """Every cycle that archive knows of, the latest first."""
    return await fetch(conn, select(cycle).order_by(cycle.c.year.desc(), cycle.c.cycle))


async def shelf(conn: Connection, cycle_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The file of a cycle and its items, in the order of the shelf. An empty file when nothing is expected yet."""
    found = await fetch_one(conn, select(cycle_file).where(cycle_file.c.cycle == bindparam("cycle_id")), cycle_id=cycle_id)
    empty = dict.fromkeys((column.name for column in cycle_file.columns), None)
    rows = await fetch(conn, select(item).where(item.c.cycle == bindparam("cycle_id")), cycle_id=cycle_id)
    rows.sort(key=lambda row: (_ORDER.index(row["item"]) if row["item"] in _ORDER else len(_ORDER), row["item"]))
    return found or {**empty, "cycle": cycle_id, "version": 0}, rows


async def one_item(conn: Connection, cycle_id: str, item_id: str) -> dict[str, Any] | None:
    """One item of a cycle; None if it is not expected there."""
    statement = select(item).where(item.c.cycle == bindparam("cycle_id"), item.c.item == bindparam("item_id"))
    return await fetch_one(conn, statement, cycle_id=cycle_id, item_id=item_id)


async def unsealed(conn: Connection) -> list[dict[str, Any]]:
    """Filed items of closed cycles that are not sealed yet, whatever lock their bytes have from elsewhere: each has its own retention."""
    statement = (
        select(*item.columns, cycle_file.c.archived_on)
        .join(cycle_file, cycle_file.c.cycle == item.c.cycle)
        .where(cycle_file.c.archived_on.is_not(None), item.c.mode != "none", item.c.sealed_at.is_(None))
        .order_by(item.c.cycle, item.c.item)
    )
    return await fetch(conn, statement)


async def last_probe(conn: Connection, store: str) -> dict[str, Any] | None:
    """What the store was last seen to enforce; None before the first probe."""
    return await fetch_one(conn, select(store_probe).where(store_probe.c.store == bindparam("store_id")), store_id=store)


BUCKETS = b"""
    SELECT found.index
    FROM generate_series((SELECT max(index) FROM leaf_lookup) >> %(bits)s::int, 0, -1) AS bucket(number)
    CROSS JOIN LATERAL (
        SELECT index FROM leaf_lookup
        WHERE words @@ (%(search)s::tsquery && quote_literal('b:' || bucket.number)::tsquery) AND index + 0 < %(below)s
        ORDER BY index + 0 DESC LIMIT %(limit)s
    ) AS found LIMIT %(limit)s"""
# The newest matches first, bucket by bucket, so that neither a word on every line nor one on none reads the whole log. `+ 0` keeps to the
# words' own index: by the order of lines a rare word would be looked for on every one of them.


async def trail(conn: Connection, viewer: Viewer, *, search: str = "", stream: str = "", below: int | None = None, limit: int) -> list[Row]:
    """Events of the log, the newest first, below an index; with `search`, a tsquery of `trail/searching.py`, only those whose words it finds."""
    if stream and search:
        search = f"({search}) & {quoted(f'v:{stream}')}"
    statement = (
        select(*(column for column in leaf.columns if column.name != "hash"))
        .where(viewer.sees(leaf.c.agency))
        .where(leaf.c.stream == stream if stream else true())
        .where(leaf.c.index < below if below is not None else true())
        .where(leaf.c.index == any_(literal(await _found(conn, search, below, limit), ARRAY(BigInteger))) if search else true())
        .order_by(leaf.c.index.desc())
        .limit(limit)
    )
    return [_readable(row) for row in await fetch(conn, statement)]


async def _found(conn: Connection, search: str, below: int | None, limit: int) -> list[int]:
    asked = {"search": search, "below": 2**62 if below is None else below, "limit": limit, "bits": BUCKET_BITS}
    cursor = await conn.execute(BUCKETS, asked)
    return [int(row[0]) for row in await cursor.fetchall()]


async def one_leaf(conn: Connection, viewer: Viewer, index: int) -> Row | None:
    """One line of the log with its hash; None if it is not there or not this viewer's to see."""
    statement = select(leaf).where(leaf.c.index == bindparam("at"), viewer.sees(leaf.c.agency))
    row = await fetch_one(conn, statement, at=index)
    return None if row is None else {**_readable(row), "hash": bytes(row["hash"]).hex()}


async def leaf_index(conn: Connection, viewer: Viewer, source: str, stream: str, version: int) -> int | None:
    """Where an event stands in the log; None if it is not there (yet) or not this viewer's to see."""
    statement = select(leaf.c.index).where(
        leaf.c.source == bindparam("a"), leaf.c.stream == bindparam("b"), leaf.c.version == bindparam("c"), viewer.sees(leaf.c.agency)
    )
    row = await fetch_one(conn, statement, a=source, b=stream, c=version)
    return None if row is None else int(row["index"])


async def count_of_sources(conn: Connection) -> dict[str, int]:
    """How many events each service has in the log, as counted while they were logged."""
    cursor = await conn.execute(b"SELECT source, many FROM leaf_count ORDER BY source")
    return {source: int(many) for source, many in await cursor.fetchall()}


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    line = bytes(row["line"])
    return {**row, "line": line.decode(), "event": json.loads(line)}
