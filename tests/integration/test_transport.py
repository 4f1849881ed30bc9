"""The whole way of an event over a real broker: append, relay, Kafka, Faust, consumer, effect."""

import asyncio

import pytest

from shared.eventsourcing.past.moment import at_time
from shared.messaging.sending.relay import Relay
from tests.faults.in_topic import in_topic
from tests.support.kafka_part import KafkaPart
from tests.support.keys import SIGNERS
from tests.support.parts import PostgresPart
from tests.support.receiving import eventually
from tests.support.travelling import travelling


@pytest.mark.parametrize("batches", [False, True])
async def test_what_happens_here_has_its_effect_there_once_and_in_order(
    postgres: PostgresPart, kafka: KafkaPart, *, batches: bool
) -> None:
    async with travelling(postgres, kafka, batches=batches) as whole:
        for number in range(8):
            await whole.happen(number, 10)
        await whole.everything_arrives_once_and_in_order()


async def test_what_waits_together_goes_in_bundles_and_what_is_alone_goes_alone(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka, started=False) as whole:
        for _ in range(30):
            await whole.happen(1)
            await whole.happen(2)
        await whole.happen(3)
        for part in ("relay", "worker"):
            whole.start(part)
        await whole.everything_arrives_once_and_in_order()
        messages = await in_topic(kafka.bootstrap, whole.token)
        assert sorted(len(events) for events in messages) == [1, 30, 30]
        await whole.happen(1)
        await whole.everything_arrives_once_and_in_order()
        assert (await in_topic(kafka.bootstrap, whole.token)).count([(whole.stream(1), 31)]) == 1


async def test_what_was_sent_is_ticked_so_that_a_past_moment_can_be_asked_for(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka) as whole:
        await whole.happen(1, 3)
        await whole.everything_arrives_once_and_in_order()

        async def ticked() -> bool:
            async with whole.sending.pool.connection() as conn:
                found = await (
                    await conn.execute("SELECT max(position), clock_timestamp() FROM tick")
                ).fetchone()
                assert found
                then = await at_time(conn, found[1])
                return then.position == whole.relay.checkpoint.position == int(found[0])

        await eventually(ticked, "the last position is ticked")


async def test_a_failing_handler_blocks_no_other_stream_and_the_button_brings_its_effect(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka) as whole:
        stuck, free = whole.stream(1), whole.stream(2)
        whole.service.failing.add((stuck, 1))
        await whole.happen(1, 2)
        await whole.happen(2, 2)

        async def free_and_parked() -> bool:
            parked = await whole.service.parked()
            ours = [cause for name, cause in parked if stuck in name]
            return {(free, 1), (free, 2)} <= set(await whole.effects()) and ours == ["handler", "behind"]

        await eventually(free_and_parked, "the other stream went on and this one is parked with its cause")
        whole.service.failing.clear()
        await whole.service.press_retry(f"intake/{stuck}/1")
        await whole.everything_arrives_once_and_in_order()
        assert [name for name, _ in await whole.service.parked() if stuck in name] == []


async def test_only_one_of_two_relays_sends(postgres: PostgresPart, kafka: KafkaPart) -> None:
    async with travelling(postgres, kafka) as whole:
        await whole.happen(1)
        await whole.everything_arrives_once_and_in_order()
        second = Relay("intake", whole.sending.database.app, kafka.bootstrap, SIGNERS["intake"])
        waiting = asyncio.create_task(second.run())
        try:
            await whole.happen(1)
            await whole.everything_arrives_once_and_in_order()
            assert (whole.relay.elected, second.elected) == (True, False)
            await whole.stop("relay")

            async def elected() -> bool:
                return second.elected

            await eventually(elected, "the second relay takes over")
            await whole.happen(1)
            await whole.everything_arrives_once_and_in_order()
        finally:
            waiting.cancel()
            await asyncio.wait({waiting})
