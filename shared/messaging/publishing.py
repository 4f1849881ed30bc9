"""Publishing: rows of the store as batches of the idempotent producer, in order, all or nothing.

An event's way, hop 4, the inner part. Previous hop: `relay`. Next hop: Kafka, where other services' agents read.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.eventsourcing.recorded import Row
from shared.messaging import envelope
from shared.messaging.address import KafkaAddress
from shared.messaging.envelope import Headers, Message
from shared.messaging.signing import GROUP, HEADER, Signer, message_digest
from shared.messaging.topics import topic_of

BATCH_BYTES: Final = 512 * 1024
Ends = dict[int, int]


class BrokerWiped(Exception):
    """The broker holds less than it had acknowledged: everything is to be published again."""


def sealed(source: str, rows: Sequence[Row], signer: Signer) -> list[tuple[bytes, bytes, Headers]]:
    """Key, value and headers of the messages that carry rows of `source`'s store, with the seal of who made them."""
    written = [envelope.write(source, row) for row in rows]
    digests = [message_digest(Message(topic_of(source), -1, -1, *one)) for one in written]
    seals = [seal for start in range(0, len(rows), GROUP) for seal in signer.seals(digests[start : start + GROUP])]
    return [(key, value, (*headers, (HEADER, seal))) for (key, value, headers), seal in zip(written, seals, strict=True)]


class Publisher:
    """Sends rows of one service to its topic. After any failure it is to be thrown away and another made: order comes before speed."""

    def __init__(self, source: str, bootstrap: str, signer: Signer) -> None:
        self._source, self._topic, self._signer = source, topic_of(source), signer
        self._partitions: list[int] = []
        self._chosen: dict[bytes, int] = {}
        self._producer = AIOKafkaProducer(
            **KafkaAddress.parse(bootstrap).client(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            request_timeout_ms=40_000,
            max_batch_size=BATCH_BYTES,
            max_request_size=2 * BATCH_BYTES,
        )

    async def start(self) -> None:
        """Connects. Raises KafkaConnectionError when no broker answers."""
        await self._producer.start()
        self._partitions = sorted(await self._producer.partitions_for(self._topic))

    async def stop(self) -> None:
        """Lets go; what is still unsent is dropped after a moment, the relay sends it again."""
        try:
            await asyncio.wait_for(self._producer.stop(), 3)
        except TimeoutError:
            await self._producer.client.close()

    async def send(self, rows: Sequence[Row], ends: Mapping[int, int]) -> Ends:
        """Sends rows in order and waits for all acknowledgements; answers with the log ends after them, by partition.

        Raises a KafkaError when any was not acknowledged (then all of them are to be sent again), BrokerWiped when the broker put one
        before the place where its log had ended.
        """
        sending = [
            (partition, batch, await self._producer.send_batch(batch, self._topic, partition=partition))
            for partition, batches in self._batches(rows).items()
            for batch in batches
        ]
        after = dict(ends)
        answers = await asyncio.gather(*(future for _, _, future in sending))
        for (partition, batch, _), answer in zip(sending, answers, strict=True):
            if 0 <= answer.offset < after.get(partition, 0):
                raise BrokerWiped(f"partition {partition} ended at {after[partition]} and goes on at {answer.offset}")
            after[partition] = max(after.get(partition, 0), answer.offset + batch.record_count())
        return after

    def _batches(self, rows: Sequence[Row]) -> dict[int, list[BatchBuilder]]:
        batches: dict[int, list[BatchBuilder]] = {}
        for row, (key, value, headers) in zip(rows, sealed(self._source, rows, self._signer), strict=True):
            filling = batches.setdefault(self._partition(key), [])
            moment = int(row.recorded_at.timestamp() * 1000)
            if not filling or filling[-1].append(key=key, value=value, timestamp=moment, headers=list(headers)) is None:
                filling.append(self._producer.create_batch())
                filling[-1].append(key=key, value=value, timestamp=moment, headers=list(headers))
        return batches

    def _partition(self, key: bytes) -> int:
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._chosen[key] = DefaultPartitioner()(key, self._partitions, self._partitions)
        return chosen
