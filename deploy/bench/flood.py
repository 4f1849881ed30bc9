"""A flood: a history that is there at once, taken in by all four running services together,
until its last line stands in the Merkle log and every cursor behind its last event.

The history is written into intake's store as an import would; its relay finds it, and from there on
everything is real: Kafka, four workers, PostgreSQL.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from psycopg import AsyncConnection

from deploy.bench import history
from deploy.bench.figure import Figure, at_least
from deploy.local.instance import Instance
from shared.eventsourcing.sql import Connection

SUBMISSIONS, LENGTH = 10_000, 50
READERS = ("intake", "verification", "documents", "archive")
GOAL = 10_750  # three times what commit 9f5133a took in of the same flood on the same kind of machine
LOOK_EVERY_S, PATIENCE_S = 0.25, 400.0

_LEAVES = b"SELECT size FROM tree"
_TAKEN = b"SELECT coalesce(sum(version), 0) FROM cursor WHERE source = 'intake'"


class TooSlow(Exception):
    """The flood was not taken in; the text says how far it came."""


def measure(folder: Path, submissions: int = SUBMISSIONS) -> list[Figure]:
    """An installation of its own in this folder, and a flood over it."""
    with Instance(folder, parts="real") as instance:
        return asyncio.run(taken_in(instance, submissions))


async def taken_in(instance: Instance, submissions: int) -> list[Figure]:
    """How many events a second the log takes, and how many all services together."""
    async with AsyncExitStack() as open_:
        looking = {
            reader: await open_.enter_async_context(_connection(instance, reader)) for reader in READERS
        }
        before = {reader: await _number(conn, _TAKEN) for reader, conn in looking.items()}
        leaves = await _number(looking["archive"], _LEAVES)
        seen: dict[str, float] = {}
        watching = asyncio.create_task(_first(looking["archive"], leaves))
        total = await history.write(
            instance.database_url("intake", owner=True),
            [history.Submission(number) for number in range(submissions)],
            LENGTH,
            history.figures_alone,
        )
        begun = await watching
        while len(seen) <= len(READERS):
            if await _number(looking["archive"], _LEAVES) >= leaves + total:
                seen.setdefault("leaf", time.perf_counter())
            for reader, conn in looking.items():
                if reader not in seen and await _number(conn, _TAKEN) >= before[reader] + total:
                    seen[reader] = time.perf_counter()
            if time.perf_counter() > begun + PATIENCE_S:
                so_far = await _number(looking["archive"], _LEAVES)
                raise TooSlow(f"after {PATIENCE_S:.0f} s: {so_far} of {total}")
            await asyncio.sleep(LOOK_EVERY_S)
    note = f"{total:,} events, four services; last cursors after " + ", ".join(
        f"{reader} {seen[reader] - begun:.1f} s" for reader in READERS
    )
    return [
        at_least("flood, to the last leaf", total / (seen["leaf"] - begun), "events/s", GOAL, note),
        at_least("flood, to the last cursor", total / (max(seen.values()) - begun), "events/s", GOAL, note),
    ]


@asynccontextmanager
async def _connection(instance: Instance, service: str) -> AsyncIterator[Connection]:
    async with await AsyncConnection.connect(instance.database_url(service), autocommit=True) as conn:
        yield conn


async def _first(conn: Connection, leaves: int) -> float:
    """When the first of it was seen in the log."""
    while await _number(conn, _LEAVES) <= leaves:  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(LOOK_EVERY_S / 10)
    return time.perf_counter()


async def _number(conn: Connection, statement: bytes) -> int:
    found = await (await conn.execute(statement)).fetchone()
    return int(found[0]) if found else 0
