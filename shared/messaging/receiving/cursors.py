"""Cursors: how far this service has taken in each stream of each source.
One row per stream is the whole memory of duplicates and gaps.

Previous hop: `consumer`, inside its transaction. Everything here runs in the caller's transaction and holds
the rows it read until its end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.eventsourcing import sql
from shared.eventsourcing.chains import Head
from shared.eventsourcing.digest import NOTHING, chained
from shared.eventsourcing.sql import Connection
from shared.messaging.envelope import Received

Key = tuple[str, str]
EventKey = tuple[str, str, int]
Next = tuple[Received, bytes]
"""An event that is next in its stream, and its digest."""

_LOCK = b"""
    SELECT c.source, c.stream, c.version, c.stuck, c.id, c.digest
    FROM cursor c JOIN unnest(%s::text[], %s::text[]) AS wanted(source, stream) USING (source, stream)
    ORDER BY c.source, c.stream FOR UPDATE OF c"""
_BEGIN = b"""
    INSERT INTO cursor (source, stream, version)
    SELECT source, stream, 0 FROM unnest(%s::text[], %s::text[]) AS fresh(source, stream)
    ORDER BY source, stream
    ON CONFLICT DO NOTHING"""
_MOVE = b"""
    WITH kept AS (INSERT INTO taken (cursor, version, digest) SELECT *
    FROM unnest(%s::int[], %s::int[], %s::bytea[]))
    UPDATE cursor c SET version = moved.version, digest = moved.digest
    FROM unnest(%s::int[], %s::int[], %s::bytea[]) AS moved(id, version, digest)
    WHERE c.id = moved.id"""
_FIRST = b"""
    WITH moved AS (
        INSERT INTO cursor (source, stream, version, digest) VALUES (%s, %s, 1, %s) ON CONFLICT DO NOTHING
        RETURNING id, version)
    INSERT INTO taken SELECT id, version, %s FROM moved RETURNING version"""
_NEXT = b"""
    WITH moved AS (
        UPDATE cursor SET version = version + 1, digest = sha256(digest || %s)
        WHERE source = %s AND stream = %s AND version = %s AND NOT stuck RETURNING id, version)
    INSERT INTO taken SELECT id, version, %s FROM moved RETURNING version"""
_DIFFERING = b"""
    SELECT h.stream FROM unnest(%s::text[], %s::int[], %s::bytea[]) AS h(stream, version, digest)
    JOIN cursor c ON c.source = %s AND c.stream = h.stream
    WHERE c.digest IS NOT NULL AND c.version >= h.version AND h.digest IS DISTINCT
    FROM CASE WHEN c.version = h.version THEN c.digest
        ELSE (SELECT chained(t.digest ORDER BY t.version) FROM taken t WHERE t.cursor = c.id
        AND t.version <= h.version) END"""
_DIGESTS = b"""
    SELECT t.cursor, t.version, t.digest
    FROM taken t JOIN unnest(%s::int[], %s::int[]) AS asked(cursor, version) USING (cursor, version)"""


@dataclass(slots=True)
class Cursor:
    """How far one stream was taken in; `stuck` when its next version is parked.

    `digest` is the chain over everything that was taken in, None in rows from before there were digests.
    """

    version: int
    stuck: bool
    id: int = 0
    digest: bytes | None = NOTHING


async def lock(conn: Connection, streams: Iterable[Key]) -> dict[Key, Cursor]:
    """The cursors of these streams, locked until the transaction ends;
    a stream never seen starts at version 0.
    """
    wanted = sorted(set(streams))
    found = await _locked(conn, wanted)
    fresh = [key for key in wanted if key not in found]
    if fresh:
        await conn.execute(_BEGIN, _columns(fresh))
        found |= await _locked(conn, fresh)
    return found


async def move(conn: Connection, at: Mapping[Key, Cursor], taken: Sequence[Next]) -> None:
    """Moves locked cursors to where they stand in `at`,
    and remembers the digests of the events that were just taken in.
    """
    moved = [at[key] for key in dict.fromkeys((event.source, event.stream) for event, _ in taken)]
    await conn.execute(
        _MOVE,
        (
            sql.numbers(at[event.source, event.stream].id for event, _ in taken),
            sql.numbers(event.version for event, _ in taken),
            sql.digests(digest for _, digest in taken),
            sql.numbers(one.id for one in moved),
            sql.numbers(one.version for one in moved),
            sql.digests(one.digest for one in moved),
        ),
    )


async def step(conn: Connection, key: Key, version: int, digest: bytes) -> bool:
    """Moves a cursor on by one, to this version, in one statement;
    False when that version is not simply the next one.
    """
    moving = (
        (_FIRST, (*key, chained(NOTHING, digest), digest))
        if version == 1
        else (_NEXT, (digest, *key, version - 1, digest))
    )
    return await (await conn.execute(*moving)).fetchone() is not None


async def digests(
    conn: Connection, at: Mapping[Key, Cursor], events: Sequence[EventKey]
) -> dict[EventKey, bytes]:
    """The digests of events that were taken in before; those from before there were digests are left out."""
    keys = {at[source, stream].id: (source, stream) for source, stream, _ in events}
    wanted = ([at[source, stream].id for source, stream, _ in events], [version for *_, version in events])
    cursor = await conn.execute(_DIGESTS, wanted)
    return {(*keys[number], version): bytes(digest) for number, version, digest in await cursor.fetchall()}


async def mark(conn: Connection, key: Key, *, stuck: bool) -> None:
    """Says that the next version of a stream is parked, or no longer."""
    await conn.execute(b"UPDATE cursor SET stuck = %s WHERE source = %s AND stream = %s", (stuck, *key))


async def behind(conn: Connection, source: str, heads: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Of the heads of a source, those that the cursors have not reached and that are not parked:
    (stream, version of the head).
    """
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
    cursor = await conn.execute(
        b"SELECT version FROM cursor WHERE source = %s AND stream = %s", (source, stream)
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def reached_many(conn: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """The newest versions that were taken in of these streams; a stream never seen is left out."""
    cursor = await conn.execute(
        b"SELECT source, stream, version FROM cursor JOIN unnest(%s::text[], %s::text[]) AS w(source, "
        b"stream) USING (source, stream)",
        _columns(keys),
    )
    return {(source, stream): version for source, stream, version in await cursor.fetchall()}


async def _locked(conn: Connection, keys: Sequence[Key]) -> dict[Key, Cursor]:
    cursor = await conn.execute(_LOCK, _columns(keys))
    return {
        (source, stream): Cursor(version, stuck, number, digest)
        for source, stream, version, stuck, number, digest in await cursor.fetchall()
    }


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [source for source, _ in keys], [stream for _, stream in keys]


async def digests_of(conn: Connection, source: str, stream: str) -> dict[int, bytes]:
    """The digests of everything that was taken in of a stream, by version."""
    cursor = await conn.execute(
        b"SELECT t.version, t.digest FROM taken t JOIN cursor c ON c.id = t.cursor WHERE c.source = %s "
        b"AND "
        b"c.stream = %s",
        (source, stream),
    )
    return {version: bytes(digest) for version, digest in await cursor.fetchall()}


async def differing(conn: Connection, source: str, heads: Sequence[Head]) -> list[Head]:
    """Of the heads of a source, those of which something else was taken in.
    A stream that is behind, or has no chain yet, is left out.
    """
    if not heads:
        return []
    columns = (
        [head.stream for head in heads],
        [head.version for head in heads],
        [head.digest for head in heads],
    )
    cursor = await conn.execute(_DIFFERING, (*columns, source))
    found = {stream for (stream,) in await cursor.fetchall()}
    return [head for head in heads if head.stream in found]


async def without_chain(conn: Connection, source: str, streams: Sequence[str]) -> list[tuple[str, int]]:
    """Of these streams, those that were taken in before there were digests,
    with the version that was reached.
    """
    cursor = await conn.execute(
        b"SELECT stream, version FROM cursor WHERE source = %s AND stream = ANY(%s) AND digest IS NULL "
        b"AND "
        b"version > 0",
        (source, list(streams)),
    )
    return [(stream, version) for stream, version in await cursor.fetchall()]


async def begin_chain(conn: Connection, key: Key, digests: Sequence[bytes]) -> None:
    """Gives a stream its chain; what was remembered of it meanwhile counts more than what is given.
    Nothing when it moved on since.
    """
    at = (await lock(conn, [key]))[key]
    if at.digest is not None or at.version != len(digests):
        return
    numbered = ([at.id] * len(digests), list(range(1, len(digests) + 1)), list(digests))
    await conn.execute(
        b"INSERT INTO taken (cursor, version, digest, position) "
        b"SELECT *, 0 FROM unnest(%s::int[], %s::int[], %s::bytea[]) ON CONFLICT DO NOTHING",
        numbered,
    )
    await conn.execute(
        b"UPDATE cursor SET digest = (SELECT chained(t.digest ORDER BY t.version) FROM taken t WHERE "
        b"t.cursor = cursor.id) WHERE id = %s",
        (at.id,),
    )


async def remembered(
    conn: Connection, source: str, events: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], bytes]:
    """The digests of events (stream, version) of a source as they were taken in;
    those from before there were digests are left out.
    """
    cursor = await conn.execute(
        b"""SELECT c.stream, t.version, t.digest FROM unnest(%s::text[], %s::int[]) AS asked(stream, version)
            JOIN cursor c ON c.source = %s AND c.stream = asked.stream JOIN taken t ON t.cursor = c.id
            AND t.version = asked.version""",
        ([stream for stream, _ in events], [version for _, version in events], source),
    )
    return {(stream, int(version)): bytes(digest) for stream, version, digest in await cursor.fetchall()}


async def between(conn: Connection, source: str, behind: str, upto: str) -> list[tuple[str, int]]:
    """Streams of a source by name, behind one and up to another (empty:
    to the end), with the version that was reached.
    """
    cursor = await conn.execute(
        b"""SELECT stream, version FROM cursor WHERE source = %s AND stream COLLATE "C" > %s AND version > 0
            AND (%s::text = '' OR stream COLLATE "C" <= %s)""",
        (source, behind, upto, upto),
    )
    return [(stream, version) for stream, version in await cursor.fetchall()]
