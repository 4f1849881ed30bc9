"""The broker dies and comes back, or comes back with nothing: everything arrives, nothing twice, in order."""

import asyncio

import pytest

from tests.faults.in_topic import in_topic
from tests.support.kafka_part import KafkaPart
from tests.support.parts import PostgresPart
from tests.support.receiving import eventually
from tests.support.travelling import Travelling, travelling


async def some_happen(whole: Travelling, times: int) -> None:
    for number in range(6):
        await whole.happen(number, times)


async def holds(kafka: KafkaPart, whole: Travelling) -> bool:
    """Whether every event stands in the topic, alone or in a bundle."""
    sent = {event for events in await in_topic(kafka.bootstrap, whole.token) for event in events}
    return sent >= {(row.stream, row.version) for row in await whole.sending.rows()}


LONG = (pytest.param(seconds, marks=pytest.mark.test_all) for seconds in (30, 60))


@pytest.mark.parametrize("seconds", [5, *LONG])
async def test_a_killed_broker_that_comes_back_loses_nothing_and_doubles_nothing(
    postgres: PostgresPart, kafka: KafkaPart, seconds: int
) -> None:
    async with travelling(postgres, kafka) as whole:
        await some_happen(whole, 3)
        await whole.everything_arrives_once_and_in_order()
        await some_happen(whole, 1)
        await asyncio.to_thread(kafka.kill)
        for _ in range(seconds):
            await some_happen(whole, 1)
            await asyncio.sleep(1)
        await asyncio.to_thread(kafka.restart)
        await whole.everything_arrives_once_and_in_order()
        await some_happen(whole, 3)
        await whole.everything_arrives_once_and_in_order()


@pytest.mark.parametrize("batches", [False, True])
async def test_a_wiped_broker_gets_everything_again_and_no_effect_is_doubled(
    postgres: PostgresPart, kafka: KafkaPart, *, batches: bool
) -> None:
    async with travelling(postgres, kafka, batches=batches) as whole:
        await some_happen(whole, 5)
        await whole.everything_arrives_once_and_in_order()
        before = whole.relay.checkpoint
        await asyncio.to_thread(kafka.wipe)
        await some_happen(whole, 5)
        await whole.everything_arrives_once_and_in_order()

        async def published_again() -> bool:
            return whole.relay.checkpoint.cluster != before.cluster and await holds(kafka, whole)

        await eventually(published_again, "the new broker holds every event, also those from before the wipe")
        await some_happen(whole, 2)
        await whole.everything_arrives_once_and_in_order()


async def test_what_was_never_taken_in_before_the_wipe_arrives_by_republishing_alone(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka, started=False) as whole:
        whole.start("relay")
        await some_happen(whole, 5)
        rows = await whole.sending.rows()

        async def sent() -> bool:
            return whole.relay.checkpoint.position == rows[-1].position

        await eventually(sent, "the old broker took everything")
        await asyncio.to_thread(kafka.wipe)
        whole.start("worker")
        await whole.everything_arrives_once_and_in_order()


async def test_a_relay_that_starts_after_the_wipe_notices_it(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka) as whole:
        await some_happen(whole, 2)
        await whole.everything_arrives_once_and_in_order()
        before = whole.relay.checkpoint
        await whole.stop("relay")
        await whole.stop("worker")
        await asyncio.to_thread(kafka.wipe)
        whole.start("relay")

        async def published_again() -> bool:
            return whole.relay.checkpoint.cluster != before.cluster and await holds(kafka, whole)

        await eventually(published_again, "the new broker holds every event")


async def test_a_start_without_a_broker_waits_for_it(postgres: PostgresPart, kafka: KafkaPart) -> None:
    await asyncio.to_thread(kafka.stop)
    async with travelling(postgres, kafka) as whole:
        try:
            await some_happen(whole, 1)

            async def unreachable() -> bool:
                return whole.worker.health.state == "unreachable" and whole.relay.trouble != ""

            await eventually(unreachable, "worker and relay say that the broker is away")
        finally:
            await asyncio.to_thread(kafka.restart)
        await whole.everything_arrives_once_and_in_order()

        async def working() -> bool:
            return whole.worker.health.state == "working"

        await eventually(working, "the worker says that it works")
