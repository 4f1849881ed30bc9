"""Rebuilding read models: identical to the live ones, or the exact rows that differ; and a damaged table is whole again."""

from collections.abc import AsyncIterator, Sequence

import psycopg

from deploy.local.postgres import Database
from shared.eventsourcing.rebuild import Certificate, rebuild
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import open_pool
from tests.support.kernel import SRI, TALLY, command_id, install, kernel, order, project
from tests.support.parts import PostgresPart


async def no_feed(_source: str, _after: int) -> AsyncIterator[Sequence[Row]]:
    return
    yield


async def rebuilt(database: Database) -> Certificate:
    pool = open_pool(database.owner, size=1)
    async with pool, pool.connection() as conn:
        return await rebuild(conn, "intake", project, TALLY.metadata, (), no_feed)


async def counted(postgres: PostgresPart) -> Database:
    database = postgres.fresh_database("rebuild")
    install(database)
    async with kernel(database) as (_, handler):
        for number in range(30):
            await handler.handle(order(1, f"tally-{number % 3}"), actor=SRI, command_id=command_id())
    return database


async def test_live_read_models_equal_their_rebuild(postgres: PostgresPart) -> None:
    certificate = await rebuilt(await counted(postgres))
    assert (certificate.identical, certificate.events, certificate.tables[0].live) == (True, 30, 3)


async def test_a_forged_row_is_named_and_mended(postgres: PostgresPart) -> None:
    database = await counted(postgres)
    with psycopg.connect(database.app, autocommit=True) as conn:
        conn.execute("UPDATE tally SET served = 99 WHERE stream = 'tally-1'")
    first, second = await rebuilt(database), await rebuilt(database)
    assert (first.tables[0].differing, second.identical) == (('["tally-1"]',), True)
