"""Records that aiokafka cannot unpack hold no partition: they are parked by their place,
and what comes behind them is taken in.
"""

import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.record.util import calc_crc32c_py
from confluent_kafka import Producer

from deploy.local.broker.access import client_options
from shared.messaging.address import KafkaAddress
from shared.messaging.topics import topic_of
from tests.support.kafka_part import KafkaPart
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, eventually
from tests.support.travelling import travelling

Spoil = Callable[[KafkaPart, int], Awaitable[None]]


async def header_name_that_is_no_utf8(kafka: KafkaPart, partition: int) -> None:
    """A batch of three, the name of the second one's header spoilt;
    the broker takes it, because it does not look at names.
    """
    async with AIOKafkaProducer(**KafkaAddress.parse(kafka.bootstrap).client(), acks="all") as producer:
        batch = producer.create_batch()
        for name in ("one", "zzz", "two"):
            batch.append(key=b"3402-2099", value=b"{}", timestamp=1, headers=[(name, b"x")])
        raw = bytearray(batch._build())
        raw[raw.index(b"zzz") : raw.index(b"zzz") + 3] = b"\xff\xfe\xfd"
        struct.pack_into(">I", raw, 17, calc_crc32c_py(bytes(raw[21:])))
        batch._buffer = raw
        await (await producer.send_batch(batch, topic_of(SOURCE), partition=partition))


def compressed(codec: str) -> Spoil:
    async def send(kafka: KafkaPart, partition: int) -> None:
        options = (
            client_options(kafka.bootstrap)
            if "@" in kafka.bootstrap
            else {"bootstrap.servers": kafka.bootstrap}
        )
        producer = Producer({**options, "compression.type": codec, "linger.ms": 50})
        for _ in range(3):
            producer.produce(topic_of(SOURCE), b"{}" * 500, b"3402-2099", partition)
        assert producer.flush(20) == 0

    return send


async def nothing_in_it(kafka: KafkaPart, partition: int) -> None:
    async with AIOKafkaProducer(**KafkaAddress.parse(kafka.bootstrap).client(), acks="all") as producer:
        for _ in range(3):
            await producer.send_and_wait(topic_of(SOURCE), None, key=b"", partition=partition)


@asynccontextmanager
async def cleaned(kafka: KafkaPart) -> AsyncIterator[None]:
    """Takes the spoilt records out of the topic afterwards: other tests read it from its beginning."""
    try:
        yield
    finally:
        admin = AIOKafkaAdminClient(**KafkaAddress.parse(kafka.bootstrap).client())
        await admin.start()
        await admin.delete_records(
            {TopicPartition(topic_of(SOURCE), partition): RecordsToDelete(-1) for partition in range(4)}
        )
        await admin.close()


SPOILT: dict[str, Spoil] = {
    "header name": header_name_that_is_no_utf8,
    "empty": nothing_in_it,
    **{codec: compressed(codec) for codec in ("gzip", "snappy", "lz4", "zstd")},
}


@pytest.mark.parametrize("batches", [False, True])
async def test_what_cannot_be_unpacked_is_parked_and_the_partition_goes_on(
    postgres: PostgresPart, kafka: KafkaPart, *, batches: bool
) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker does not take batches apart")
    async with cleaned(kafka), travelling(postgres, kafka, batches=batches) as whole:
        for partition in range(4):
            for spoil in SPOILT.values():
                await spoil(kafka, partition)
        for number in range(8):
            await whole.happen(number, 2)
        await whole.everything_arrives_once_and_in_order()

        async def parked() -> bool:
            return [cause for _, cause in await whole.service.parked()].count("forged") >= 4 * 3 * len(SPOILT)

        await eventually(parked, "each of them is parked, of every partition")

        async def caught_up() -> bool:
            return whole.worker.health.state == "working"

        await eventually(caught_up, "everything is acknowledged, also the last ones")
