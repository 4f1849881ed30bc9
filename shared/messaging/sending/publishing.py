"""Publishing: rows of the store as sealed messages in batches of the idempotent producer, in order.

An event's way, hop 4, the inner part. Previous hop: `relay`.
Next hop: Kafka, where other services' agents read.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    CorruptRecordException,
    InvalidMessageError,
    InvalidTimestampError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    UnsupportedForMessageFormatError,
)
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.eventsourcing.recorded import Row
from shared.messaging import bundles, envelope
from shared.messaging.about import tell
from shared.messaging.address import KafkaAddress
from shared.messaging.envelope import Headers
from shared.messaging.sending.unpublished import NotSent
from shared.messaging.signing import GROUP, HEADER, Signer, digest_of
from shared.messaging.topics import MOST_BYTES, topic_of
from shared.telemetry import spans

BATCH_BYTES: Final = 512 * 1024
_ROOM: Final = 64 * 1024  # what a batch itself and the seal need beside the message
_EACH_HEADER: Final = 10
_SURELY_SMALL: Final = MOST_BYTES // 8  # characters; a character has at most four bytes
Ends = dict[int, int]


class BrokerWiped(Exception):
    """The broker holds less than it had acknowledged: everything is to be published again."""


REFUSALS: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidMessageError,
    CorruptRecordException,
    InvalidTimestampError,
    UnsupportedForMessageFormatError,
    PolicyViolationError,
)
"""What a broker says about a message, and not about itself: asking again changes nothing."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of some rows. `doubtful`: those of batches in which the broker refused something,
    to be sent again one by one.
    """

    ends: Ends
    refused: Sequence[NotSent] = ()
    doubtful: Sequence[Row] = ()
    reason: str = ""


@dataclass(slots=True)
class _Batch:
    partition: int
    builder: BatchBuilder
    rows: list[Row] = field(default_factory=list)


class Written(NamedTuple):
    """Rows as the message that carries them, sealed by who made it: most often one."""

    rows: Sequence[Row]
    key: bytes
    value: bytes
    headers: Headers


def sealed(source: str, rows: Sequence[Row], signer: Signer) -> tuple[list[Written], list[NotSent]]:
    """Rows of `source`'s store as messages with the seal of who made them;
    those that cannot be written or are larger than a topic takes.
    """
    written, refused = [], []
    for row in rows:
        try:
            key, value, headers = envelope.write(source, row)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is about this row alone
            refused.append(NotSent(row, type(error).__name__, str(error)))
            continue
        if (
            len(row.data) + len(row.metadata) > _SURELY_SMALL
            and (size := _size(key, value, headers)) > MOST_BYTES - _ROOM
        ):
            refused.append(
                NotSent(row, "MessageSizeTooLargeError", f"{size} bytes; a topic takes {MOST_BYTES}")
            )
            continue
        written.append((row, key, value, headers))
    digests = [digest_of(key, value, headers) for _, key, value, headers in written]
    seals = chain.from_iterable(
        signer.seals(digests[start : start + GROUP]) for start in range(0, len(digests), GROUP)
    )
    return [
        Written((row,), key, value, (*headers, (HEADER, seal)))
        for (row, key, value, headers), seal in zip(written, seals, strict=True)
    ], refused


def bundled(source: str, rows: Sequence[Row], signer: Signer) -> tuple[list[Written], list[NotSent]]:
    """Rows as as few messages as can carry them, those of one case in their order; an event that is alone
    travels alone, and so does what a bundle cannot carry.
    """
    groups = bundles.grouped(rows)
    together = [_bundle(source, group, signer) if len(group) > 1 else None for group in groups]
    by_themselves = [
        row for group, bundle in zip(groups, together, strict=True) if bundle is None for row in group
    ]
    alone, refused = sealed(source, by_themselves, signer)
    single = {one.rows[0].position: one for one in alone}
    written: list[Written] = []
    for group, bundle in zip(groups, together, strict=True):
        written += (
            [single[row.position] for row in group if row.position in single] if bundle is None else [bundle]
        )
    return written, refused


def _bundle(source: str, rows: Sequence[Row], signer: Signer) -> Written | None:
    try:
        return Written(rows, *bundles.write(source, rows, signer))
    except Exception:  # noqa: BLE001 - whatever it is, it is about one of the rows, and shows where they are alone
        return None


def _size(key: bytes, value: bytes, headers: Headers) -> int:
    return len(key) + len(value) + sum(len(name) + len(text) + _EACH_HEADER for name, text in headers)


class Publisher:
    """Sends rows of one service to its topic. After any failure it is to be thrown away and another made:
    order comes before speed.
    """

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
            max_request_size=MOST_BYTES + _ROOM,
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

    async def send(self, rows: Sequence[Row], ends: Mapping[int, int]) -> Sent:
        """Sends rows in order and waits for all acknowledgements;
        answers with the log ends after them, and with what was refused.

        Raises a KafkaError when any was not acknowledged for a reason of the broker's own (then all of them
        are to be sent again), BrokerWiped when the broker put one before the place where its log had ended.
        """
        begun, (batches, refused) = spans.moment(), self._batches(rows)
        futures = [
            await self._producer.send_batch(batch.builder, self._topic, partition=batch.partition)
            for batch in batches
        ]
        answers = await asyncio.gather(*futures, return_exceptions=True)
        after, failed = dict(ends), list[tuple[_Batch, BaseException]]()
        for batch, answer in zip(batches, answers, strict=True):
            if isinstance(answer, BaseException):
                failed.append((batch, answer))
            elif 0 <= answer.offset < after.get(batch.partition, 0):
                raise BrokerWiped(
                    f"partition {batch.partition} ended at {after[batch.partition]} and goes on at "
                    f"{answer.offset}"
                )
            else:
                after[batch.partition] = max(
                    after.get(batch.partition, 0), answer.offset + batch.builder.record_count()
                )
        reasons = [error for _, error in failed if isinstance(error, REFUSALS)]
        if failed and not reasons:
            raise failed[0][1]
        tell(self._source, "relay", rows, begun, "sends")
        doubtful = [row for batch, _ in failed for row in batch.rows]
        return Sent(after, refused, doubtful, type(reasons[0]).__name__ if reasons else "")

    def _batches(self, rows: Sequence[Row]) -> tuple[list[_Batch], list[NotSent]]:
        written, refused = bundled(self._source, rows, self._signer)
        filling: dict[int, _Batch] = {}
        batches: dict[int, list[_Batch]] = {}
        for one in written:
            partition = self._partition(one.key)
            if partition not in filling or not self._appended(filling[partition], one):
                filling[partition] = _Batch(partition, self._producer.create_batch())
                batches.setdefault(partition, []).append(filling[partition])
                if not self._appended(filling[partition], one):
                    raise RuntimeError("an empty batch takes any message")
        return [batch for several in batches.values() for batch in several], refused

    @staticmethod
    def _appended(batch: _Batch, one: Written) -> bool:
        moment = int(one.rows[-1].recorded_at.timestamp() * 1000)
        if (
            batch.builder.append(key=one.key, value=one.value, timestamp=moment, headers=list(one.headers))
            is None
        ):
            return False
        batch.rows += one.rows
        return True

    def _partition(self, key: bytes) -> int:
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._chosen[key] = DefaultPartitioner()(key, self._partitions, self._partitions)
        return chosen
