"""The loop body of an agent: nothing escapes from it, and nothing is acknowledged before it was taken in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared.messaging.envelope import Message
from shared.messaging.faust.listening import BATCH, HELD, in_batches


class FakeStream:
    """Faust's stream as far as a listener touches it.
    Like Faust's, it acknowledges when the loop goes on, unless told not to.
    """

    def __init__(self, size: int) -> None:
        self.enable_acks = True
        self.current_event: Any = None
        self.acked: list[int] = []
        self.messages: list[Any] = []
        self._size = size
        self.forever = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for offset in range(self._size):
            raw = SimpleNamespace(
                topic="jejak.intake",
                partition=0,
                offset=offset,
                key=b"",
                value=b"",
                headers=None,
                acked=False,
            )
            self.messages.append(raw)
            self.current_event = event = SimpleNamespace(message=raw)
            try:
                yield b""
            finally:
                if self.enable_acks:
                    await self.ack(event)
        await self.forever.wait()

    async def ack(self, event: Any) -> None:
        if not event.message.acked:
            event.message.acked = True
            self.acked.append(event.message.offset)


class Taker:
    """Takes in when it is let; fails before as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.open, self.begun, self.taken = asyncio.Event(), asyncio.Event(), list[int]()
        self.sizes: list[int] = []
        self.failures = failures

    async def run(self, message: Message) -> None:
        await self.run_many([message])

    async def run_many(self, messages: Sequence[Message]) -> None:
        self.begun.set()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("it never should")
        await self.open.wait()
        self.sizes.append(len(messages))
        self.taken += [message.offset for message in messages]


def start(listener: Any, taker: Taker, stream: FakeStream) -> "asyncio.Task[None]":
    return asyncio.create_task(listener(taker)(stream))


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nobody sets an event
            await asyncio.sleep(0)


async def test_a_message_is_acknowledged_after_it_was_taken_in() -> None:
    stream, taker = FakeStream(2), Taker()
    listening = start(in_batches, taker, stream)
    await taker.begun.wait()
    assert stream.acked == []
    taker.open.set()
    await until(lambda: stream.acked == [0, 1])
    listening.cancel()


async def test_a_cancelled_listener_still_finishes_what_it_holds_before_it_is_acknowledged() -> None:
    for listener in (in_batches,):
        stream, taker = FakeStream(1), Taker()
        listening = start(listener, taker, stream)
        await taker.begun.wait()
        listening.cancel()
        for _ in range(20):
            await asyncio.sleep(0)
        assert (stream.acked, listening.done()) == ([], False)
        taker.open.set()
        await asyncio.wait({listening})
        assert taker.taken == [0]


async def test_an_exception_is_no_reason_to_go_on_and_acknowledge(monkeypatch: Any) -> None:
    async def at_once(_seconds: float) -> None:
        return None

    stream, taker = FakeStream(1), Taker(failures=3)
    taker.open.set()
    monkeypatch.setattr("shared.messaging.faust.listening.asyncio.sleep", at_once)
    listening = start(in_batches, taker, stream)
    async with asyncio.timeout(30):
        while not stream.acked:
            await asyncio.wait({listening}, timeout=0.01)
    assert (taker.taken, taker.failures) == ([0], 0)
    listening.cancel()


async def test_what_has_piled_up_is_taken_in_together_and_acknowledged_in_order() -> None:
    stream, taker = FakeStream(2 * BATCH), Taker()
    listening = start(in_batches, taker, stream)
    await taker.begun.wait()
    for _ in range(4 * BATCH):
        await asyncio.sleep(0)
    assert stream.acked == []
    taker.open.set()
    await until(lambda: len(stream.acked) == 2 * BATCH)
    assert stream.acked == taker.taken == list(range(2 * BATCH))
    assert len(taker.sizes) <= 4
    assert max(taker.sizes) <= BATCH
    listening.cancel()
    await asyncio.wait({listening})


async def test_what_was_not_taken_in_before_the_end_is_not_acknowledged() -> None:
    stream, taker = FakeStream(3), Taker()
    listening = start(in_batches, taker, stream)
    await taker.begun.wait()
    await until(lambda: stream.current_event.message.offset == 2)
    listening.cancel()
    taker.open.set()
    await asyncio.wait({listening})
    assert stream.acked == taker.taken


@pytest.mark.parametrize("many", [1, 3, HELD + 1, HELD + 10])
async def test_faust_waits_at_its_end_for_nothing_that_nobody_takes_in_any_more(many: int) -> None:
    """It waits for every message that is neither acknowledged nor let go: a stream has the last event of a
    cancelled agent, and the worker stood there until it was killed.
    """
    stream, taker = FakeStream(many), Taker()
    listening = start(in_batches, taker, stream)
    await taker.begun.wait()
    await until(lambda: len(stream.messages) >= min(many, HELD))
    listening.cancel()
    taker.open.set()
    await asyncio.wait({listening})
    assert [message.offset for message in stream.messages if not message.acked] == []
    assert stream.acked == taker.taken, "and nothing is committed that was not taken in"
