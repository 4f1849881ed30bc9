"""Reading: how fast a store gives its events back, and how fast read models grow from them again."""

import statistics
import time
from collections.abc import AsyncIterator, Sequence

from psycopg import AsyncConnection

from deploy.bench import history
from deploy.bench.figure import Figure, at_least
from deploy.bench.ground import Ground
from services.intake.bootstrap import ROOM
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild
from shared.eventsourcing.read_models.replay import own_events
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection

SUBMISSIONS, LENGTH = 2_000, 50
ROUNDS = 5
NOTHING: Sequence[Sequence[Row]] = ()


async def measure(ground: Ground) -> list[Figure]:
    """Feed read and rebuild, the medians of some rounds over the same history."""
    database = ground.fresh_database("intake", "bench_reading")
    total = await history.write(
        database.owner, [history.Submission(number) for number in range(SUBMISSIONS)], LENGTH
    )
    reading, rebuilding = [], []
    async with await AsyncConnection.connect(database.owner, autocommit=True) as conn:
        # the first one fills the live tables, so that the others have something to compare with
        await _rebuilt(conn)
        for _ in range(ROUNDS):
            reading.append(total / await _seconds_to_read(conn))
            begun = time.perf_counter()
            certificate = await _rebuilt(conn)
            rebuilding.append(certificate.events / (time.perf_counter() - begun))
    what = f"{total:,} events, {SUBMISSIONS:,} submissions"
    return [
        at_least("feed read", statistics.median(reading), "events/s", 100_000, f"{what}, pages of the store"),
        at_least(
            "read-model rebuild",
            statistics.median(rebuilding),
            "events/s",
            50_000,
            f"{what}, with comparison and swap",
        ),
    ]


async def _seconds_to_read(conn: Connection) -> float:
    begun = time.perf_counter()
    async for _ in own_events(conn, 0):
        pass
    return time.perf_counter() - begun


async def _rebuilt(conn: Connection) -> Certificate:
    return await rebuild(conn, ROOM.name, ROOM.projecting("3402"), ROOM.metadata, (), no_feed)


async def no_feed(_source: str, _after: int) -> AsyncIterator[Sequence[Row]]:
    """The history is intake's own alone."""
    for rows in NOTHING:
        yield rows
