"""Certifying: how fast read models and every version of their rows are made again and compared."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from itertools import count

from psycopg import AsyncConnection

from deploy.bench import history
from deploy.bench.appending import command
from deploy.bench.figure import Figure, at_least
from deploy.bench.ground import Ground
from deploy.bench.stored.reading import no_feed
from services.intake.bootstrap import ROOM
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild
from shared.eventsourcing.sql import Connection, open_pool

SUBMISSIONS, COMMANDS, AT_ONCE, ROUNDS = 200, 10_000, 8, 3
_SINCE = b"UPDATE was.since SET position = (SELECT last_value FROM event_position_seq)"


async def measure(ground: Ground) -> list[Figure]:
    """A history of real commands, each with the versions that the database kept. RuntimeError where they are
    not what the events say.
    """
    database = ground.fresh_database("intake", "bench_certified")
    submissions = [history.Submission(number) for number in range(SUBMISSIONS)]
    await history.write(database.owner, submissions, 1)
    async with await AsyncConnection.connect(database.owner, autocommit=True) as conn:
        await _rebuilt(conn, past=False)
        await conn.execute(_SINCE)
        async with open_pool(database.app, size=AT_ONCE) as pool:
            handler = CommandHandler(ROOM.name, ROOM.categories, ROOM.projecting("3402"), pool, lambda: None)
            numbers = count()
            await asyncio.gather(*(_commands(handler, submissions, numbers) for _ in range(AT_ONCE)))
        rates = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            certificate = await _rebuilt(conn, past=True)
            rates.append(certificate.events / (time.perf_counter() - begun))
            if not certificate.identical:
                raise RuntimeError(f"differs: {certificate}")
        versions = sum(one.live for one in certificate.tables if one.table.startswith("was."))
    note = f"{certificate.events:,} events, {versions:,} versions of rows, all compared"
    return [at_least("certificate of a service", statistics.median(rates), "events/s", 60_000, note)]


async def _commands(
    handler: CommandHandler, submissions: Sequence[history.Submission], numbers: "count[int]"
) -> None:
    while (number := next(numbers)) < COMMANDS:
        await command(handler, submissions[number % SUBMISSIONS], number)


async def _rebuilt(conn: Connection, *, past: bool) -> Certificate:
    project = ROOM.projecting("3402")
    return await rebuild(conn, ROOM.name, project, ROOM.metadata, (), no_feed, swap=not past, past=past)
