"""The whole way, with all four services running: from a committed command of
intake to its line in archive's audit log.

Both moments are read from the one clock of the PostgreSQL server: the commit from intake's `command.at`,
written as the last act before it, and the line from a poll of archive's log that saw it first. So commit and
poll count against the figure.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

import aiohttp
from psycopg import AsyncConnection

from deploy.bench.figure import Figure, at_most, percentile
from deploy.bench.filling import Officers, Place, open_submissions
from deploy.local.instance import Instance
from shared.background import ended
from shared.eventsourcing.sql import Connection

PACE = 100  # commands a second
WARM_UP, COMMANDS = 300, 2_000
LOOK_EVERY_S = 0.004
PATIENCE_S = 60.0

_SEEN = (
    b"SELECT stream, version, index, clock_timestamp() FROM leaf WHERE index >= %s AND source = 'intake' "
    b"ORDER BY index"
)
_COMMITTED = b"SELECT stream, version, at FROM command WHERE stream = ANY(%s)"

Moments = dict[Place, datetime]


async def measure(instance: Instance) -> list[Figure]:
    """Median and 99th percentile of the way from commit to log."""
    await open_submissions(instance)
    seen: Moments = {}
    async with await AsyncConnection.connect(instance.database_url("archive"), autocommit=True) as conn:
        watching = asyncio.create_task(_watch(conn, seen))
        try:
            entered = await _enter(instance)
            await _until_seen(seen, entered)
        finally:
            await ended(watching)
    committed = await _committed(instance, entered)
    ways = [(seen[place] - at).total_seconds() * 1000 for place, at in committed.items()]
    took = (max(committed.values()) - min(committed.values())).total_seconds()
    note = f"{len(ways):,} commands over HTTP at {len(ways) / took:.0f}/s, all services running"
    return [
        at_most("commit to audit log, median", percentile(ways, 0.5), "ms", 50, note),
        at_most("commit to audit log, 99th percentile", percentile(ways, 0.99), "ms", 250, note),
    ]


async def _enter(instance: Instance) -> list[Place]:
    async with aiohttp.ClientSession(
        instance.service_address("intake"), timeout=aiohttp.ClientTimeout(30)
    ) as http:
        officers = await Officers.sign_in(http)
        await officers.enter(WARM_UP, PACE)
        return await officers.enter(COMMANDS, PACE)


async def _watch(conn: Connection, seen: Moments) -> None:
    """Notes when a line is first there."""
    conn.prepare_threshold = 0
    start = 0
    while True:
        cursor = await conn.execute(_SEEN, (start,))
        for stream, version, index, at in await cursor.fetchall():
            seen[stream, version] = at
            start = index + 1
        await asyncio.sleep(LOOK_EVERY_S)


async def _until_seen(seen: Moments, places: Sequence[Place]) -> None:
    until = time.monotonic() + PATIENCE_S
    while missing := sum(place not in seen for place in places):
        if time.monotonic() > until:
            raise TimeoutError(
                f"{missing} of {len(places)} events did not reach the audit log within {PATIENCE_S:.0f} s"
            )
        await asyncio.sleep(0.1)


async def _committed(instance: Instance, places: Sequence[Place]) -> Moments:
    async with await AsyncConnection.connect(instance.database_url("intake"), autocommit=True) as conn:
        cursor = await conn.execute(_COMMITTED, (sorted({stream for stream, _ in places}),))
        moments = {(stream, version): at for stream, version, at in await cursor.fetchall()}
    return {place: moments[place] for place in places}
