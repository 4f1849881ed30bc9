"""Checking: whether events still say what they said when they were taken in:
those of others here, and one's own in other services.

Role: the part of fsck and rebuild that read models cannot show, because whoever changes an event may change
what is made of it. Previous hop: `python -m services.S fsck`. Next hop: its exit code and its sentences, each
with source, stream and version. Changes nothing, and beside live work says nothing false: cursors are read
before the source is asked, which then has at least as much.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from shared.contracts.replayed.statement import Differing
from shared.eventsourcing.digest import content_digest
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection
from shared.messaging.receiving import cursors
from shared.messaging.receiving.feed_client import FeedAway, FeedClient

log = structlog.get_logger()

MOST: Final = 100
"""Sentences of one kind for one source; whoever lost everything reads no more."""

_MEMORY: Final = b"""
    SELECT c.source, c.stream FROM cursor c WHERE c.digest IS NOT NULL AND c.digest IS DISTINCT FROM
        (SELECT coalesce(chained(t.digest ORDER BY t.version), '') FROM taken t WHERE t.cursor = c.id
        AND t.version <= c.version)
    ORDER BY c.source, c.stream LIMIT %s"""
_HOLES: Final = b"""
    SELECT stream, coalesce(before, 0) + 1 FROM
        (SELECT stream, version, lag(version) OVER (PARTITION BY stream ORDER BY version) AS before
        FROM event) AS e
    WHERE version <> coalesce(before, 0) + 1 ORDER BY stream, version LIMIT %s"""
_FALLS: Final = b"""
    SELECT stream, version FROM
        (SELECT stream, version, recorded_at, lag(recorded_at) OVER (PARTITION BY stream
        ORDER BY version) AS before FROM event) AS e
    WHERE recorded_at < before ORDER BY stream, version LIMIT %s"""
_UNASKED: Final = b"""
    SELECT e.stream, e.version FROM event e LEFT JOIN command c ON c.id::text = e.metadata ->> 'command_id'
    AND c.stream = e.stream
        AND e.version > c.version - c.events AND e.version <= c.version
    WHERE c.id IS NULL AND e.recorded_at > clock_timestamp() - interval '399 days'
        AND e.recorded_at >= coalesce((SELECT min(at) FROM command), '-infinity')
    ORDER BY e.stream, e.version LIMIT %s"""
"""Not where the answer may have been forgotten for its age: after 400 days (kept.sql), or sooner,
the oldest first, under a clock that ran ahead.
"""
_OWN: Final = b"""
    SELECT h.stream, h.version FROM unnest(%s::text[], %s::int[], %s::bytea[]) AS h(stream, version, digest)
    WHERE h.digest IS DISTINCT FROM
        (SELECT chained(event_digest(e) ORDER BY e.version) FROM event e WHERE e.stream = h.stream
        AND e.version <= h.version)"""
_DIGESTS: Final = b"SELECT version, event_digest(e) FROM event e WHERE stream = %s AND version = ANY(%s)"


@dataclass(slots=True)
class Findings:
    """What is not as it was, a sentence each, and its place for a program; and what could not be asked."""

    wrong: list[str] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)

    def join(self, other: "Findings") -> None:
        """What was found elsewhere as well."""
        self.wrong += other.wrong
        self.not_compared += other.not_compared
        self.differing += other.differing

    def add(self, kind: str, source: str, places: Sequence[tuple[str, int]], why: str) -> None:
        """The same said of several events of a source."""
        for stream, version in places[:MOST]:
            self.wrong.append(f"{kind}: {source} {stream} @{version}: {why}")
            self.differing.append(Differing(kind=kind, source=source, stream=stream, version=version))
            log.critical("difference", kind=kind, source=source, stream=stream, version=version, detail=why)


async def check(
    conn: Connection, service: str, sources: Collection[str], feed: FeedClient, readers: Collection[str]
) -> Findings:
    """Everything that a service can compare: its store with itself, what it took in with `sources`,
    its own events with its `readers`.
    """
    findings = Findings()
    await _store(conn, service, findings)
    for source in sources:
        if source != service:
            try:
                await _foreign(conn, service, source, feed, findings)
            except FeedAway as away:
                findings.not_compared.append(
                    f"{source} was not compared with what was taken in of it: {away}"
                )
    for reader in readers:
        if reader != service:
            try:
                await _own(conn, service, reader, feed, findings)
            except FeedAway as away:
                findings.not_compared.append(
                    f"own events were not compared with what {reader} took in: {away}"
                )
    return findings


async def _store(conn: Connection, service: str, findings: Findings) -> None:
    """What the tables of the kernel say of each other."""
    for kind, statement, why in (
        ("missing", _HOLES, "later versions of its stream are there"),
        ("time", _FALLS, "it says an earlier moment than the version before it"),
        ("command", _UNASKED, "no command is kept that was answered by it"),
    ):
        findings.add(kind, service, await _places(conn, statement), why)
    cursor = await conn.execute(_MEMORY, (MOST,))
    for source, stream in await cursor.fetchall():
        findings.wrong.append(
            f"memory: {source} {stream}: what is remembered of its events does not fit its cursor"
        )
        findings.differing.append(Differing(kind="memory", source=source, stream=stream))


async def _places(conn: Connection, statement: bytes) -> list[tuple[str, int]]:
    return [
        (stream, int(version))
        for stream, version in await (await conn.execute(statement, (MOST,))).fetchall()
    ]


async def _foreign(conn: Connection, service: str, source: str, feed: FeedClient, findings: Findings) -> None:
    reached = dict(await cursors.between(conn, source, "", ""))
    seen = Counter[str]()
    async for rows in feed.pages(source, 0):
        known = [row for row in rows if row.version <= reached.get(row.stream, 0)]
        seen.update(row.stream for row in known)
        changed = await _changed(conn, source, known)
        findings.add(
            "content", source, changed, f"its source says something else than when {service} took it in"
        )
    gone = [(stream, version) for stream, version in sorted(reached.items()) if seen[stream] < version]
    findings.add("missing", source, gone, f"{service} took in more of this stream than its source has")


async def _changed(conn: Connection, source: str, rows: Sequence[Row]) -> list[tuple[str, int]]:
    remembered = await cursors.remembered(conn, source, [(row.stream, row.version) for row in rows])
    pairs = [((row.stream, row.version), content_digest(row)) for row in rows]
    return [place for place, digest in pairs if remembered.get(place, digest) != digest]


async def _own(conn: Connection, service: str, reader: str, feed: FeedClient, findings: Findings) -> None:
    behind, more = "", True
    while more:
        page = await feed.streams_taken_in(reader, service, behind)
        heads = page.heads
        columns = (
            [head.stream for head in heads],
            [head.version for head in heads],
            [head.digest for head in heads],
        )
        for stream, version in await (await conn.execute(_OWN, columns)).fetchall():
            differing = await _first(conn, service, reader, feed, stream, version)
            findings.add(
                "content",
                service,
                [differing],
                f"it says something else than when {reader} took it in, or is gone",
            )
        more = page.more
        behind = heads[-1].stream if heads else behind


async def _first(
    conn: Connection, service: str, reader: str, feed: FeedClient, stream: str, upto: int
) -> tuple[str, int]:
    """The first event of a stream that is not the one that was taken in elsewhere;
    the last where each of them is.
    """
    at = 0
    while at < upto:
        page = await feed.events_taken_in(reader, service, stream, at + 1)
        told = {head.version: head.digest for head in page.heads if head.version <= upto}
        found = await (await conn.execute(_DIGESTS, (stream, list(told)))).fetchall()
        ours = {int(version): bytes(digest) for version, digest in found}
        for version in sorted(told):
            if ours.get(version) != told[version]:
                return stream, version
        if not page.more:
            break
        at = max(told)
    return stream, upto
