"""Own events that the broker will not take: named with position, stream and cause, tried again slowly,
and in nobody's way.

Previous hop: `relay`, which found that an event alone is refused. Next hop: the page *Macet* and the
readiness answer. Other services miss nothing for it: they see the gap and fetch the event from the feed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sight import streams_in_sight
from shared.eventsourcing.sql import Connection

FIRST_WAIT_S: Final = 60
LONGEST_WAIT_S: Final = 3600

_KEEP = b"""
    INSERT INTO unpublished (position, stream, version, type, cause, detail, next_at)
    VALUES (%s, %s, %s, %s, %s, %s, now() + make_interval(secs => %s))
    ON CONFLICT (position) DO UPDATE
    SET cause = excluded.cause, detail = excluded.detail, tries = unpublished.tries + 1,
        next_at = now() + make_interval(secs => least(%s * 2 ^ least(unpublished.tries, 16), %s))"""
_LIST = (
    b"SELECT position, stream, version, type, cause, detail, since, tries, "
    b"next_at FROM unpublished WHERE true%b ORDER BY position LIMIT %%s"
)


@dataclass(frozen=True, slots=True)
class NotSent:
    """An event that cannot be sent, and why."""

    row: Row
    cause: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """One such event as an operator sees it."""

    position: int
    stream: str
    version: int
    type: str
    cause: str
    detail: str
    since: datetime
    tries: int
    next_at: datetime


async def keep(conn: Connection, refused: Sequence[NotSent]) -> None:
    """Remembers events that were refused; each time it waits twice as long before the next try,
    at most an hour.
    """
    for one in refused:
        row = one.row
        values = (row.position, row.stream, row.version, row.type, one.cause, one.detail[:500], FIRST_WAIT_S)
        await conn.execute(_KEEP, (*values, FIRST_WAIT_S, LONGEST_WAIT_S))


async def positions(conn: Connection) -> set[int]:
    """Where they stand in the order of issue."""
    cursor = await conn.execute(b"SELECT position FROM unpublished")
    return {int(position) for (position,) in await cursor.fetchall()}


async def due(conn: Connection, limit: int = 20) -> list[int]:
    """Those that are to be tried again now."""
    cursor = await conn.execute(
        b"SELECT position FROM unpublished WHERE next_at <= now() ORDER BY position LIMIT %s", (limit,)
    )
    return [int(position) for (position,) in await cursor.fetchall()]


async def gone(conn: Connection, published: Iterable[int]) -> None:
    """The broker took them after all."""
    await conn.execute(b"DELETE FROM unpublished WHERE position = ANY(%s)", (list(published),))


async def listed(conn: Connection, limit: int = 100) -> list[Unpublished]:
    """All of them, the oldest first."""
    seen, values = streams_in_sight()
    cursor = await conn.execute(_LIST % seen, (*values, limit))
    names = [column.name for column in cursor.description or ()]
    return [Unpublished(**dict(zip(names, row, strict=True))) for row in await cursor.fetchall()]


async def retry(conn: Connection, position: int) -> bool:
    """The button: it is tried at the relay's next look. False when it is not among them."""
    seen, values = streams_in_sight()
    asked = b"UPDATE unpublished SET next_at = now() WHERE position = %%s%b" % seen
    return (await conn.execute(asked, (position, *values))).rowcount > 0
