"""Heads: every minute the newest versions at each source are compared with our cursors, so that a lost last message is found too.

Role: the net under the net: a gap shows only when a later message comes. Previous hop: the source's `heads` route. Next hop: `consumer.fill`.
"""

import asyncio
from collections.abc import Collection
from typing import Final

import structlog

from shared.messaging import cursors
from shared.messaging.consumer import Consumer
from shared.messaging.feed import FeedAway, HeadsPage

log = structlog.get_logger()

LOOK_EVERY_S: Final = 60.0
GRACE_S: Final = 5.0

_SEEN = b"SELECT position FROM heads_seen WHERE source = %s"
_SAW = b"""
    INSERT INTO heads_seen (source, position) VALUES (%s, %s)
    ON CONFLICT (source) DO UPDATE SET position = greatest(heads_seen.position, excluded.position)"""


class Heads:
    """Compares for as long as the service runs. What is behind is given a moment to arrive by itself before it is fetched."""

    def __init__(self, consumer: Consumer, sources: Collection[str], *, every_s: float = LOOK_EVERY_S, grace_s: float = GRACE_S) -> None:
        self._consumer, self._sources, self._every_s, self._grace_s = consumer, tuple(sources), every_s, grace_s

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            for source in self._sources:
                try:
                    await self.compare(source)
                except FeedAway as away:
                    log.info("heads-not-compared", source=source, reason=str(away))
                except Exception:
                    log.exception("heads-not-compared", source=source)

    async def compare(self, source: str) -> int:
        """Compares one source since the last look and fetches what stayed behind; answers how many streams that were. Raises FeedAway."""
        page = await self._consumer.feed.heads(source, await self._seen(source))
        behind = await self._behind(source, page)
        if behind:
            await asyncio.sleep(self._grace_s)
            behind = await self._behind(source, page)
        for stream, version in behind:
            log.warning("lost-message-found", source=source, stream=stream, version=version)
            await self._consumer.fill(source, stream, version)
        await self._saw(source, page.position)
        return len(behind)

    async def _behind(self, source: str, page: HeadsPage) -> list[tuple[str, int]]:
        async with self._consumer.pool.connection() as conn:
            return await cursors.behind(conn, source, page.heads)

    async def _seen(self, source: str) -> int:
        async with self._consumer.pool.connection() as conn:
            found = await (await conn.execute(_SEEN, (source,))).fetchone()
        return int(found[0]) if found else 0

    async def _saw(self, source: str, position: int) -> None:
        async with self._consumer.pool.connection() as conn:
            await conn.execute(_SAW, (source, position))
