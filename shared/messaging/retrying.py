"""Trying parked messages again: by the button, slowly by itself, and once at every start, because a new version may know more.

Previous hop: `parked`, which says what is due. Next hop: `consumer`, as if the message had just come.
"""

import asyncio
from typing import Final

import structlog

from shared.messaging import envelope, parked
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Received, Undecodable
from shared.messaging.feed import FeedAway

log = structlog.get_logger()

LOOK_EVERY_S: Final = 3.0


class Retrying:
    """Looks for due messages as long as the service runs; a look that fails is made again at the next turn."""

    def __init__(self, consumer: Consumer, *, every_s: float = LOOK_EVERY_S) -> None:
        self._consumer, self._every_s = consumer, every_s

    async def run(self) -> None:
        """Runs until cancelled."""
        await self._consumer.outage.survive(self._everything_once, everything=True)
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("retry-look-failed")
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Tries everything that is due once."""
        async with self._consumer.pool.connection() as conn:
            due = await parked.due(conn)
        for parked_id, source, stream in due:
            if stream:
                await self._stream(source, stream)
            else:
                await self._failed(parked_id, ("undecodable", "it still cannot be read"))

    async def _everything_once(self) -> None:
        async with self._consumer.pool.connection() as conn:
            await parked.retry_all(conn)

    async def _stream(self, source: str, stream: str) -> None:
        """The parked messages of a stream in order, until one fails again."""
        while (first := await self._first(source, stream)) is not None:
            try:
                done, trouble = await self._consumer.attempt(await self._event(first, source, stream), retrying=True)
            except FeedAway as error:
                done, trouble = False, (first.cause, str(error))
            except Exception as error:
                done, trouble = False, ("handler", f"{type(error).__name__}: {error}")
                log.warning("retry-failed", source=source, stream=stream, version=first.version, exc_info=True)
            if not done:
                await self._failed(first.id, trouble or (first.cause, "it was not taken in"))
                return
            log.info("parked-taken-in", source=source, stream=stream, version=first.version)

    async def _first(self, source: str, stream: str) -> parked.First | None:
        async with self._consumer.pool.connection() as conn:
            return await parked.first(conn, source, stream)

    async def _event(self, first: parked.First, source: str, stream: str) -> Received:
        """The parked event; one that Kafka damaged is asked for again at its source."""
        try:
            return envelope.read(first.message)
        except Undecodable:
            async for event in self._consumer.feed.stream(source, stream, first.version, first.version):
                return event
            raise

    async def _failed(self, parked_id: str, trouble: tuple[parked.Cause, str]) -> None:
        async with self._consumer.pool.connection() as conn:
            await parked.failed(conn, parked_id, *trouble)
