"""How an agent listens: raw bytes from Faust's stream to the consumer,
and an acknowledgement only after the consumer is done.

An event's way, hop 5. Previous hop: Kafka, through Faust. Next hop: `consumer.run`.

Faust acknowledges a message when the loop goes on, is cancelled or fails.
So nothing escapes from the loop body, and a cancelled agent still finishes what it holds.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import faust
import structlog
from faust.types import EventT, StreamT

from shared.background import ended
from shared.messaging.about import about_all
from shared.messaging.bundles import Arrived
from shared.messaging.envelope import Message, headers_of
from shared.messaging.topics import topic_of

log = structlog.get_logger()

BATCH, BATCH_BYTES = 500, 1024 * 1024
"""What is taken in together: at most so many messages, and no further one behind so many bytes."""
HELD, HELD_BYTES = 2_000, 2 * 1024 * 1024
"""Of each partition; when Faust's own buffer behind it is full as well, it pauses the partition for up to a
second.
"""
Listener = Callable[[StreamT[bytes]], Awaitable[None]]


class Receiver(Protocol):
    """What messages are handed to, and what answers when they are taken in or parked:
    the consumer, or a test.
    """

    async def run(self, message: Message) -> None: ...

    async def run_many(self, messages: Sequence[Arrived]) -> None: ...

    def opened(self, message: Message) -> Sequence[Arrived]: ...


def raw_topic(app: faust.App, source: str) -> Any:
    """The topic of a source as bytes: what Faust cannot decode, it would drop."""
    return app.topic(
        topic_of(source), key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )


def message_of(event: EventT[Any]) -> Message:
    """What Faust holds as a message of ours."""
    raw = event.message
    headers = raw.headers.items() if isinstance(raw.headers, Mapping) else raw.headers
    return Message(raw.topic, raw.partition, raw.offset, raw.key, raw.value, headers_of(headers))


class Held:
    """What came and was not taken in yet, in order; whoever brings more than it holds waits for room."""

    def __init__(self) -> None:
        self._waiting: deque[EventT[Any]] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()

    async def put(self, event: EventT[Any]) -> None:
        """Adds it at the end, and returns as soon as there is room for another."""
        self._waiting.append(event)
        self._bytes += _weight(event)
        async with self._changed:
            self._changed.notify_all()
            await self._changed.wait_for(lambda: len(self._waiting) < HELD and self._bytes < HELD_BYTES)

    def let_go(self) -> None:
        """Nobody takes in here what is left, and Faust, which at its end waits for every message that
        somebody has, does not wait for these. Nothing is committed: the next reader gets them again.
        """
        while self._waiting:
            self._waiting.popleft().message.acked = True

    async def batch(self) -> list[EventT[Any]]:
        """Takes out what goes together, at least one."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._waiting))
            batch, weight = list[EventT[Any]](), 0
            while self._waiting and len(batch) < BATCH and weight < BATCH_BYTES:
                batch.append(self._waiting.popleft())
                weight += _weight(batch[-1])
            self._bytes -= weight
            self._changed.notify_all()
            return batch


def _weight(event: EventT[Any]) -> int:
    return len(event.message.value or b"")


def in_batches(receiver: Receiver) -> Listener:
    """A listener that takes in together what has piled up, and acknowledges in order afterwards.

    Faust's own `take` waits a fixed time for every batch; this one goes at once.
    For agents with `isolated_partitions`, so that one partition's messages are acknowledged in their order.
    """

    async def listen(stream: StreamT[bytes]) -> None:
        stream.enable_acks = False
        held = Held()
        draining = asyncio.create_task(_drain(stream, held, receiver))
        try:
            async for event in _events(stream):
                await held.put(event)
        finally:
            await ended(draining)
            held.let_go()

    return listen


async def _drain(stream: StreamT[bytes], held: Held, receiver: Receiver) -> None:
    while True:
        batch = await held.batch()
        try:
            await _to_the_end(receiver.run_many, [message_of(event) for event in batch])
        finally:
            for event in batch:
                await stream.ack(event)


async def _events(stream: StreamT[bytes]) -> AsyncIterator[EventT[Any]]:
    async for _ in stream:
        if stream.current_event is not None:
            yield stream.current_event


async def _to_the_end(work: Callable[[Any], Awaitable[None]], what: Any) -> None:
    """Lets it come to its end even when we are cancelled meanwhile; then the cancellation goes on."""
    task = asyncio.ensure_future(_insist(work, what))
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


async def _insist(work: Callable[[Any], Awaitable[None]], what: Any) -> None:
    while True:
        try:
            return await work(what)
        except Exception:
            # it never should; going on would acknowledge what was not taken in
            with about_all([what] if isinstance(what, Message) else what):
                log.exception("consumer-raised")
            await asyncio.sleep(1)
