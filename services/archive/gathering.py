"""Gathering: what waits in all partitions of all topics is taken into the log together,
in the order in which it happened.

An event's way, between hop 5 and 6. Previous hop: `agents.py`, one batch per partition.
Next hop: `shared.messaging.receiving.consumer`.

Whoever appends holds the tree, so partitions could only wait for each other; one transaction for all of them
is faster. And an effect seldom has to wait for its cause, because both are usually in the same gathering, the
cause first.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Protocol

from shared.messaging.bundles import Arrived
from shared.messaging.envelope import Message

MOST = 2_000
PILING_UP, PAUSE_S = 8, 0.05
"""After a gathering of this many the next one waits a moment: under load fewer, larger transactions;
a single event never waits.
"""


class TakesMany(Protocol):
    """The consumer, or a test."""

    async def run_many(self, messages: Sequence[Arrived]) -> None: ...

    def opened(self, message: Message) -> Sequence[Arrived]: ...


class Gathering:
    """Stands before the consumer; each caller waits until its own messages are taken in or parked,
    as with the consumer itself.
    """

    def __init__(self, taker: TakesMany, *, most: int = MOST, pause: float = PAUSE_S) -> None:
        self._taker, self._most, self._pause = taker, most, pause
        self._waiting: list[tuple[Sequence[Arrived], asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def run(self, message: Message) -> None:
        await self.run_many([message])

    def opened(self, message: Message) -> Sequence[Arrived]:
        """The events that a message brings."""
        return self._taker.opened(message)

    async def run_many(self, messages: Sequence[Arrived]) -> None:
        """Returns when all of them are taken in or parked.
        Raises what the consumer raises; then they may be given again.
        """
        done = asyncio.get_running_loop().create_future()
        events = [
            event
            for message in messages
            for event in (self.opened(message) if isinstance(message, Message) else (message,))
        ]
        self._waiting.append((events, done))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._until_empty())
        await asyncio.shield(done)

    async def _until_empty(self) -> None:
        while self._waiting:
            gathered, self._waiting = self._waiting, []
            together: list[Arrived] = []
            try:
                together = in_time(chain.from_iterable(messages for messages, _ in gathered))
                for some in _slices(together, self._most):
                    await self._taker.run_many(some)
            except Exception as error:  # noqa: BLE001 - each caller decides what to do about it
                for _, done in gathered:
                    done.set_exception(error)
            else:
                for _, done in gathered:
                    done.set_result(None)
            if len(together) >= PILING_UP:
                await asyncio.sleep(self._pause)


def in_time(messages: Iterable[Arrived]) -> list[Arrived]:
    """Messages by the moment at which their events were recorded.
    In one stream that is the order of its versions, which equal moments keep.
    """
    return sorted(messages, key=attrgetter("moment"))


def _slices(messages: Sequence[Arrived], most: int) -> Iterable[Sequence[Arrived]]:
    return (messages[start : start + most] for start in range(0, len(messages), most))
