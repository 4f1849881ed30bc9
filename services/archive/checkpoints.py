"""Checkpoints: signing what the log holds, keeping every note that was ever signed.

SOP step 13, and every step before it. Previous hop: `audit_log.py`. Next hop: pages, tanda terima, exports, and whoever keeps one.
Signed as soon as an event of archive was logged, otherwise every few seconds; never an event itself, because each would call for the next.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from psycopg import Error

from services.archive import audit_log
from services.archive.domain.checkpoint import Signer
from shared.eventsourcing.sql import Connection, Pool

log = structlog.get_logger()

EVERY_S = 3.0
_COLUMNS = b"SELECT size, root, note, at FROM checkpoint "
_KEEP = b"INSERT INTO checkpoint (size, root, note) VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"


class Inconsistent(Exception):
    """The log is shorter than what was signed before: data was lost or put back. Nothing may be signed until a person has looked."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it was given out."""

    size: int
    root: bytes
    note: str
    at: datetime


async def latest(conn: Connection) -> Signed | None:
    """The newest checkpoint; None before the first."""
    return await _one(conn, b"ORDER BY size DESC LIMIT 1", ())


async def of_size(conn: Connection, size: int) -> Signed | None:
    """The checkpoint of exactly this size; None if none was signed."""
    return await _one(conn, b"WHERE size = %b", (size,))


async def before(conn: Connection, size: int, limit: int) -> list[Signed]:
    """Checkpoints smaller than `size`, the largest first."""
    cursor = await conn.execute(_COLUMNS + b"WHERE size < %b ORDER BY size DESC LIMIT %b", (size, limit))
    return [Signed(int(row[0]), bytes(row[1]), row[2], row[3]) for row in await cursor.fetchall()]


async def sign(conn: Connection, signer: Signer) -> Signed | None:
    """Signs the log as it stands and keeps the note, unless that size was signed already; answers the newest. None while the log is empty.

    Raises Inconsistent when a larger log was signed before.
    """
    edge = await audit_log.edge(conn)
    newest = await latest(conn)
    if newest is not None and newest.size > edge.size:
        raise Inconsistent(f"signed {newest.size} events before, the log has {edge.size}")
    if newest is not None and newest.size == edge.size:
        if newest.root != edge.root:
            raise Inconsistent(f"another root was signed for {edge.size} events")
        return newest
    if edge.size == 0:
        return None
    await conn.execute(_KEEP, (edge.size, edge.root, signer.sign(edge.size, edge.root)))
    return await latest(conn)


class Signing:
    """The task that signs. `soon` is called after events of archive were logged."""

    def __init__(self, pool: Pool, signer: Signer, *, every: float = EVERY_S) -> None:
        self._pool, self._signer, self._every, self._wake = pool, signer, every, asyncio.Event()
        self.newest: Signed | None = None

    def soon(self) -> None:
        self._wake.set()

    async def now(self) -> Signed | None:
        """Signs at once; answers the newest checkpoint."""
        async with self._pool.connection() as conn:
            self.newest = await sign(conn, self._signer)
        return self.newest

    async def run(self) -> None:
        """Signs for ever; a database outage is waited for."""
        while True:
            self._wake.clear()
            try:
                await self.now()
            except Error as error:
                log.warning("checkpoint-waits", error=type(error).__name__)
            except Inconsistent as error:
                log.critical("checkpoint-refused", reason=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._every)


async def _one(conn: Connection, where: bytes, values: tuple[int, ...]) -> Signed | None:
    cursor = await conn.execute(_COLUMNS + where, values)
    row = await cursor.fetchone()
    return None if row is None else Signed(int(row[0]), bytes(row[1]), row[2], row[3])
