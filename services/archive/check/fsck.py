"""Fsck: compares everything at once: the log with its tree and signatures,
with every source in both directions, and the store with its digests.

SOP step 13. Run by `python -m services.archive fsck` and by tests. Changes nothing; every difference is one
sentence. The same walks run slowly all the time in `check/comparing.py`. Beside live commands nothing false
is said: what may still be on its way is waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from services.archive.check import log_walk, object_walk, source_walk
from services.archive.check.differences import Difference, Walked
from services.archive.check.source_walk import LOOK_AGAIN_S, EventPages
from services.archive.domain.checkpoint import VerifierKey
from services.archive.log import checkpoints
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection, Pool
from shared.messaging.receiving import checking
from shared.messaging.receiving.feed_client import FeedAway
from shared.objects.port import Bucket, ObjectTrouble

PATIENCE_S = 10.0
"""So long an event of a source may take into the log before it counts as missing."""


@dataclass
class Findings:
    """How much was looked at, and what does not fit."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    differences: list[Difference] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Everything that is not as it should be, a sentence each;
        what could not be compared is not in order either.
        """
        return [*map(str, self.differences), *self.not_compared]

    def for_all(self) -> checking.Findings:
        """As every service says what it found."""
        sentences, places = map(str, self.differences), (one.told for one in self.differences)
        return checking.Findings([*sentences], self.not_compared, [*places])


async def check(conn: Connection, key: VerifierKey, first: str) -> Findings:
    """Everything the log's tables say, against the lines themselves.
    `first`: the first region of the installation.
    """
    findings, walked, end = Findings(), Walked(walk=log_walk.WALK), False
    while not end:
        walked, found, end = await log_walk.page(conn, walked, key, first)
        findings.differences += found
    findings.size, findings.root = walked.at, walked.edge.root
    newest = await checkpoints.latest(conn)
    findings.checkpoints = (1 + len(await checkpoints.before(conn, newest.size, 1_000_000))) if newest else 0
    return findings


async def check_all(
    pool: Pool, key: VerifierKey, feed: EventPages, archive: Bucket, sources: Sequence[str], first: str
) -> Findings:
    """The log, every source, every archived object."""
    async with pool.connection() as conn:
        findings = await check(conn, key, first)
    for source in sources:
        try:
            findings.differences += [difference async for difference in _source(pool, feed, source)]
        except FeedAway as away:
            findings.not_compared.append(f"{source} was not compared: {away}")
    try:
        findings.differences += [difference async for difference in _objects(pool, archive)]
    except ObjectTrouble as away:
        findings.not_compared.append(f"the archive store was not compared: {away}")
    return findings


async def _source(pool: Pool, feed: EventPages, source: str) -> AsyncIterator[Difference]:
    at, end = 0, False
    while not end:
        compared = await source_walk.look_until_settled(pool, feed, source, at)
        for difference in [*compared.differences, *await _still_missing(pool, source, compared.on_the_way)]:
            yield difference
        at, end = compared.upto, compared.end


async def _still_missing(pool: Pool, source: str, on_the_way: Sequence[Row]) -> list[Difference]:
    """Those that do not arrive within a while."""
    waited = 0.0
    while on_the_way and waited < PATIENCE_S:
        await asyncio.sleep(LOOK_AGAIN_S / 4)
        waited += LOOK_AGAIN_S / 4
        async with pool.connection() as conn:
            on_the_way = (await source_walk.compare(conn, source, on_the_way, after=0, upto=0)).on_the_way
    return [source_walk.missing(source, row) for row in on_the_way]


async def _objects(pool: Pool, archive: Bucket) -> AsyncIterator[Difference]:
    at = 0
    while filed := await _following(pool, at):
        _, found = await object_walk.compare(archive, filed)
        for difference in found:
            yield difference
        at = filed.index + 1


async def _following(pool: Pool, at: int) -> object_walk.Filed | None:
    async with pool.connection() as conn:
        return await object_walk.following(conn, at)
