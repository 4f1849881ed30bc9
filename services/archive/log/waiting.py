"""Waiting until the audit log itself holds what a caller saw:
an event of our own stands in the store before it stands in the log.

Every SOP step. Previous hop: `log/api.py`, `trail/pages.py`.
Next hop: the log, through relay, Kafka and consumer.
"""

import asyncio
from time import monotonic

from fastapi import Request

from shared.eventsourcing.sql import Pool
from shared.web.positions import COOKIE, HEADER, NotYetThere, Position, PositionInvalid, parse
from shared.web.regions import is_in_sight
from shared.web.running import running_of

LONGEST_S = 5.0
_THERE = b"SELECT EXISTS (SELECT FROM leaf WHERE source = %b AND stream = %b AND version >= %b)"


async def until_logged(request: Request, *, limit: float = LONGEST_S) -> None:
    """Returns when the log holds the positions of the request's header.
    Raises NotYetThere after `limit` seconds.

    No connection is held between looks, and the caller must hold none: what is waited for needs one itself.
    """
    await _until_there(running_of(request).pool, _of_ours(request, request.headers.get(HEADER, "")), limit)


async def until_logged_or_behind(request: Request) -> None:
    """The same for a page, which names positions by cookie and is shown in any case;
    it says so when it is behind.
    """
    try:
        await _until_there(running_of(request).pool, _of_ours(request, request.cookies.get(COOKIE, "")), 2.0)
    except NotYetThere:
        request.state.behind = True
    except PositionInvalid:
        return


def _of_ours(request: Request, asked: str) -> tuple[Position, ...]:
    """The positions that are asked for, without those of other regions:
    whether such a one is there yet is nobody's to know.
    """
    return tuple(position for position in parse(asked) if is_in_sight(request, position.stream))


async def _until_there(pool: Pool, asked: tuple[Position, ...], limit: float) -> None:
    ends, pause = monotonic() + limit, 0.01
    for position in asked:
        while not await _there(pool, position):
            if monotonic() + pause > ends:
                raise NotYetThere(str(position))
            await asyncio.sleep(pause)
            pause = min(pause * 1.6, 0.1)


async def _there(pool: Pool, position: Position) -> bool:
    async with pool.connection() as conn:
        cursor = await conn.execute(_THERE, (position.source, position.stream, position.version))
        found = await cursor.fetchone()
    return bool(found and found[0])
