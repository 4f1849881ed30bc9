"""Trying parked messages again: by the button, slowly by itself, and once at every start,
because a new version may know more.

Previous hop: `parked`, which says what is due. Next hop: `consumer`, as if the message had just come.
"""

import asyncio
from contextlib import ExitStack
from typing import Final

import structlog

from shared.eventsourcing.sql import Pool
from shared.messaging import envelope
from shared.messaging.about import about
from shared.messaging.envelope import Message, Received, Undecodable
from shared.messaging.receiving import cursors, parked
from shared.messaging.receiving.consumer import Consumer, Trouble
from shared.messaging.receiving.feed_client import FeedAway, FeedClient
from shared.messaging.receiving.outage import Outage
from shared.messaging.signing import Forged

log = structlog.get_logger()

LOOK_EVERY_S: Final = 3.0


class Retrying:
    """Looks for due messages as long as the service runs;
    a look that fails is made again at the next turn.
    """

    def __init__(
        self, consumer: Consumer, pool: Pool, feed: FeedClient, *, every_s: float = LOOK_EVERY_S
    ) -> None:
        self._consumer, self._pool, self._feed, self._every_s = consumer, pool, feed, every_s

    async def run(self) -> None:
        """Runs until cancelled."""
        try:
            await Outage().survive(self._everything_once)
        except Exception:
            log.exception("retry-look-failed")
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("retry-look-failed")
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Tries everything that is due once."""
        async with self._pool.connection() as conn:
            due = await parked.due(conn)
        for one in due:
            if one.aside:
                await self._alarm(one.id)
            elif one.stream:
                await self._stream(one.source, one.stream)
            else:
                await self._failed(one.id, ("undecodable", "it still cannot be read"))

    async def _everything_once(self) -> None:
        async with self._pool.connection() as conn:
            await parked.retry_all(conn)

    async def _alarm(self, parked_id: str) -> None:
        """A message that stands aside: true after all when a key was added since,
        or when what was taken in says the same.
        """
        async with self._pool.connection() as conn:
            found = await parked.one(conn, parked_id)
        if found is not None:
            with about(found.message):
                await self._alarm_again(parked_id, found)

    async def _alarm_again(self, parked_id: str, found: parked.First) -> None:
        try:
            if self._consumer.opened(found.message)[0] is not found.message:
                await self._bundle(parked_id, found.message)
                return
            event = await self._presented(found.message)
        except (Forged, Undecodable, FeedAway) as error:
            await self._failed(parked_id, (found.cause, str(error)))
            return
        if found.cause == "contradiction" and not await self._says_the_same(event):
            await self._failed(
                parked_id, (found.cause, "it still says something else than what was taken in")
            )
            return
        await self._consumer.receive_or_park(found.message, event)
        async with self._pool.connection() as conn:
            await parked.dismiss(conn, parked_id)
        with about(event):
            log.info(
                "alarm-over",
                source=event.source,
                stream=event.stream,
                version=event.version,
                cause=found.cause,
            )

    async def _bundle(self, parked_id: str, message: Message) -> None:
        """A whole bundle that is true after all: each of its events as if it had just come."""
        await self._consumer.run_many([message])
        async with self._pool.connection() as conn:
            await parked.dismiss(conn, parked_id)
        log.info("alarm-over", bundle=parked_id)

    async def _presented(self, message: Message) -> Received:
        """The event of a parked message; one that the feed brought is asked for again,
        because the source may say something else by now.
        """
        if message.offset >= 0:
            return self._consumer.read(message)
        event = envelope.read(message)
        return await self._asked(event.source, event.stream, event.version)

    async def _says_the_same(self, event: Received) -> bool:
        key = event.source, event.stream
        async with self._pool.connection() as conn, conn.transaction():
            at = await cursors.lock(conn, [key])
            known = await cursors.digests(conn, at, [(*key, event.version)])
        return known.get((*key, event.version)) == event.digest

    async def _stream(self, source: str, stream: str) -> None:
        """The parked messages of a stream in order, until one fails again."""
        while (first := await self._first(source, stream)) is not None:
            trouble = await self._again(first, source, stream)
            if trouble is not None:
                await self._failed(first.id, trouble)
                return

    async def _again(self, first: parked.First, source: str, stream: str) -> Trouble | None:
        """One parked message; answers what still stands in its way."""
        place = {"source": source, "stream": stream, "version": first.version}
        with ExitStack() as lines:
            lines.enter_context(about(first.message))
            try:
                event = await self._event(first, source, stream)
                lines.enter_context(about(event))  # its message may have been damaged
                done, trouble = await self._consumer.attempt(event, retrying=True)
            except FeedAway as error:
                return first.cause, str(error)
            except Exception as error:
                log.warning("retry-failed", **place, exc_info=True)
                return "handler", f"{type(error).__name__}: {error}"
            if not done:
                return trouble or (first.cause, "it was not taken in")
            log.info("parked-taken-in", **place)
        return None

    async def _first(self, source: str, stream: str) -> parked.First | None:
        async with self._pool.connection() as conn:
            return await parked.first(conn, source, stream)

    async def _event(self, first: parked.First, source: str, stream: str) -> Received:
        """The parked event; one that Kafka damaged or that the feed brought, which has no seal,
        is asked for again at its source.
        """
        try:
            return self._consumer.read(first.message)
        except (Forged, Undecodable):
            return await self._asked(source, stream, first.version)

    async def _asked(self, source: str, stream: str, version: int) -> Received:
        async for event in self._feed.stream(source, stream, version, version):
            return event
        raise FeedAway(f"{source} has no version {version} of {stream}")

    async def _failed(self, parked_id: str, trouble: Trouble) -> None:
        async with self._pool.connection() as conn:
            await parked.failed(conn, parked_id, *trouble)
