"""Checkpoints: a signed note of what the log holds, and every note that was ever signed.

SOP step 13, and every step before it. Previous hop: `log/signing.py`. Next hop: pages, tanda terima, exports,
and whoever keeps one. Never an event itself, because each would call for the next.
"""

from dataclasses import dataclass
from datetime import datetime

from services.archive.domain.checkpoint import Checkpoint, Signer
from services.archive.domain.merkle import Edge
from services.archive.log import queries, tree
from services.archive.log.tree import HashesGone
from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.sql import Connection

_COLUMNS = b"SELECT size, root, note, at FROM checkpoint "
_KEEP = b"INSERT INTO checkpoint (size, root, note) VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"


class Inconsistent(Exception):
    """The log is shorter than what was signed before: data was lost or put back.
    Nothing may be signed until a person has looked.
    """


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it was given out."""

    size: int
    root: bytes
    note: str
    at: datetime


async def latest(conn: Connection) -> Signed | None:
    """The newest checkpoint; None before the first. For who looks back, the newest of what was there."""
    if looks_at() is None:
        return await _one(conn, b"ORDER BY size DESC LIMIT 1", ())
    size = (await queries.edge(conn)).size
    return await _one(conn, b"WHERE size <= %b ORDER BY size DESC LIMIT 1", (size,))


async def of_size(conn: Connection, size: int) -> Signed | None:
    """The checkpoint of exactly this size; None if none was signed."""
    return await _one(conn, b"WHERE size = %b", (size,))


async def before(conn: Connection, size: int, limit: int) -> list[Signed]:
    """Checkpoints smaller than `size`, the largest first."""
    cursor = await conn.execute(_COLUMNS + b"WHERE size < %b ORDER BY size DESC LIMIT %b", (size, limit))
    return [Signed(int(row[0]), bytes(row[1]), row[2], row[3]) for row in await cursor.fetchall()]


async def sign(
    conn: Connection, signer: Signer, witnessed: Checkpoint | Signed | None = None
) -> Signed | None:
    """Signs the log as it stands and keeps the note, unless that size was signed already; answers the newest.
    None while the log is empty.

    Raises Inconsistent when the log does not begin with what was signed before,
    as the database and `witnessed` remember it.
    """
    newest = await latest(conn)  # before the log, which only grows
    edge = await queries.edge(conn)
    if newest is not None:
        await _must_begin_with(conn, edge, newest.size, newest.root)
    if witnessed is not None:
        await _must_begin_with(conn, edge, witnessed.size, witnessed.root)
    if edge.size == 0 or (newest is not None and newest.size == edge.size):
        return newest
    if await _root(conn, edge.size) != edge.root:
        raise Inconsistent(f"the stored edge of {edge.size} events is not that of the lines")
    await conn.execute(_KEEP, (edge.size, edge.root, signer.sign(edge.size, edge.root)))
    return await latest(conn)


async def _must_begin_with(conn: Connection, edge: Edge, size: int, root: bytes) -> None:
    if size > edge.size:
        raise Inconsistent(f"signed {size} events before, the log has {edge.size}")
    made = edge.root if size == edge.size else await _root(conn, size)
    if made != root:
        raise Inconsistent(f"another root was signed for {size} events")


async def _root(conn: Connection, size: int) -> bytes:
    try:
        return await tree.root(conn, size)
    except HashesGone as gone:
        raise Inconsistent(str(gone)) from gone


async def _one(conn: Connection, where: bytes, values: tuple[int, ...]) -> Signed | None:
    cursor = await conn.execute(_COLUMNS + where, values)
    row = await cursor.fetchone()
    return None if row is None else Signed(int(row[0]), bytes(row[1]), row[2], row[3])
