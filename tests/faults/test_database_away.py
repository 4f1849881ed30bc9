"""The receiver's database goes away while messages come: they are waited with, not parked,
and have their effect once it is back.
"""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.support.kafka_part import KafkaPart
from tests.support.kernel import install, kernel
from tests.support.parts import PostgresPart
from tests.support.receiving import Sending, eventually, receiver_database, receiving
from tests.support.travelling import travelling


def close_database(postgres: PostgresPart, name: str, *, closed: bool) -> None:
    """Nobody may connect, and whoever is connected is thrown out; or the other way round."""
    with psycopg.connect(postgres.server.admin_url, autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {str(not closed).lower()}')
        if closed:
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


@pytest.fixture
async def sending(postgres: PostgresPart) -> AsyncIterator[Sending]:
    database = postgres.fresh_database("sender")
    install(database)
    async with kernel(database) as (pool, handler):
        yield Sending(database, pool, handler)


async def test_a_message_that_comes_during_the_outage_is_waited_with_and_never_parked(
    postgres: PostgresPart, sending: Sending
) -> None:
    await sending.happen("tally-1", 2)
    first, second = await sending.messages()
    async with receiving(receiver_database(postgres), sending.feed()) as service:
        await service.consumer.run(first)
        close_database(postgres, service.database.name, closed=True)
        try:
            running = asyncio.create_task(service.consumer.run(second))

            async def waits() -> bool:
                return service.consumer.waiting_for_database

            await eventually(waits, "the consumer says that it waits for the database")
            assert not running.done()
        finally:
            close_database(postgres, service.database.name, closed=False)
        await running
        assert not service.consumer.waiting_for_database
        assert (await service.effects(), await service.parked()) == ([("tally-1", 1), ("tally-1", 2)], [])


async def test_an_outage_of_both_databases_on_the_way_over_kafka_loses_and_doubles_nothing(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka) as whole:
        await whole.happen(1, 5)
        await whole.everything_arrives_once_and_in_order()
        await whole.happen(1, 5)
        for database in (whole.sending.database.name, whole.service.database.name):
            close_database(postgres, database, closed=True)
        await asyncio.sleep(8)
        for database in (whole.sending.database.name, whole.service.database.name):
            close_database(postgres, database, closed=False)

        async def commands_are_answered_again() -> bool:
            try:
                await whole.happen(2)
            except psycopg.OperationalError:
                return False
            return True

        await eventually(commands_are_answered_again, "the sender's pool has found its database again")
        await whole.happen(2, 4)
        await whole.everything_arrives_once_and_in_order()
        assert [name for name, _ in await whole.service.parked() if whole.token in name] == []
