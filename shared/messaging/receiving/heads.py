"""Heads: every minute the streams of each source are compared with our cursors, by version and by content.

Role: the net under the net: a gap shows only when a later message comes, and a changed event not even then.
Previous hop: the source's `heads` route. Next hop: `consumer.fill` for what was lost on the way, an alarm for
what says something else than when it was taken in. Streams that moved are compared at once, all others in
turn, a hundred a minute.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

import structlog

from shared.eventsourcing.chains import Head
from shared.eventsourcing.sql import Pool
from shared.messaging.about import about
from shared.messaging.receiving import cursors, parking
from shared.messaging.receiving.consumer import Consumer, as_message
from shared.messaging.receiving.feed_client import FeedAway, FeedClient, NotAtSource
from shared.sentences import later
from shared.troubles import Troubles

log = structlog.get_logger()

LOOK_EVERY_S: Final = 60.0
GRACE_S: Final = 5.0
MOST_PUT_OFF: Final = 10
"""Looks in turn that are put off at most while a flood is on its way: what waits at the broker is not lost,
and to compare it would cost its source more than to have it taken in.
"""
NOT_COMPARED: Final = later("Catatan {source} belum dapat dibandingkan dengan yang sudah diterima di sini.")
NOT_THERE: Final = later(
    "{stream} versi {version} sudah diterima di sini, tetapi tidak ada lagi pada {source}."
)

HOLE: Final = later("Pada {source}, {stream} tidak lagi lengkap.")
MEMORY: Final = later(
    "Ingatan di sini tentang {stream} dari {source} diubah: tidak cocok dengan peristiwanya satu per satu."
)

_SEEN = b"SELECT position, swept FROM heads_seen WHERE source = %s"
_SAW = b"""
    INSERT INTO heads_seen (source, position) VALUES (%s, %s)
    ON CONFLICT (source) DO UPDATE SET position = greatest(heads_seen.position, excluded.position)"""
_SWEPT = (
    b"INSERT INTO heads_seen (source, position, swept) VALUES (%s, 0, %s) ON CONFLICT (source) DO UPDATE "
    b"SET swept = excluded.swept"
)


class Heads:
    """Compares for as long as the service runs. What is behind is given a
    moment to arrive by itself before it is fetched.
    """

    def __init__(
        self,
        consumer: Consumer,
        pool: Pool,
        feed: FeedClient,
        sources: Collection[str],
        *,
        troubles: Troubles | None = None,
        every_s: float = LOOK_EVERY_S,
        grace_s: float = GRACE_S,
        flooded: Callable[[], bool] = lambda: False,
    ) -> None:
        self._consumer, self._pool, self._feed, self._sources = consumer, pool, feed, tuple(sources)
        self._every_s, self._grace_s, self._flooded = every_s, grace_s, flooded
        self._troubles = troubles or Troubles()

    async def run(self) -> None:
        """Runs until cancelled."""
        put_off = 0
        while True:
            await asyncio.sleep(self._every_s)
            if put_off < MOST_PUT_OFF and self._flooded():
                put_off += 1
                continue
            put_off = 0
            for source in self._sources:
                try:
                    await self.compare(source)
                    await self.sweep(source)
                except FeedAway as away:
                    self._troubles.report(f"heads/{source}", NOT_COMPARED, str(away), source=source)
                except Exception as error:
                    self._troubles.report(
                        f"heads/{source}", NOT_COMPARED, f"{type(error).__name__}: {error}", source=source
                    )
                    log.exception("heads-not-compared", source=source)
                else:
                    self._troubles.clear(f"heads/{source}")

    async def compare(self, source: str) -> int:
        """Compares what moved since the last look and fetches what stayed behind;
        answers how many streams that were. Raises FeedAway.
        """
        fetched, more = 0, True
        while more:
            page = await self._feed.heads(source, (await self._seen(source))[0])
            fetched += await self._fetch(source, page.heads)
            await self._contents(source, page.heads)
            await self._write(_SAW, (source, page.position))
            more = page.more
        return fetched

    async def sweep(self, source: str) -> None:
        """Compares the next streams in the order of their names,
        whether they moved or not. Raises FeedAway.
        """
        _, behind = await self._seen(source)
        page = await self._feed.streams(source, behind)
        upto = page.heads[-1].stream if page.more else ""
        await self._contents(source, page.heads)
        await self._absent(source, behind, upto, {head.stream: head.version for head in page.heads})
        await self._write(_SWEPT, (source, upto))

    async def _fetch(self, source: str, heads: Sequence[Head]) -> int:
        behind = await self._behind(source, heads)
        if behind:
            await asyncio.sleep(self._grace_s)
            behind = await self._behind(source, heads)
        for stream, version in behind:
            log.warning("lost-message-found", source=source, stream=stream, version=version)
            await self._whole(source, stream, self._consumer.fill(source, stream, version))
        return len(behind)

    async def _contents(self, source: str, heads: Sequence[Head]) -> None:
        async with self._pool.connection() as conn:
            unknown = await cursors.without_chain(conn, source, [head.stream for head in heads])
        for stream, version in unknown:
            await self._whole(source, stream, self._begin_chain(source, stream, version))
        async with self._pool.connection() as conn:
            differing = await cursors.differing(conn, source, heads)
        for head in differing:
            await self._whole(source, head.stream, self._alarm(source, head))
        for head in heads:
            if head not in differing:
                self._troubles.clear(f"hole/{source}/{head.stream}")
                self._troubles.clear(f"memory/{source}/{head.stream}")

    async def _whole(self, source: str, stream: str, work: Awaitable[None]) -> None:
        """Work on a stream that its source should have whole;
        where it has not, that is said and the other streams go on.
        """
        try:
            await work
        except NotAtSource as reason:
            self._troubles.report(f"hole/{source}/{stream}", HOLE, str(reason), source=source, stream=stream)

    async def _alarm(self, source: str, head: Head) -> None:
        """Parks the first event of a stream that its source tells otherwise than when it was taken in."""
        async with self._pool.connection() as conn:
            known = await cursors.digests_of(conn, source, head.stream)
        async for event in self._feed.stream(source, head.stream, 1, head.version):
            if known.get(event.version, event.digest) == event.digest:
                continue
            why = f"from version {event.version} on its source says something else than what was taken in"
            with about(event):
                log.error(
                    "contradiction", source=source, stream=head.stream, version=event.version, detail=why
                )
            async with self._pool.connection() as conn, conn.transaction():
                await parking.park(conn, as_message(event), event, "contradiction", why)
            return
        self._troubles.report(
            f"memory/{source}/{head.stream}",
            MEMORY,
            f"up to version {head.version}",
            source=source,
            stream=head.stream,
        )

    async def _begin_chain(self, source: str, stream: str, version: int) -> None:
        """Digests for a stream that was taken in before there were digests:
        what its source says now is believed once.
        """
        digests = [event.digest async for event in self._feed.stream(source, stream, 1, version)]
        async with self._pool.connection() as conn, conn.transaction():
            await cursors.begin_chain(conn, (source, stream), digests)

    async def _absent(self, source: str, behind: str, upto: str, there: dict[str, int]) -> None:
        """Says of which streams the source has less than was taken in."""
        async with self._pool.connection() as conn:
            ours = await cursors.between(conn, source, behind, upto)
        for stream, version in ours:
            name = f"missing/{source}/{stream}"
            try:
                if there.get(stream, 0) < version:
                    async for _ in self._feed.stream(source, stream, version, version):
                        pass
            except NotAtSource as reason:
                self._troubles.report(
                    name, NOT_THERE, str(reason), source=source, stream=stream, version=str(version)
                )
            else:
                self._troubles.clear(name)

    async def _behind(self, source: str, heads: Sequence[Head]) -> list[tuple[str, int]]:
        async with self._pool.connection() as conn:
            return await cursors.behind(conn, source, [(head.stream, head.version) for head in heads])

    async def _seen(self, source: str) -> tuple[int, str]:
        async with self._pool.connection() as conn:
            found = await (await conn.execute(_SEEN, (source,))).fetchone()
        return (int(found[0]), str(found[1])) if found else (0, "")

    async def _write(self, statement: bytes, values: tuple[object, ...]) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(statement, values)
