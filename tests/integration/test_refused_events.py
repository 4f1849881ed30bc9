"""An event that the broker will not take is named and holds up nothing:
not its chunk, not its stream, not the relay.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import psycopg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.messaging.address import KafkaAddress
from shared.messaging.sending import unpublished
from shared.messaging.sending.unpublished import Unpublished
from shared.messaging.topics import MOST_BYTES, ensure_topics, topic_of
from tests.support.kafka_part import KafkaPart
from tests.support.kernel import CASE
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, eventually
from tests.support.travelling import Travelling, travelling

PUT = """
    INSERT INTO event (stream, version, case_id, type, schema, data, metadata, recorded_at)
    VALUES (%s, %s, %s, 'figure-entered', 1, %s::jsonb, %s::jsonb, now())"""
DATA = msgspec.json.encode(
    {"cycle": CASE, "agency": "dinkes", "period": "tahunan", "service": "kes.balita",
        "figure": {"served": 1, "entitled": 2}, "by": "sri",
     "occurred_on": "2026-02-02"}
).decode()  # fmt: skip


def put(
    whole: Travelling, number: int, version: int, *, person: str = "sri", metadata: str | None = None
) -> None:
    """An event as no command would write it any more."""
    actor = {"person": person, "role": "unsur_opd", "agency": "dinkes"}
    said = metadata or msgspec.json.encode({"actor": actor, "command_id": "c", "correlation": "c"}).decode()
    with psycopg.connect(whole.sending.database.owner, autocommit=True) as conn:
        conn.execute(PUT, (whole.stream(number), version, f"3402-{2000 + number}", DATA, said))
    whole.relay.wake()


async def refused(whole: Travelling) -> list[Unpublished]:
    async with whole.sending.pool.connection() as conn:
        return await unpublished.listed(conn)


async def named(whole: Travelling, *expected: tuple[int, int]) -> None:
    wanted = [(whole.stream(number), version) for number, version in expected]

    async def as_expected() -> bool:
        return sorted((one.stream, one.version) for one in await refused(whole)) == sorted(wanted)

    await eventually(as_expected, f"exactly these are named: {wanted}")


@asynccontextmanager
async def narrow(kafka: KafkaPart, most: int) -> AsyncIterator[None]:
    """The topic takes less for a while."""
    admin = AIOKafkaAdminClient(**KafkaAddress.parse(kafka.bootstrap).client())
    await admin.start()
    try:
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic_of(SOURCE), {"max.message.bytes": str(most)})]
        )
        yield
    finally:
        await admin.close()
        await ensure_topics(kafka.bootstrap)


async def test_what_is_too_large_or_cannot_be_written_is_named_and_everything_else_goes_on(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka) as whole:
        put(whole, 1, 1, person="x" * (MOST_BYTES + 1))
        put(whole, 2, 1, metadata='{"actor": 1}')
        await whole.happen(3, 2)
        await named(whole, (1, 1), (2, 1))
        first, second = await refused(whole)
        assert (first.cause, first.tries, second.cause) == ("MessageSizeTooLargeError", 1, "ValidationError")
        put(whole, 1, 2)
        put(whole, 1, 3)
        wanted = {
            (whole.stream(1), 1),
            (whole.stream(1), 2),
            (whole.stream(1), 3),
            (whole.stream(3), 1),
            (whole.stream(3), 2),
        }

        async def arrived() -> bool:
            return wanted <= set(await whole.effects())

        await eventually(
            arrived,
            "other streams arrive by Kafka, and the refused event by the feed when a later one shows the gap",
        )
        assert whole.relay.trouble == ""
        assert not whole.service.consumer.waiting_for_database


async def test_what_the_broker_refuses_alone_is_found_and_sent_once_it_takes_it(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker has no limits to set")
    async with travelling(postgres, kafka, started=False) as whole:
        for number in range(6):
            await whole.happen(number, 5)
            put(whole, number, 6, person="y" * (20_000 if number in {1, 4} else 10))
            put(whole, number, 7)
        async with narrow(kafka, 10_000):
            whole.start("relay")
            await named(whole, (1, 6), (4, 6))
            assert {one.cause for one in await refused(whole)} == {"MessageSizeTooLargeError"}
            assert whole.relay.checkpoint.position == (await whole.sending.rows())[-1].position
            await whole.happen(0, 1)

            async def went_on() -> bool:
                return whole.relay.checkpoint.position == (await whole.sending.rows())[-1].position

            await eventually(went_on, "the relay goes on")
        whole.start("worker")
        await whole.everything_arrives_once_and_in_order()
        async with whole.sending.pool.connection() as conn:
            for one in await unpublished.listed(conn):
                assert await unpublished.retry(conn, one.position)
            assert not await unpublished.retry(conn, 10**9)
        whole.relay.wake()
        await named(whole)
        await whole.everything_arrives_once_and_in_order()


async def test_a_relay_that_starts_again_knows_them_and_does_not_send_them_each_time(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka, started=False) as whole:
        put(whole, 1, 1, person="x" * (MOST_BYTES + 1))
        whole.start("relay")
        await named(whole, (1, 1))
        await whole.stop("relay")
        whole.start("relay")
        await whole.happen(2)

        async def knows() -> bool:
            return (
                whole.relay.elected
                and len(whole.relay.unpublished) == 1
                and whole.relay.checkpoint.position > 1
            )

        await eventually(knows, "the new relay has read them")
        assert [one.tries for one in await refused(whole)] == [1]
