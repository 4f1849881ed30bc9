"""The consumer: takes foreign events in, exactly once in their effect, whatever Kafka does.

An event's way, hop 6. Every SOP step that one service's act starts in another. Previous hop: `agents.py`,
which hands bytes over. Next hop: the service's reaction, in the same transaction as the cursor: process
manager, own appends, read models; then the own relay.

Who said it is checked before anything else. `run` never raises and never returns before the message is taken
in or parked: Faust acknowledges when it returns. Only a database that is away is waited for; whatever a
message carries, it never holds its partition.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import structlog

from shared.contracts.registry import UnknownEvent
from shared.eventsourcing.sql import Connection, Pool
from shared.messaging import bundles, envelope
from shared.messaging.about import about, about_all
from shared.messaging.bundles import Arrived
from shared.messaging.envelope import Message, Received, Undecodable
from shared.messaging.receiving import cursors, opening, parking
from shared.messaging.receiving.feed_client import FeedAway, FeedClient
from shared.messaging.receiving.opening import Readable, Unreadable, alone
from shared.messaging.receiving.outage import Outage
from shared.messaging.receiving.parked import Reason
from shared.messaging.receiving.transaction import NotNext, Reaction, advance
from shared.messaging.signing import Forged, Keys
from shared.messaging.topics import topic_of

log = structlog.get_logger()

RETRIES_S: Final = (0.1, 0.4, 1.0, 2.0)
Trouble = tuple[Reason, str]
Parking = Callable[[Connection], Awaitable[None]]
# trying again changes nothing
_AT_ONCE: Final = frozenset({"behind", "unknown", "undecodable", "contradiction"})


class Consumer:
    """Takes messages in for one service. `waits` are the pauses
    between the tries before a message is parked.
    """

    def __init__(
        self,
        pool: Pool,
        reaction: Reaction,
        feed: FeedClient,
        keys: Keys,
        *,
        waits: Sequence[float] = RETRIES_S,
    ) -> None:
        self._pool, self.reaction, self._feed, self.keys, self._waits = pool, reaction, feed, keys, waits
        self._outage = Outage()
        self.reached: dict[str, tuple[int, datetime]] = {}
        """Of each source the highest position taken in since the start, and when that was recorded."""
        self.progress = 0
        """How many messages came to their end here: taken in, passed by or parked."""

    @property
    def waiting_for_database(self) -> bool:
        """Whether the database is away at this moment, and everything waits for it."""
        return self._outage.waiting

    async def run(self, message: Message) -> None:
        """Takes one message in, or parks it; returns only then. A database outage is waited for."""
        await self.run_many([message])

    async def run_many(self, messages: Sequence[Arrived]) -> None:
        """Takes messages in, in order, as many as possible in one transaction."""
        readable: list[Readable] = []
        for arrived, found in opening.found_in(messages, self.keys):
            if isinstance(found, Received):
                readable.append((arrived, found))
                continue
            await self._in_order(readable)
            readable = []
            message = alone(arrived)
            with about(message):
                await self._park_unreadable(message, found)
        await self._in_order(readable)

    def opened(self, message: Message) -> Sequence[Arrived]:
        """The events of a bundle each by itself; whatever else it is, as it came."""
        try:
            return bundles.opened(message, self.keys)
        except (Forged, Undecodable):
            return (message,)  # which `run_many` finds out as well, and parks

    def read(self, message: Message) -> Received:
        """The event that a message carries. Raises Forged or Undecodable."""
        return opening.read(message, self.keys)

    async def receive_or_park(self, message: Arrived, event: Received) -> None:
        """One event, with patience: fetches what is missing before it, tries again after failures,
        parks it in the end.
        """
        with about(event):
            trouble = await self._tried(event)
            if trouble is not None:
                await self._park(message, event, trouble)
            else:
                self._reached([event])
        self.progress += 1

    async def fill(self, source: str, stream: str, to_version: int) -> None:
        """Takes in what is missing of a stream up to a version, from its source's feed. Raises FeedAway."""
        async for event in self._missing(source, stream, to_version):
            await self.receive_or_park(as_message(event), event)

    async def _in_order(self, pending: Sequence[Readable]) -> None:
        many = len(pending)
        while pending:
            some = opening.alike(pending[:many], self.reaction.wants)
            done = await self._together([event for _, event in some])
            if done is None and len(some) > 1:
                many = len(some) // 2
                continue
            done = done or 0
            self.progress += done
            self._reached(event for _, event in some[:done])
            if done < len(some):
                await self.receive_or_park(*some[done])
                done += 1
            pending, many = pending[done:], many * 2

    def _reached(self, events: Iterable[Received]) -> None:
        for event in events:
            if event.position > self.reached.get(event.source, (0, None))[0]:
                self.reached[event.source] = event.position, event.recorded_at

    async def _together(self, events: Sequence[Received]) -> int | None:
        """One transaction for as many as go without trouble; answers how many.
        None after a failure: among fewer, the culprit is found sooner.
        """
        with about_all(events):
            try:
                return (await self._outage.survive(lambda: advance(self._pool, self.reaction, events))).done
            except Exception as error:  # noqa: BLE001 - whatever it is: receive_or_park decides about the culprit
                log.info("batch-refused", size=len(events), error=repr(error))
                return None

    async def _tried(self, event: Received) -> Trouble | None:
        trouble: Trouble | None = None
        for wait in (*self._waits, None):
            try:
                done, trouble = await self.attempt(event)
                if done or (trouble and trouble[0] in _AT_ONCE):
                    return trouble
            except Exception as error:
                trouble = "handler", f"{type(error).__name__}: {error}"
                log.warning(
                    "reaction-failed",
                    source=event.source,
                    stream=event.stream,
                    version=event.version,
                    exc_info=True,
                )
            if wait is not None:
                await asyncio.sleep(wait)
        return trouble

    async def attempt(self, event: Received, *, retrying: bool = False) -> tuple[bool, Trouble | None]:
        """One try at one event, with what is missing before it.
        Answers whether it is done, else what stands in the way.

        Raises what the reaction raises.
        """
        not_next: NotNext | None = None
        try:
            not_next = await self._advance(event, retrying=retrying)
            if not_next in {"gap", "missing-cause"}:
                await self._fill_before(event, not_next, retrying=retrying)
                not_next = await self._advance(event, retrying=retrying)
        except FeedAway as error:
            return False, ("cause" if not_next == "missing-cause" else "gap", str(error))
        except UnknownEvent as error:
            return False, ("undecodable", str(error))
        return (True, None) if not_next is None else (False, _trouble(not_next, event))

    async def _advance(self, event: Received, *, retrying: bool) -> NotNext | None:
        advanced = await self._outage.survive(
            lambda: advance(self._pool, self.reaction, [event], retrying=retrying)
        )
        return advanced.not_next

    async def _fill_before(self, event: Received, not_next: NotNext, *, retrying: bool) -> None:
        if not_next == "missing-cause" and event.causation is not None:
            await self.fill(event.causation.source, event.causation.stream, event.causation.version)
        elif retrying:
            async for missing in self._missing(event.source, event.stream, event.version - 1):
                await self._advance(missing, retrying=True)
        else:
            await self.fill(event.source, event.stream, event.version - 1)

    async def _missing(self, source: str, stream: str, to_version: int) -> AsyncIterator[Received]:
        async def reached() -> int:
            async with self._pool.connection() as conn:
                return await cursors.reached(conn, source, stream)

        after = await self._outage.survive(reached)
        log.info("fetching-missing", source=source, stream=stream, after=after, upto=to_version)
        async for event in self._feed.stream(source, stream, after + 1, to_version):
            yield event

    async def _park(self, arrived: Arrived, event: Received, trouble: Trouble) -> None:
        message = alone(arrived)
        await self._surely(message, lambda conn: parking.park(conn, message, event, *trouble))
        if trouble[0] != "behind":
            log.error(
                "parked",
                source=event.source,
                stream=event.stream,
                version=event.version,
                cause=trouble[0],
                detail=trouble[1],
            )

    async def _park_unreadable(self, message: Message, error: Unreadable) -> None:
        forged, reason = isinstance(error, Forged), str(error)
        park = parking.park_forged if forged else parking.park_unreadable
        await self._surely(message, lambda conn: park(conn, message, reason))
        self.progress += 1
        cause = "forged" if forged else "undecodable"
        log.error(
            "parked",
            **message.where,
            cause=cause,
            detail=reason,
        )

    async def _surely(self, message: Message, park: Parking) -> None:
        """Parks; where that fails for a reason that will not pass, by the message's place alone;
        the log is the last place that takes all.
        """

        async def in_one(put_aside: Parking) -> None:
            async with self._pool.connection() as conn, conn.transaction():
                await put_aside(conn)

        for put_aside in (
            park,
            lambda conn: parking.park_by_place(conn, message, "it could not be parked as what it is"),
        ):
            try:
                await self._outage.survive(lambda put_aside=put_aside: in_one(put_aside))  # type: ignore[misc]
            except Exception:
                log.exception("parking-failed", **message.where)
            else:
                return
        log.critical("message-passed-by", **message.where)


def as_message(event: Received) -> Message:
    """An event of the feed as the message that Kafka would have brought;
    its partition and offset are unknown (-1).
    """
    key, value, headers = envelope.write(event.source, event.row())
    return Message(topic_of(event.source), -1, -1, key, value, headers)


def _trouble(not_next: NotNext, event: Received) -> Trouble:
    match not_next:
        case "stuck":
            return "behind", "an earlier message of this stream is parked"
        case "unknown":
            return (
                "unknown",
                f"{event.source}.{event.type}.v{event.schema} is not known to this version of Jejak",
            )
        case "gap":
            return "gap", "an earlier message of this stream is missing"
        case "contradiction":
            return "contradiction", "this version was taken in before, and said something else"
        case "missing-cause":
            return "cause", f"its cause was not taken in: {event.causation}"
