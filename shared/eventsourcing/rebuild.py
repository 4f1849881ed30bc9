"""Rebuilds a service's read models from events, beside the live tables, and swaps them in: the replay certificate and the repair in one.

Run by the owner role (`python -m services.S rebuild`). Own events come from the store, foreign ones from the event feeds of their sources,
and of those only what this service had taken in (its cursors). No side effects: nothing but `project` runs.
"""

import gc
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from psycopg import sql
from sqlalchemy import MetaData, Table

from shared.eventsourcing import store
from shared.eventsourcing.command_handler import Project
from shared.eventsourcing.projector import Fold
from shared.eventsourcing.recorded import Recorded, Row, decode_row
from shared.eventsourcing.sql import Connection

Feed = Callable[[str, int], AsyncIterator[Sequence[Row]]]
"""(source, after position) → pages of settled rows."""

_PAGE = 100
_SHADOW = "rebuilt"


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """One read model: rows now, rows rebuilt, and the keys of rows that differ (at most ten; empty: identical)."""

    table: str
    live: int
    rebuilt: int
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a rebuild proved: how many events were replayed, and per table whether live and rebuilt are identical."""

    events: int
    tables: tuple[TableVerdict, ...]

    @property
    def identical(self) -> bool:
        return not any(verdict.differing for verdict in self.tables)


async def own_events(conn: Connection, after: int) -> AsyncIterator[Sequence[Row]]:
    """Pages of the service's own settled events. The server goes on sending while the caller works on a page."""
    upto, page = await store.settled(conn), list[Row]()
    async for row in store.stream(conn, after=after, upto=upto, size=_PAGE):
        page.append(row)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


class Replay:
    """Folds events into read models in memory, in as many passes as it takes to catch up."""

    def __init__(self, source: str, project: Project) -> None:
        self.fold, self.events = Fold(), 0
        self._source, self._project = source, project
        self._after: dict[str, int] = {}
        self._ahead: dict[str, list[Recorded]] = {}

    async def own(self, conn: Connection) -> None:
        """Takes in what the service itself recorded since the last pass."""
        async for rows in own_events(conn, self._after.get(self._source, 0)):
            self._after[self._source] = rows[-1].position
            self._add([decode_row(self._source, row) for row in rows])

    async def foreign(self, conn: Connection, source: str, feed: Feed) -> None:
        """Takes in what `source` recorded and this service has consumed; what it has not consumed yet waits for the next pass."""
        recorded = self._ahead.pop(source, [])
        async for rows in feed(source, self._after.get(source, 0)):
            self._after[source] = rows[-1].position
            recorded += [decode_row(source, row) for row in rows]
        found = await conn.execute(b"SELECT stream, version FROM cursor WHERE source = %s", (source,))
        taken = dict(await found.fetchall())
        self._add([event for event in recorded if event.version <= taken.get(event.stream, 0)])
        self._ahead[source] = [event for event in recorded if event.version > taken.get(event.stream, 0)]

    def _add(self, recorded: Sequence[Recorded]) -> None:
        for event in recorded:
            self.fold.add(self._project(event))
        self.events += len(recorded)


async def rebuild(
    conn: Connection, source: str, project: Project, metadata: MetaData, foreign: Sequence[str], feed: Feed, *, swap: bool = True
) -> Certificate:
    """Rebuilds every table of `metadata`; with `swap` the rebuilt ones take the place of the live ones.

    The long part runs beside the live service; only the last catching up and the comparison hold commands back.
    """
    with _uncollected():
        return await _rebuild(conn, Replay(source, project), metadata, foreign, feed, swap=swap)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What a replay makes it keeps to its end, and Python's collector would look through all of it again and again."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


async def _rebuild(conn: Connection, replay: Replay, metadata: MetaData, foreign: Sequence[str], feed: Feed, *, swap: bool) -> Certificate:
    await replay.own(conn)
    for other in foreign:
        await replay.foreign(conn, other, feed)
    async with conn.transaction():
        await conn.execute(b"LOCK TABLE event, cursor IN EXCLUSIVE MODE")
        await replay.own(conn)
        for other in foreign:
            await replay.foreign(conn, other, feed)
        verdicts = await _write_beside(conn, metadata, replay.fold)
        if swap:
            await _swap(conn, metadata)
        await conn.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(_SHADOW)))
    return Certificate(replay.events, verdicts)


async def _write_beside(conn: Connection, metadata: MetaData, fold: Fold) -> tuple[TableVerdict, ...]:
    await conn.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_SHADOW)))
    for table in metadata.sorted_tables:
        await conn.execute(
            sql.SQL("CREATE TABLE {0}.{1} (LIKE public.{1} INCLUDING ALL)").format(sql.Identifier(_SHADOW), sql.Identifier(table.name))
        )
    await conn.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(_SHADOW)))
    await fold.flush(conn)
    return tuple([await _compare(conn, table) for table in metadata.sorted_tables])


async def _compare(conn: Connection, table: Table) -> TableVerdict:
    """Counts both, and joins them by their key: what stands on one side only, or is not the same on both, differs."""
    keys = sql.SQL(", ").join([sql.Identifier(column.name) for column in table.primary_key])
    names = {"live": sql.Identifier("public", table.name), "rebuilt": sql.Identifier(_SHADOW, table.name), "keys": keys}
    counted = await conn.execute(sql.SQL("SELECT (SELECT count(*) FROM {live}), (SELECT count(*) FROM {rebuilt})").format(**names))
    differing = await conn.execute(
        sql.SQL(
            "SELECT jsonb_build_array({keys})::text FROM (SELECT {keys}, to_jsonb(t) AS row FROM {live} t) a "
            "FULL JOIN (SELECT {keys}, to_jsonb(t) AS row FROM {rebuilt} t) b USING ({keys}) "
            "WHERE a.row IS DISTINCT FROM b.row ORDER BY 1 LIMIT 10"
        ).format(**names)
    )
    live, rebuilt = await counted.fetchone() or (0, 0)
    return TableVerdict(str(table.name), live, rebuilt, tuple([key for (key,) in await differing.fetchall()]))


async def _swap(conn: Connection, metadata: MetaData) -> None:
    """Empties the live tables and fills them from beside, so that rights, indexes and names stay as the migrations made them."""
    for table in metadata.sorted_tables:
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
        await conn.execute(sql.SQL("TRUNCATE public.{}").format(sql.Identifier(table.name)))
        await conn.execute(
            sql.SQL("INSERT INTO public.{0} ({2}) SELECT {2} FROM {1}.{0}").format(
                sql.Identifier(table.name), sql.Identifier(_SHADOW), columns
            )
        )


def as_json(certificate: Certificate) -> bytes:
    """The certificate for a program or a file."""
    return msgspec.json.encode({"identical": certificate.identical, **msgspec.to_builtins(certificate)})
