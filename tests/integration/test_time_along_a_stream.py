"""Time along a stream never falls, and ticks neither, whatever the database's clock does;
and a jump is said.
"""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres.databases import Database
from shared.eventsourcing.clock_watch import ClockWatch, Jump
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.sql import Pool, open_pool
from shared.messaging.sending.checkpoint import _SAVE
from tests.support.kernel import SRI, command_id, install, order, project, tally
from tests.support.parts import PostgresPart

SECONDS = (-86_400.0, -3600.0, -1.0, -0.001, 0.0, 0.5, 60.0, 7200.0, 400_000.0)


class Clock:
    """What the database takes for its clock: a row that the test sets."""

    def __init__(self, database: Database) -> None:
        role = conninfo_to_dict(database.app)["user"]
        self.conn = psycopg.connect(database.owner, autocommit=True)
        self.conn.execute(
            f"""
            CREATE SCHEMA bent; CREATE TABLE bent.clock (at timestamptz); INSERT INTO bent.clock
            VALUES ('2026-02-17T03:00Z');
            CREATE FUNCTION bent.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT at
            FROM bent.clock';
            GRANT USAGE ON SCHEMA bent TO {role}; GRANT SELECT ON bent.clock TO {role}""".encode()
        )

    def jump(self, seconds: float) -> None:
        self.conn.execute("UPDATE bent.clock SET at = at + make_interval(secs => %s)", (seconds,))


@asynccontextmanager
async def with_a_bent_clock(
    postgres: PostgresPart,
) -> AsyncIterator[tuple[Clock, Pool, CommandHandler, list[Jump | None]]]:
    database = postgres.fresh_database("clock")
    install(database)
    clock, jumps = Clock(database), list[Jump | None]()
    try:
        async with open_pool(f"{database.app}?options=-csearch_path%3Dbent,pg_catalog,public") as pool:
            yield (
                clock,
                pool,
                CommandHandler(
                    "intake", {"tally": tally}, project, pool, lambda: None, watch=ClockWatch(jumps.append)
                ),
                jumps,
            )
    finally:
        clock.conn.close()


async def test_time_never_falls_along_a_stream_or_between_ticks(postgres: PostgresPart) -> None:
    chance = random.Random(20)
    async with with_a_bent_clock(postgres) as (clock, pool, handler, jumps):
        async with pool.connection() as conn:
            await conn.execute("INSERT INTO relay DEFAULT VALUES")
        for number in range(60):
            clock.jump(chance.choice(SECONDS))
            await handler.handle(order(1, stream=f"tally-{number % 3}"), actor=SRI, command_id=command_id())
            async with pool.connection() as conn:
                await conn.execute(_SAVE, (number + 1, "", "{}"))
        async with pool.connection() as conn:
            fallen = await conn.execute("""
                SELECT stream, version FROM (SELECT *, lag(recorded_at) OVER (PARTITION BY stream
                ORDER BY version) AS before FROM event) AS e
                WHERE recorded_at < before""")
            assert await fallen.fetchall() == []
            ticks = await (await conn.execute("SELECT at FROM tick ORDER BY position")).fetchall()
            assert len(ticks) == 60
            assert ticks == sorted(ticks)
            stood = await (
                await conn.execute("SELECT count(*) - count(DISTINCT (stream, recorded_at)) FROM event")
            ).fetchone()
            assert stood is not None
            assert stood[0] > 5, "the clock did go back, and time stood still meanwhile"
        assert any(jump is not None and jump.by.total_seconds() < 0 for jump in jumps)
        assert any(jump is not None and jump.by.total_seconds() > 0 for jump in jumps)
