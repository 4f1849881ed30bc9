"""The Kafka that tests and `jejak up` run on."""

import uuid

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.messaging.address import KafkaAddress
from shared.messaging.topics import ensure_topics, topic_of
from tests.support.parts import KafkaPart


async def send(bootstrap: str, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(
        **KafkaAddress.parse(bootstrap).client(), acks="all", enable_idempotence=True
    ) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"3402-2026")


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(
        topic, **KafkaAddress.parse(bootstrap).client(), auto_offset_reset="earliest"
    ) as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_a_broker_killed_after_it_answered_still_has_the_messages_in_order(kafka: KafkaPart) -> None:
    topic = f"killed-{uuid.uuid4()}"
    await ensure_topics(kafka.bootstrap, [topic])
    sent = [f"message {number}".encode() for number in range(50)]
    await send(kafka.bootstrap, topic, sent)
    kafka.kill()
    kafka.restart()
    assert await read(kafka.bootstrap, topic, len(sent)) == sent


async def test_a_wiped_broker_comes_back_empty_on_the_same_address(kafka: KafkaPart) -> None:
    topic = f"wiped-{uuid.uuid4()}"
    await ensure_topics(kafka.bootstrap, [topic])
    await send(kafka.bootstrap, topic, [b"gone"])
    kafka.wipe()
    assert await ensure_topics(kafka.bootstrap, [topic]) == (topic,)
    await send(kafka.bootstrap, topic, [b"first"])
    assert await read(kafka.bootstrap, topic, 1) == [b"first"]


async def test_nobody_enters_the_broker_without_its_secret(kafka: KafkaPart) -> None:
    address = KafkaAddress.parse(kafka.bootstrap)
    stranger = KafkaAddress(address.servers, address.user, "guess")
    assert address.secret
    for entering in (stranger, KafkaAddress(address.servers)):
        with pytest.raises(KafkaError):
            async with AIOKafkaProducer(**entering.client(), request_timeout_ms=3000) as producer:
                await producer.send_and_wait(topic_of("intake"), b"forged")
