"""Transport: the real relay into a real Kafka, and from there durably into the
Merkle log by one real worker process of archive.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from psycopg import AsyncConnection

from deploy.bench import history
from deploy.bench.figure import Figure, at_least
from deploy.bench.ground import Ground
from deploy.local.places import PROJECT
from shared import settings
from shared.background import ended
from shared.eventsourcing.sql import Connection
from shared.messaging.sending.relay import Relay
from shared.messaging.signing import Signer

SUBMISSIONS, LENGTH = 1_200, 50
PATIENCE_S = 180.0
Look = Callable[[], Awaitable[int]]


class TooSlow(Exception):
    """What was measured did not come to its end; the text says how far it came."""


async def measure(ground: Ground) -> list[Figure]:
    """One history, first from the store to Kafka, then from Kafka into the log."""
    intake, archive = ground.service_database("intake"), ground.service_database("archive")
    total = await history.write(
        intake.owner, [history.Submission(number) for number in range(SUBMISSIONS)], LENGTH
    )
    told = settings.read("intake", ground.instance.env("intake"))
    relayed = await _relay(
        Relay("intake", intake.app, ground.instance.kafka, Signer.of("intake", told.signing_key)), total
    )
    with _archive_worker(ground):
        async with await AsyncConnection.connect(archive.app, autocommit=True) as conn:
            logged = await rate(lambda: _size(conn), total)
    return [
        at_least("relay to Kafka", relayed, "events/s", 20_000, f"{total:,} events, acks=all, idempotent"),
        at_least(
            "Kafka into the Merkle log",
            logged,
            "events/s",
            4_000,
            f"{total:,} events, one worker process, all commits durable",
        ),
    ]


async def rate(look: Look, total: int) -> float:
    """How many a second arrive, from the first that is seen to the last;
    what starts slowly is not held against it.
    """
    begun = time.perf_counter()
    while not (first := await look()):
        await _later(begun, "nothing arrived")
    started = time.perf_counter()
    while (size := await look()) < total:
        await _later(begun, f"{size} of {total} arrived")
    return (total - first) / (time.perf_counter() - started)


async def _later(begun: float, so_far: str) -> None:
    if time.perf_counter() > begun + PATIENCE_S:
        raise TooSlow(f"after {PATIENCE_S:.0f} s: {so_far}")
    await asyncio.sleep(0.01)


async def _relay(relay: Relay, total: int) -> float:
    async def position() -> int:
        return relay.checkpoint.position

    running = asyncio.create_task(relay.run())
    try:
        return await rate(position, total)
    finally:
        await ended(running)


async def _size(conn: Connection) -> int:
    found = await (await conn.execute(b"SELECT size FROM tree")).fetchone()
    return int(found[0]) if found else 0


@contextmanager
def _archive_worker(ground: Ground) -> Iterator[None]:
    log = ground.instance.folder / "logs" / "bench-archive.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "services.archive", "worker"],
            cwd=PROJECT,
            env=ground.instance.env("archive"),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            worker.terminate()
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
