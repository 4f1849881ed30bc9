"""The relay: brings what is settled in the store to Kafka, in order, nothing twice unless Kafka lost it.

An event's way, hop 4. Every SOP step. Previous hop: the commit in `command_handler`, which wakes it.
Next hop: other services' agents.

One per service, elected by an advisory lock on its own connection. That connection also carries checkpoint
and tick, so a relay that lost its election cannot write them. An event that the broker will not take is named
(`unpublished`) and holds up nothing else.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import psycopg
import structlog

from shared.eventsourcing import store
from shared.eventsourcing.pool import UNBOUNDED
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection, open_pool
from shared.messaging.broker import Away, BrokerView
from shared.messaging.copies import CopiesWatch
from shared.messaging.sending import unpublished
from shared.messaging.sending.checkpoint import Checkpoint, refuse_shorter
from shared.messaging.sending.pause import pause_after
from shared.messaging.sending.publishing import BrokerWiped, Ends, Publisher, Sent
from shared.messaging.sending.unpublished import NotSent
from shared.messaging.signing import Signer
from shared.messaging.topics import TopicsMissing, check_topics, topic_of
from shared.sentences import later
from shared.troubles import Troubles

log = structlog.get_logger()

CHUNK: Final = 2000
POLL_S: Final = 1.5
WATCH_S: Final = 5.0
FORGET_S: Final = 86_400.0
ELECTION_S: Final = 2.0
_LONGEST_WAIT_S: Final = 5.0
TROUBLE: Final = later(
    "Peristiwa {source} tidak sampai ke broker; tidak ada yang hilang, dikirim lagi dengan sendirinya."
)
_LOCK: Final = (19013, 1)  # two small keys: another lock space than the append marks of one big key


class Relay:
    """Runs until cancelled; survives the broker and the database being away.
    `wake` is to be called after every commit.
    """

    def __init__(
        self,
        source: str,
        database_url: str,
        bootstrap: str,
        signer: Signer,
        *,
        troubles: Troubles | None = None,
        poll_s: float = POLL_S,
    ) -> None:
        self.source, self._url, self._bootstrap, self._signer, self._poll_s = (
            source,
            database_url,
            bootstrap,
            signer,
            poll_s,
        )
        self._woken = asyncio.Event()
        self._view = BrokerView(bootstrap)
        self._looked, self._forgot = -1, float("-inf")
        self._troubles = troubles or Troubles()
        self._copies = CopiesWatch(topic_of(source), self._view, self._troubles)
        self._publisher: Publisher | None = None
        self.unpublished: set[int] = set()
        self.checkpoint = Checkpoint()
        self.elected = False
        self.trouble = ""

    def wake(self) -> None:
        """Says that something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Publishes for ever; after any trouble it begins again from the checkpoint."""
        wait = 0.2
        while True:
            before = self.checkpoint.position
            try:
                await self._serve()
            except* BrokerWiped as wiped:
                log.warning("broker-wiped", source=self.source, detail=str(wiped.exceptions[0]))
            except* (psycopg.Error, TopicsMissing, *Away) as group:
                self._interrupted(group.exceptions[0])
            except* Exception as group:
                self._interrupted(group.exceptions[0])
                log.exception("relay-failed", source=self.source, exc_info=group)
            wait = 0.2 if self.checkpoint.position > before else min(_LONGEST_WAIT_S, wait * 2)
            await asyncio.sleep(wait)

    def _interrupted(self, error: BaseException) -> None:
        self.trouble = repr(error)
        log.warning("relay-interrupted", source=self.source, error=self.trouble)
        self._troubles.report("relay", TROUBLE, self.trouble, source=self.source)

    async def _serve(self) -> None:
        # a pool of one, because its connections notice a server that is there no more
        own = open_pool(self._url, size=1, wait_s=5, limits=UNBOUNDED)
        await own.open()
        try:
            async with own.connection() as conn:
                await self._be_elected(conn)
                await self._tick(conn, await store.settled(conn))  # also while the broker is away
                await check_topics(self._bootstrap, [topic_of(self.source)])
                try:
                    await self._fresh()
                    await self._begin(conn)
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(self._publish(conn))
                        tasks.create_task(self._watch())
                finally:
                    await self._let_go()
                    await self._view.close()
        finally:
            self.elected = False
            await own.close()

    async def _fresh(self) -> Publisher:
        """A new publisher in place of one that failed:
        the broker expects the numbers of its messages without a hole.
        """
        await self._let_go()
        self._publisher = Publisher(self.source, self._bootstrap, self._signer)
        await self._publisher.start()
        return self._publisher

    async def _let_go(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            await publisher.stop()

    async def _be_elected(self, conn: Connection) -> None:
        while True:
            found = await (await conn.execute(b"SELECT pg_try_advisory_lock(%s, %s)", _LOCK)).fetchone()
            if found and found[0]:
                self.elected = True
                return
            await asyncio.sleep(ELECTION_S)

    async def _begin(self, conn: Connection) -> None:
        """Reads the checkpoint; takes it back to the beginning when the broker is
        another or holds less than it had acknowledged.
        """
        await self._copies.look()
        self.checkpoint = await Checkpoint.read(conn)
        self.unpublished = await unpublished.positions(conn)
        self._looked = -1
        try:
            await self._compare()
        except BrokerWiped as wiped:
            log.warning("publishing-again", source=self.source, reason=str(wiped))
            self.checkpoint = Checkpoint(0, await self._view.cluster())
            await self.checkpoint.save(conn)

    async def _publish(self, conn: Connection) -> None:
        self.trouble = ""
        self._troubles.clear("relay")
        rests = 0.0
        while True:
            await asyncio.sleep(rests - time.monotonic())
            self._woken.clear()
            settled = await store.settled(conn)
            if settled > self._looked:
                begun = time.monotonic()
                rests = begun + pause_after(await self._catch_up(conn, settled))
                await self._tick(conn, settled)
                self._looked = settled
            await self._try_refused_again(conn)
            await self._forget(conn)
            try:
                await asyncio.wait_for(self._woken.wait(), self._poll_s)
            except TimeoutError:
                continue

    async def _tick(self, conn: Connection, settled: int) -> None:
        """Says by when what was taken in of others was settled; for own events the checkpoint does."""
        if settled > self.checkpoint.position:
            await store.tick(conn, settled)

    async def _catch_up(self, conn: Connection, settled: int) -> int:
        """Publishes everything settled, in order, and answers how many events that were; the next rows are
        read while the broker still takes the ones before.
        """

        async def read(after: int) -> list[Row]:
            return await store.read(conn, after=after, upto=settled, limit=CHUNK)

        rows, many = await read(self.checkpoint.position), 0
        while rows:
            many += len(rows)
            async with asyncio.TaskGroup() as together:
                sending = together.create_task(self._send(rows))
                reading = together.create_task(read(rows[-1].position)) if len(rows) == CHUNK else None
            ends, refused = sending.result()
            await self._remember(conn, rows, refused)
            self.checkpoint = Checkpoint(rows[-1].position, self.checkpoint.cluster, ends)
            await self.checkpoint.save(conn)
            rows = reading.result() if reading else []
        return many

    async def _send(self, rows: Sequence[Row]) -> tuple[Ends, list[NotSent]]:
        """Sends what can be sent; answers the log ends,
        and what the broker does not take even when it comes alone.
        """
        sent = await self._sent(rows, self.checkpoint.ends)
        ends, refused = sent.ends, list(sent.refused)
        for row in sent.doubtful:
            alone = await self._sent([row], ends)
            ends = alone.ends
            refused += [
                *alone.refused,
                *(NotSent(one, alone.reason, "refused by the broker") for one in alone.doubtful),
            ]
        return ends, refused

    async def _sent(self, rows: Sequence[Row], ends: Ends) -> Sent:
        sent = await (self._publisher or await self._fresh()).send(rows, ends)
        if sent.doubtful:
            await self._fresh()
        return sent

    async def _remember(self, conn: Connection, rows: Sequence[Row], refused: Sequence[NotSent]) -> None:
        """Which events could not be sent, and which now could;
        nothing is asked of the database when there is nothing to say.
        """
        not_sent = {one.row.position for one in refused}
        if refused:
            await unpublished.keep(conn, refused)
            for one in refused:
                row = one.row
                where = {"position": row.position, "stream": row.stream, "version": row.version}
                log.error(
                    "event-not-published", source=self.source, cause=one.cause, detail=one.detail, **where
                )
        if sent := self.unpublished & {row.position for row in rows} - not_sent:
            await unpublished.gone(conn, sent)
        self.unpublished = self.unpublished - sent | not_sent

    async def _try_refused_again(self, conn: Connection) -> None:
        """Slowly, and at once by the button: a broker may take today what it refused yesterday."""
        if not self.unpublished:
            return
        for position in await unpublished.due(conn):
            rows = await store.read(conn, after=position - 1, upto=position, limit=1)
            ends, refused = await self._send(rows)
            await self._remember(conn, rows, refused)
            self.checkpoint.ends = ends
            await self.checkpoint.save(conn)

    async def _forget(self, conn: Connection) -> None:
        """Once a day what need not be kept any more goes;
        here, because one relay of a service is elected and has a connection.
        """
        if time.monotonic() - self._forgot > FORGET_S:
            self._forgot = time.monotonic()
            if forgotten := await store.forget_answers(conn):
                log.info("old-answers-forgotten", source=self.source, many=forgotten)

    async def _watch(self) -> None:
        """Looks every few seconds whether the broker still has what it acknowledged,
        also when nothing is to be sent.
        """
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                await self._compare()
                await self._copies.look()
            except Away as away:
                log.debug("broker-away", source=self.source, error=repr(away))

    async def _compare(self) -> None:
        cluster = await self._view.cluster()
        self.checkpoint.belongs_to(cluster)
        topic = topic_of(self.source)
        expected = dict(self.checkpoint.ends)  # as it was before the broker is asked
        found = await self._view.ends([topic])
        refuse_shorter(expected, {place: end for (_topic, place), end in found.items()})
