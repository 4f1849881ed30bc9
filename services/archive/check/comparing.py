"""Comparing: the slow check that always runs. Log, sources and store are walked in turn, a little at a time,
and again from the beginning.

SOP step 13, and every step before it. Previous hop: `__main__.py`, which starts it beside the room.
Next hop: `check/differences.py`, whose rows the pages show; the process's troubles, which `/ready` and
*Macet* show. It goes on where it stopped after a restart.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog
from psycopg import Error

from services.archive.check import differences, log_walk, object_walk, source_walk
from services.archive.check.differences import Difference, Walked
from services.archive.check.source_walk import EventPages
from services.archive.domain.checkpoint import VerifierKey
from shared.eventsourcing.sql import Pool
from shared.messaging.receiving.feed_client import FeedAway
from shared.objects.port import Bucket, ObjectTrouble, StoreAway
from shared.troubles import Troubles
from shared.web.words.i18n import later

log = structlog.get_logger()

TROUBLE = "archive-differences"
SENTENCE = later("Arsip menemukan {n} hal yang tidak sama dengan yang dicatat; yang pertama di {where}.")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast: events and bytes a second, and how long a walk rests between two rounds."""

    events: float = 200.0
    bytes: float = 4 * 1024 * 1024
    rest_s: float = 60.0


class Comparing:
    """The task, and its single steps. `one_round` is the same without any pause,
    for tests and for whoever cannot wait.
    """

    def __init__(
        self,
        pool: Pool,
        feed: EventPages,
        archive: Bucket,
        key: VerifierKey,
        troubles: Troubles,
        *,
        sources: Sequence[str],
        first: str,
        pace: Pace = Pace(),
    ) -> None:
        self._pool, self._feed, self._archive, self._key, self._troubles = pool, feed, archive, key, troubles
        self._sources, self._first, self._pace = tuple(sources), first, pace

    async def run(self) -> None:
        """Compares for ever; what is away is waited for."""
        while True:
            for walk in (log_walk.WALK, *self._sources, object_walk.WALK):
                await self._walk(walk)
                with suppress(Error):
                    await self.tell()
            await asyncio.sleep(self._pace.rest_s)

    async def one_round(self) -> None:
        """Walks over everything once, from the beginning to the end."""
        self._pace = Pace(events=float("inf"), bytes=float("inf"))
        for walk in (log_walk.WALK, *self._sources, object_walk.WALK):
            await self._walk(walk)
        await self.tell()

    async def tell(self) -> None:
        """Reports what differs to the process's troubles, or that nothing does."""
        async with self._pool.connection() as conn:
            rows = await differences.listed(conn)
        if rows:
            what = "; ".join(differences.from_row(row).brief for row in rows[:5])
            self._troubles.report(TROUBLE, SENTENCE, what, n=str(len(rows)), where=_named(rows[0]))
        else:
            self._troubles.clear(TROUBLE)

    async def check(self) -> dict[str, Any]:
        """For the readiness answer: how far each walk is, and how much differs.
        What differs keeps nobody from working.
        """
        async with self._pool.connection(timeout=2) as conn:
            walks, rows = await differences.progress(conn), await differences.listed(conn)
        told = {
            walk.walk: {
                "at": walk.at,
                "of": walk.whole,
                "rounds": walk.rounds,
                "finished_at": walk.finished_at.isoformat() if walk.finished_at else None,
                "waits": walk.trouble,
            }
            for walk in walks
        }
        return {
            "ok": True,
            "differences": len(rows),
            "first": [differences.from_row(row).brief for row in rows[:5]],
            "walks": told,
        }

    async def _walk(self, walk: str) -> None:
        """One walk to its end, or until something is away."""
        try:
            while await self._step(walk):
                pass
        except (FeedAway, StoreAway, Error) as away:
            log.info("comparison-waits", walk=walk, reason=f"{type(away).__name__}: {away}")
            with suppress(Error):
                async with self._pool.connection() as conn:
                    await differences.keep_trouble(conn, walk, f"{type(away).__name__}: {away}"[:300])
        except Exception:
            log.exception("comparison-fails", walk=walk)

    async def _step(self, walk: str) -> bool:
        """One page of a walk; False at its end."""
        async with self._pool.connection() as conn:
            walked = await differences.progress_of(conn, walk)
        match walk:
            case log_walk.WALK:
                return await self._log(walked)
            case object_walk.WALK:
                return await self._objects(walked)
            case _:
                return await self._source(walked)

    async def _log(self, walked: Walked) -> bool:
        async with self._pool.connection() as conn:
            after, found, end = await log_walk.page(conn, walked, self._key, self._first)
        return await self._keep(after, found, end=end, pause=(after.at - walked.at) / self._pace.events)

    async def _source(self, walked: Walked) -> bool:
        compared = await source_walk.look_until_settled(self._pool, self._feed, walked.walk, walked.at)
        found = [*compared.differences, *source_walk.overdue(walked.walk, compared.on_the_way)]
        after = replace(walked, at=compared.upto, whole=max(walked.whole, compared.upto))
        return await self._keep(after, found, end=compared.end, pause=source_walk.PAGE / self._pace.events)

    async def _objects(self, walked: Walked) -> bool:
        async with self._pool.connection() as conn:
            filed, whole = await object_walk.following(conn, walked.at), await object_walk.end(conn)
        if filed is None:
            return await self._keep(replace(walked, at=whole, whole=whole), [], end=True, pause=0)
        try:
            size, found = await object_walk.compare(self._archive, filed)
        except StoreAway:
            raise
        except ObjectTrouble as trouble:
            raise StoreAway(str(trouble)) from trouble
        return await self._keep(
            replace(walked, at=filed.index + 1, whole=whole), found, end=False, pause=size / self._pace.bytes
        )

    async def _keep(self, walked: Walked, found: list[Difference], *, end: bool, pause: float) -> bool:
        async with self._pool.connection() as conn, conn.transaction():
            await differences.keep(conn, found)
            await differences.keep_progress(conn, walked)
            if end:
                await differences.finish_round(conn, walked.walk)
        if found:
            await self.tell()
        await asyncio.sleep(pause)
        return not end


def _named(row: dict[str, object]) -> str:
    """The place of a difference, the same in every language."""
    where = f"#{row['index']}" if row["index"] is not None else ""
    where += f" {row['source']} {row['stream']} @{row['version']}" if row["stream"] else ""
    where += f" {row['cycle']}/{row['item']}" if row["item"] else ""
    return where.strip() or str(row["place"])
