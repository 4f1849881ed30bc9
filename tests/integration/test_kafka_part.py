"""The Kafka that tests and `jejak up` run on."""

import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.messaging.topics import ensure_topics
from tests.support.parts import KafkaPart


async def send(bootstrap: str, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"3402-2026")


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
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
