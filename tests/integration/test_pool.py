"""The pool of connections: nothing waits for ever, whatever the database does,
and nobody asks for two connections at once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from psycopg import OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import LockNotAvailable, QueryCanceled
from psycopg_pool import PoolTimeout

from deploy.local.postgres.databases import Database
from shared.eventsourcing.pool import HeldTwice
from shared.eventsourcing.sql import Limits, Pool, open_pool
from tests.support.breaking import Wire, wire_to
from tests.support.parts import PostgresPart

# of this test, not of the pool: long enough for any machine, short enough to notice a wait without end
PATIENCE_S = 20


@pytest.fixture(scope="module")
def database(postgres: PostgresPart) -> Database:
    return postgres.fresh_database("pool")


@asynccontextmanager
async def opened(database: Database, **limits: float) -> AsyncIterator[tuple[Wire, Pool]]:
    async with (
        wire_to(database.app) as wire,
        open_pool(wire.through(database.app), size=3, wait_s=0.5, limits=Limits(**limits)) as pool,
    ):
        async with pool.connection(timeout=10) as conn:
            await conn.execute("SELECT 1")
        yield wire, pool


async def ask(pool: Pool, statement: str = "SELECT 1") -> int:
    async with pool.connection() as conn:
        found = await (await conn.execute(statement.encode())).fetchone()
    return int(found[0]) if found and isinstance(found[0], int) else 0


async def test_a_second_connection_while_one_is_held_is_an_error_in_tests(database: Database) -> None:
    async with opened(database) as (_, pool):
        with pytest.raises(HeldTwice):
            async with pool.connection():
                await ask(pool)
        async with pool.connection():
            with pytest.raises(HeldTwice):
                await asyncio.create_task(ask(pool))
        assert await ask(pool) == 1


async def test_a_task_begun_while_one_was_held_may_ask_afterwards(database: Database) -> None:
    async def later() -> int:
        await given_back.wait()
        return await ask(pool)

    given_back = asyncio.Event()
    async with opened(database) as (_, pool):
        async with pool.connection():
            asked = asyncio.create_task(later())
        given_back.set()
        assert await asked == 1


async def test_a_database_that_is_away_is_told_at_once_and_found_again(database: Database) -> None:
    async with opened(database) as (wire, pool), asyncio.timeout(PATIENCE_S):
        await wire.cut()
        for _ in range(4):
            with pytest.raises(OperationalError):
                await ask(pool)
        await wire.mend()
        while True:
            try:
                assert await ask(pool) == 1
                break
            except PoolTimeout:
                await asyncio.sleep(0.05)


async def test_after_a_restart_only_the_first_asks_in_vain(database: Database) -> None:
    async with opened(database) as (wire, pool), asyncio.timeout(PATIENCE_S):
        # three connections are open
        await asyncio.gather(*(ask(pool, "SELECT 1 FROM pg_sleep(0.1)") for _ in range(3)))
        wire.drop()
        with pytest.raises(OperationalError):
            await ask(pool)
        assert await asyncio.gather(*(ask(pool) for _ in range(3))) == [1, 1, 1]


async def test_a_server_that_is_silent_is_given_up(database: Database) -> None:
    async with opened(database) as (wire, pool), asyncio.timeout(PATIENCE_S):
        wire.freeze()
        for _ in range(2):
            with pytest.raises(OperationalError):
                await ask(pool)
        await wire.mend()


async def test_a_server_that_is_only_slow_is_waited_for(database: Database) -> None:
    async with opened(database) as (_, pool), asyncio.timeout(PATIENCE_S):
        assert await ask(pool, "SELECT 1 FROM pg_sleep(2.5)") == 1


async def test_a_statement_and_a_lock_have_an_end(database: Database) -> None:
    async with opened(database, statement_s=0.2) as (_, pool), asyncio.timeout(PATIENCE_S):
        with pytest.raises(QueryCanceled):
            await ask(pool, "SELECT 1 FROM pg_sleep(60)")
    async with (
        opened(database, lock_s=0.2) as (_, pool),
        asyncio.timeout(PATIENCE_S),
        pool.connection() as holder,
    ):
        await holder.execute("SELECT pg_advisory_lock(1)")
        other = asyncio.create_task(ask_elsewhere(database))
        with pytest.raises(LockNotAvailable):
            await other


async def ask_elsewhere(database: Database) -> None:
    async with (
        open_pool(database.app, limits=Limits(lock_s=0.2)) as pool,
        pool.connection(timeout=10) as conn,
    ):
        await conn.execute("SELECT pg_advisory_lock(1)")


async def test_whoever_waits_for_a_full_pool_is_told(database: Database) -> None:
    async with opened(database) as (_, pool), asyncio.timeout(PATIENCE_S):
        held = [asyncio.create_task(ask(pool, "SELECT 1 FROM pg_sleep(5)")) for _ in range(3)]
        await asyncio.sleep(0.3)
        with pytest.raises(PoolTimeout):
            await ask(pool)
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def test_of_two_servers_the_one_that_is_asked_is_the_one_that_is_doubted(database: Database) -> None:
    """The first is silent, as a machine that was switched off; the second works, and is slow."""
    async with wire_to(database.app) as silent, wire_to(database.app) as there:
        way = conninfo_to_dict(there.through(database.app))
        dead = conninfo_to_dict(silent.through(database.app))
        both = make_conninfo(
            database.app,
            host=f"{dead['host']},{way['host']}",
            port=f"{dead['port']},{way['port']}",
            target_session_attrs="read-write",
        )
        silent.freeze()
        async with open_pool(both, size=3, wait_s=0.5) as pool:
            async with pool.connection(timeout=PATIENCE_S) as conn:
                assert str(conn.info.port) == str(way["port"])
            assert await ask(pool, "SELECT 1 FROM pg_sleep(3)") == 1
            there.freeze()
            with pytest.raises(OperationalError):
                await asyncio.wait_for(ask(pool), PATIENCE_S)
            await silent.mend()
            async with pool.connection(timeout=PATIENCE_S) as conn:
                assert str(conn.info.port) == str(dead["port"]), "the first takes over again"
