"""Chains of streams as a source computes them from its own events:
the newest version of each stream, and the digest of everything up to it.

Role: what `heads` answers. Previous hop: the feed's route. Next hop: `heads` of another service, which
compares them with its cursors. They are computed from the events each time, never kept: a stored digest could
be changed together with what it speaks of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.eventsourcing.sight import streams_in_sight
from shared.eventsourcing.sql import Connection

WINDOW: Final = 5_000  # positions that one answer looks at
STREAMS: Final = 100  # that did not move, in one answer

_MOVED: Final = b"""
    WITH moved AS (SELECT DISTINCT stream FROM event WHERE position > %%s AND position <= %%s%b)
    SELECT e.stream, max(e.version), chained(event_digest(e) ORDER BY e.version)
    FROM event e JOIN moved USING (stream) WHERE e.position <= %%s GROUP BY e.stream ORDER BY e.stream"""
_NAMED: Final = b"""
    WITH named AS (SELECT stream FROM event WHERE version = 1 AND stream COLLATE "C" > %%s%b
    ORDER BY stream COLLATE "C" LIMIT %%s)
    SELECT e.stream, max(e.version), chained(event_digest(e) ORDER BY e.version)
    FROM event e JOIN named USING (stream) WHERE e.position <= %%s GROUP BY e.stream
    ORDER BY e.stream COLLATE "C" """


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version of a stream, and the chain over its content up to it."""

    stream: str
    version: int
    digest: bytes


async def moved(conn: Connection, *, after: int, upto: int) -> list[Head]:
    """Streams that moved between two positions, as they stand at the second."""
    seen, values = streams_in_sight()
    return await _heads(conn, _MOVED % seen, (after, upto, *values, upto))


async def named(conn: Connection, *, behind: str, upto: int) -> list[Head]:
    """The next streams in the order of their names, whether they moved or not,
    as they stand at a position.
    """
    seen, values = streams_in_sight()
    return await _heads(conn, _NAMED % seen, (behind, *values, STREAMS, upto))


async def _heads(conn: Connection, statement: bytes, values: Sequence[object]) -> list[Head]:
    cursor = await conn.execute(statement, values)
    return [Head(stream, version, bytes(digest)) for stream, version, digest in await cursor.fetchall()]
