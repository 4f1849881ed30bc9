"""A partition gets its first messages while a second worker joins:
with the seek patch nothing is lost, and without it something is.

The moment that loses messages is forced: the first worker's new assignment is held
open until what it fetched in it was dropped.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaProducer
from faust.contrib.asgi import faust_app_running
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from shared.messaging.address import KafkaAddress
from shared.messaging.faust import app as faust_app
from shared.messaging.faust import seeking
from shared.messaging.faust.listening import message_of, raw_topic
from shared.messaging.topics import PARTITIONS, ensure_topics, topic_of
from tests.support.kafka_part import KafkaPart
from tests.support.receiving import eventually

FIRST = {f"first-{number}" for number in range(60)}


class Listening:
    """One worker that writes down what it hears, in the recommended shape:
    raw bytes, isolated partitions, a total loop body.
    """

    def __init__(self, source: str, bootstrap: str, node: str, heard: set[str]) -> None:
        self.app: faust.App = faust_app.build(source, bootstrap, node)
        self.consumer: Any = None

        async def listen(stream: Any) -> None:
            async for _ in stream:
                heard.add((message_of(stream.current_event).value or b"").decode())

        self.app.agent(raw_topic(self.app, source), name="listen", isolated_partitions=True)(listen)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with faust_app_running(self.app, discover=False):
            self.consumer = self.app.consumer
            yield

    def assigned(self) -> int:
        return len(self.consumer.assignment())


class HeldAssignment:
    """Holds a worker's next assignment open: messages come, are fetched, are dropped;
    only then may it go on.
    """

    def __init__(self, worker: Listening, first_messages: Any) -> None:
        self._fetch, self._seek = worker.consumer._getmany, worker.consumer.perform_seek
        tables: Any = worker.app.tables
        recovery = tables.recovery
        self._resume, self._first_messages = recovery._resume_streams, first_messages
        self.waiting, self.dropped = asyncio.Event(), asyncio.Event()
        worker.consumer._getmany, worker.consumer.perform_seek, recovery._resume_streams = (
            self.fetch,
            self.seek,
            self.resume,
        )

    async def fetch(self, active_partitions: Any, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's own signature
        self.waiting.set()
        return await self._fetch(active_partitions, timeout if self.dropped.is_set() else 600.0)

    async def seek(self) -> None:
        await self._seek()
        self.dropped.set()

    async def resume(self, generation_id: int = 0) -> None:
        if not self.dropped.is_set():
            await self._first_messages()
            await self.dropped.wait()
        await self._resume(generation_id=generation_id)


async def send(bootstrap: str, topic: str, texts: set[str]) -> None:
    """The same number of messages to every partition."""
    producer = AIOKafkaProducer(**KafkaAddress.parse(bootstrap).client())
    await producer.start()
    try:
        for number, text in enumerate(sorted(texts)):
            await producer.send_and_wait(topic, text.encode(), partition=number % PARTITIONS)
    finally:
        await producer.stop()


async def heard_while_a_second_worker_joins(bootstrap: str) -> set[str]:
    """What two workers heard of the first messages and of a last one in each partition,
    once all the last ones were heard.
    """
    source, heard = f"seek-{secrets.token_hex(4)}", set[str]()
    topic = topic_of(source)
    await ensure_topics(bootstrap, [topic])
    one, two = (Listening(source, bootstrap, node, heard) for node in "12")
    last = {f"last-{number}" for number in range(PARTITIONS)}

    async def has_everything() -> bool:
        return one.assigned() == PARTITIONS and one.consumer.flow_active

    async def shared_out() -> bool:
        return one.assigned() + two.assigned() == PARTITIONS and min(one.assigned(), two.assigned()) > 0

    async def heard_the_last() -> bool:
        return last <= heard

    async with one.running():
        await eventually(has_everything, "the first worker has every partition")
        held = HeldAssignment(one, lambda: send(bootstrap, topic, FIRST))
        # the fetch that began before came back, and this one waits until messages are there
        await held.waiting.wait()
        async with two.running():
            await held.dropped.wait()
            await eventually(shared_out, "both workers have partitions")
            await send(bootstrap, topic, last)
            await eventually(heard_the_last, "the last message of every partition was heard")
    return heard


@pytest.fixture
def real_kafka(kafka: KafkaPart) -> KafkaPart:
    if kafka.embedded:
        pytest.skip("the embedded broker knows no second member of a group")
    return kafka


async def test_with_the_seek_patch_the_first_messages_of_a_partition_are_all_heard(
    real_kafka: KafkaPart,
) -> None:
    assert heard_all(await heard_while_a_second_worker_joins(real_kafka.bootstrap))


async def test_without_the_seek_patch_first_messages_are_lost(
    real_kafka: KafkaPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def as_faust_does(thread: Any) -> Any:
        return await thread.call_thread(thread._ensure_consumer().seek_to_committed)

    def unpatched() -> None:
        monkeypatch.setattr(AIOKafkaConsumerThread, "seek_to_committed", as_faust_does)

    monkeypatch.setattr(seeking, "patch", unpatched)
    assert not heard_all(await heard_while_a_second_worker_joins(real_kafka.bootstrap))


def heard_all(heard: set[str]) -> bool:
    return heard >= FIRST
