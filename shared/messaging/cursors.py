"""Cursors: how far this service has taken in each stream of each source. One row per stream is the whole memory of duplicates and gaps.

Previous hop: `consumer`, inside its transaction. Everything here runs in the caller's transaction and holds the rows it read until its end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.eventsourcing.sql import Connection

Key = tuple[str, str]

_LOCK = b"""
    SELECT c.source, c.stream, c.version, c.stuck
    FROM cursor c JOIN unnest(%s::text[], %s::text[]) AS wanted(source, stream) USING (source, stream)
    ORDER BY c.source, c.stream FOR UPDATE OF c"""
_BEGIN = b"""
    INSERT INTO cursor (source, stream, version)
    SELECT source, stream, 0 FROM unnest(%s::text[], %s::text[]) AS fresh(source, stream) ORDER BY source, stream
    ON CONFLICT DO NOTHING"""
_MOVE = b"""
    UPDATE cursor c SET version = moved.version
    FROM unnest(%s::text[], %s::text[], %s::int[]) AS moved(source, stream, version)
    WHERE c.source = moved.source AND c.stream = moved.stream"""
_FIRST = b"INSERT INTO cursor (source, stream, version) VALUES (%s, %s, 1) ON CONFLICT DO NOTHING RETURNING version"
_NEXT = b"UPDATE cursor SET version = %s WHERE source = %s AND stream = %s AND version = %s AND NOT stuck RETURNING version"


@dataclass(slots=True)
class Cursor:
    """How far one stream was taken in; `stuck` when its next version is parked."""

    version: int
    stuck: bool


async def lock(conn: Connection, streams: Iterable[Key]) -> dict[Key, Cursor]:
    """The cursors of these streams, locked until the transaction ends; a stream never seen starts at version 0."""
    wanted = sorted(set(streams))
    found = await _locked(conn, wanted)
    fresh = [key for key in wanted if key not in found]
    if fresh:
        await conn.execute(_BEGIN, _columns(fresh))
        found |= await _locked(conn, fresh)
    return found


async def move(conn: Connection, versions: Iterable[tuple[Key, int]]) -> None:
    """Moves locked cursors to the versions that were just taken in."""
    moved = list(versions)
    await conn.execute(_MOVE, (*_columns([key for key, _ in moved]), [version for _, version in moved]))


async def step(conn: Connection, key: Key, version: int) -> bool:
    """Moves a cursor on by one, to this version, in one statement; False when that version is not simply the next one."""
    moving = (_FIRST, key) if version == 1 else (_NEXT, (version, *key, version - 1))
    return await (await conn.execute(*moving)).fetchone() is not None


async def mark(conn: Connection, key: Key, *, stuck: bool) -> None:
    """Says that the next version of a stream is parked, or no longer."""
    await conn.execute(b"UPDATE cursor SET stuck = %s WHERE source = %s AND stream = %s", (stuck, *key))


async def behind(conn: Connection, source: str, heads: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Of the heads of a source, those that the cursors have not reached and that are not parked: (stream, version of the head)."""
    cursor = await conn.execute(
        b"""SELECT head.stream, head.version
            FROM unnest(%s::text[], %s::int[]) AS head(stream, version)
            LEFT JOIN cursor c ON c.source = %s AND c.stream = head.stream
            WHERE coalesce(c.version, 0) < head.version AND NOT coalesce(c.stuck, false)""",
        ([stream for stream, _ in heads], [version for _, version in heads], source),
    )
    return [(stream, version) for stream, version in await cursor.fetchall()]


async def reached(conn: Connection, source: str, stream: str) -> int:
    """The newest version of a stream that was taken in; 0 when none was."""
    cursor = await conn.execute(b"SELECT version FROM cursor WHERE source = %s AND stream = %s", (source, stream))
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def reached_many(conn: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """The newest versions that were taken in of these streams; a stream never seen is left out."""
    cursor = await conn.execute(
        b"SELECT source, stream, version FROM cursor JOIN unnest(%s::text[], %s::text[]) AS w(source, stream) USING (source, stream)",
        _columns(keys),
    )
    return {(source, stream): version for source, stream, version in await cursor.fetchall()}


async def _locked(conn: Connection, keys: Sequence[Key]) -> dict[Key, Cursor]:
    cursor = await conn.execute(_LOCK, _columns(keys))
    return {(source, stream): Cursor(version, stuck) for source, stream, version, stuck in await cursor.fetchall()}


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [source for source, _ in keys], [stream for _, stream in keys]
