"""Gathering: partitions that wait together are taken in together, causes first,
and nobody is told "done" too early.
"""

import asyncio
from collections.abc import Sequence

import pytest

from services.archive.gathering import Gathering, in_time
from shared.messaging.envelope import Message


def message(offset: int, at: str = "", topic: str = "jejak.intake") -> Message:
    headers = (("ce_time", f"2026-11-23T01:02:{at}.000000Z".encode()),) if at else ()
    return Message(topic, 0, offset, b"k", b"{}", headers)


class Slow:
    """A consumer that waits to be let on, and remembers what it was given."""

    def __init__(self) -> None:
        self.taken: list[list[int]] = []
        self.gate = asyncio.Event()
        self.fails = 0

    def opened(self, message: Message) -> Sequence[Message]:
        return (message,)

    async def run_many(self, messages: Sequence[Message]) -> None:
        await self.gate.wait()
        if self.fails:
            self.fails -= 1
            raise RuntimeError("database away")
        self.taken.append([one.offset for one in messages])


async def test_what_comes_while_one_batch_is_taken_in_goes_together_afterwards() -> None:
    consumer = Slow()
    gathering = Gathering(consumer)
    callers = [asyncio.create_task(gathering.run(message(0)))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    callers += [asyncio.create_task(gathering.run_many([message(n), message(n + 1)])) for n in (1, 3, 5)]
    consumer.gate.set()
    await asyncio.gather(*callers)
    assert consumer.taken == [[0], [1, 2, 3, 4, 5, 6]]


async def test_nobody_is_done_before_the_consumer_is() -> None:
    consumer = Slow()
    gathering = Gathering(consumer)
    caller = asyncio.create_task(gathering.run(message(0)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not caller.done()
    consumer.gate.set()
    await caller
    assert consumer.taken == [[0]]


async def test_a_failure_reaches_everybody_concerned_and_later_ones_go_on() -> None:
    consumer = Slow()
    consumer.fails = 1
    consumer.gate.set()
    gathering = Gathering(consumer)
    with pytest.raises(RuntimeError, match="database away"):
        await gathering.run(message(0))
    await gathering.run(message(0))
    assert consumer.taken == [[0]]


async def test_a_cancelled_caller_takes_nothing_from_the_others() -> None:
    consumer = Slow()
    gathering = Gathering(consumer)
    leaving, staying = (
        asyncio.create_task(gathering.run(message(0))),
        asyncio.create_task(gathering.run(message(1))),
    )
    await asyncio.sleep(0)
    leaving.cancel()
    consumer.gate.set()
    await staying
    assert consumer.taken == [[0, 1]]


async def test_a_large_gathering_goes_in_slices() -> None:
    consumer = Slow()
    consumer.gate.set()
    await Gathering(consumer, most=2).run_many([message(n) for n in range(5)])
    assert consumer.taken == [[0, 1], [2, 3], [4]]


def test_messages_stand_in_the_order_of_their_moments_and_equal_ones_as_they_came() -> None:
    mixed = [
        message(0, "05"),
        message(1, "03", "jejak.documents"),
        message(2, "05"),
        message(3, "04"),
        message(4),
    ]
    assert [one.offset for one in in_time(mixed)] == [4, 1, 3, 0, 2]
