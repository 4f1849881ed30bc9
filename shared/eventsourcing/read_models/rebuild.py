"""Rebuilds a service's read models from events, beside the live service, and mends what differs:
the replay certificate and the repair in one.

Run by the owner role (`python -m services.S rebuild`). Own events come from the store, foreign ones from the
event feeds of their sources, and of those only what this service had taken in (its cursors). No side effects:
nothing but `project` runs. Sources: docs/decisions/0015.

Comparing holds nobody back: events, cursors and read models are read in one snapshot, in which they belong
together, because every command commits all of them at once. Only where something differs the writers are
held, for as long as it takes to put those rows right.
"""

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

import msgspec
from psycopg import sql
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import MetaData

from shared.eventsourcing.read_models import versions
from shared.eventsourcing.read_models.changes import Project
from shared.eventsourcing.read_models.replay import ForeignPages, Replay, Unreadable
from shared.eventsourcing.read_models.shadow import Shadow, TableVerdict
from shared.eventsourcing.sql import Connection

_LOCK_TRIES: Final = 300
_LOCK = b"SET LOCAL lock_timeout = '200ms'"
"""Less than PostgreSQL's deadlock_timeout (1 s): of two who wait for each other it is
always the rebuild that steps back, never a command.
"""


class NeverQuiet(Exception):
    """The writers could not be held for a moment, however often it was tried; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a rebuild proved: how many events were replayed,
    and per table whether live and rebuilt were identical.

    `held_s`: for how long commands were held back to mend what differed; 0 where nothing did. `unreadable`:
    what says nothing that an event says; from what is left nothing is mended.
    """

    events: int
    tables: tuple[TableVerdict, ...]
    held_s: float = 0.0
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def identical(self) -> bool:
        return not self.unreadable and not any(verdict.differing for verdict in self.tables)


async def rebuild(
    conn: Connection,
    source: str,
    project: Project,
    metadata: MetaData,
    foreign: Sequence[str],
    feed: ForeignPages,
    *,
    swap: bool = True,
    past: bool = False,
) -> Certificate:
    """Rebuilds every table of `metadata` and compares; with `swap` what differs is mended, with `past` every
    version of every row is compared too. Raises NeverQuiet.
    """
    replay = Replay(source, project, remembering=past)
    shadow = Shadow(conn, metadata, replay.fold)

    async def ask() -> None:
        for other in foreign:
            await replay.ask(conn, other, feed)

    async def catch_up() -> bool:
        """What this transaction sees; nobody is asked meanwhile. False when a source must be asked first."""
        if not all([await replay.foreign(conn, other) for other in foreign]):
            return False
        await replay.own_visible(conn)
        return True

    async def compared() -> Certificate:
        async with snapshot(conn):
            await ask()
            if not await catch_up():
                raise NeverQuiet
            await shadow.write()
            now, then = await shadow.compare(), await versions.compare(conn, source, metadata, replay.told)
            verdicts = (*now, *then)
            return Certificate(replay.events, verdicts, unreadable=tuple(replay.unreadable))

    with _uncollected():
        try:
            await replay.own(conn)
            await ask()
            certificate = await compared()
            if certificate.identical or certificate.unreadable or not swap:
                return certificate
            for _ in range(_LOCK_TRIES):
                await ask()  # before anybody is held: a source that is slow, or away, keeps nobody waiting
                async with _writers_held(conn, metadata) as held:
                    began = monotonic()
                    if held and await catch_up():
                        await shadow.refresh()
                        await shadow.mend()
                        return Certificate(certificate.events, certificate.tables, monotonic() - began)
                await asyncio.sleep(random.uniform(0.02, 0.2))  # noqa: S311  so that it does not fall in with a beat of the writers
            raise NeverQuiet
        finally:
            await shadow.drop()


@asynccontextmanager
async def snapshot(conn: Connection) -> AsyncIterator[None]:
    """A transaction that sees the database as it is now, and nothing that is committed meanwhile.
    Holds nobody back.
    """
    async with conn.transaction():
        await conn.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@asynccontextmanager
async def _writers_held(conn: Connection, metadata: MetaData) -> AsyncIterator[bool]:
    """A transaction in which nobody else writes cursors, read models or events; readers go on.
    Answers False where they could not be held.

    The tables are asked for in the order in which commands and consumers write them, and given back at once
    when that takes long. Whoever waits for one of them by then has written nothing, so that the newest
    committed event is also the newest there is.
    """
    tables = sql.SQL(", ").join(
        sql.Identifier("public", name)
        for name in ("cursor", *(table.name for table in metadata.sorted_tables), "event")
    )
    async with conn.transaction():
        yield await _locked(conn, tables)


async def _locked(conn: Connection, tables: sql.Composed) -> bool:
    """Whether the tables could be locked; if not, whatever part of them was is free again
    (a savepoint that is undone lets its locks go).
    """
    try:
        async with conn.transaction():
            await conn.execute(_LOCK)
            await conn.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(tables))
    except (LockNotAvailable, DeadlockDetected):
        return False
    return True


@contextmanager
def _uncollected() -> Iterator[None]:
    """What a replay makes it keeps to its end, and Python's collector
    would look through all of it again and again.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def as_json(certificate: Certificate) -> bytes:
    """The certificate for a program or a file."""
    return msgspec.json.encode({"identical": certificate.identical, **msgspec.to_builtins(certificate)})
