"""The walk over the sources: every event as its source holds it now against its line in the log,
and every line against its source.

SOP step 13, and every step before it. Previous hop: `check/comparing.py`, page by page; `check/fsck.py`, all
at once. Next hop: `check/differences.py`. Whoever changes an event at its source, together with everything
the source shows of it, does not change the log; here that is seen.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from services.archive.check.differences import Difference
from services.archive.log.leaf import leaf_of
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection, Pool
from shared.messaging.envelope import received
from shared.messaging.receiving.feed_client import FeedPage

PAGE = 500
LOOK_AGAIN_S, LOOKS = 1.0, 4
GRACE = timedelta(minutes=5)
"""So long an event may be on its way into the log."""
_LAST = b"SELECT coalesce(max(position), 0) FROM leaf_lookup WHERE source = %b"
_LINES = (
    b"SELECT l.index, l.stream, l.version, k.position, l.line FROM leaf l JOIN leaf_lookup k USING (index) "
    b"WHERE k.source = %(source)s AND k.position > %(after)s AND k.position <= %(upto)s "
    b"UNION SELECT l.index, l.stream, l.version, 0, l.line FROM leaf l "
    b"JOIN unnest(%(streams)s::text[], %(versions)s::int[]) AS e(stream, version) USING (stream, "
    b"version) WHERE l.source = %(source)s"
)
_TAKEN_IN = (
    b"SELECT e.stream, e.version FROM unnest(%b::text[], %b::int[]) AS e(stream, version) "
    b"JOIN cursor c ON c.source = %b AND c.stream = e.stream AND c.version >= e.version"
)


class EventPages(Protocol):
    """What the walk asks of a source's event feed."""

    async def page(self, source: str, after: int) -> FeedPage: ...


@dataclass(frozen=True, slots=True)
class Compared:
    """One page: up to which position of the source, whether that was its end, and what differs.
    `on_the_way` may still arrive.
    """

    upto: int
    end: bool
    differences: list[Difference]
    on_the_way: list[Row]


async def last_logged(conn: Connection, source: str) -> int:
    """The last position of a source that the log holds:
    asked before the source, which then has it, or never had it.
    """
    row = await (await conn.execute(_LAST, (source,))).fetchone()
    return int(row[0]) if row else 0


async def look(pool: Pool, feed: EventPages, source: str, after: int) -> Compared:
    """Asks the source for its next page and compares it;
    holds no connection while it asks. Raises FeedAway.
    """
    async with pool.connection() as conn:
        highest = await last_logged(conn, source)
    page = await feed.page(source, after)
    upto = page.rows[-1].position if page.more else max(after, highest, page.settled)
    async with pool.connection() as conn:
        compared = await compare(conn, source, page.rows, after=after, upto=upto)
    return Compared(upto, not page.more, compared.differences, compared.on_the_way)


async def look_until_settled(pool: Pool, feed: EventPages, source: str, after: int) -> Compared:
    """The same; the newest events of a source may be unsettled for a moment,
    so what differs at its end is looked at again. Raises FeedAway.
    """
    compared = await look(pool, feed, source, after)
    for _ in range(LOOKS):
        if not (compared.end and compared.differences):
            break
        await asyncio.sleep(LOOK_AGAIN_S)
        compared = await look(pool, feed, source, after)
    return compared


async def compare(conn: Connection, source: str, rows: Sequence[Row], *, after: int, upto: int) -> Compared:
    """`rows` are all events of the source with after < position ≤ upto."""
    asked = {
        "source": source,
        "after": after,
        "upto": upto,
        "streams": [row.stream for row in rows],
        "versions": [row.version for row in rows],
    }
    lines, there = dict[tuple[str, int], tuple[int, bytes]](), set[tuple[str, int]]()
    for index, stream, version, position, line in await (await conn.execute(_LINES, asked)).fetchall():
        lines[stream, int(version)] = int(index), bytes(line)
        if position:
            there.add((stream, int(version)))
    known = {(row.stream, row.version) for row in rows}
    found = [
        _extra(source, stream, version, lines[stream, version][0])
        for stream, version in sorted(there - known)
    ]
    found += [
        difference
        for row in rows
        if (row.stream, row.version) in lines
        for difference in _content(source, row, *lines[row.stream, row.version])
    ]
    absent = [row for row in rows if (row.stream, row.version) not in lines]
    taken_in = await _taken_in(conn, source, absent)
    found += [missing(source, row) for row in absent if (row.stream, row.version) in taken_in]
    on_the_way = [row for row in absent if (row.stream, row.version) not in taken_in]
    return Compared(upto, False, found, on_the_way)


def overdue(source: str, on_the_way: Sequence[Row], now: datetime | None = None) -> list[Difference]:
    """Those that have been on their way for too long."""
    limit = (now or datetime.now(UTC)) - GRACE
    return [missing(source, row) for row in on_the_way if row.recorded_at < limit]


def missing(source: str, row: Row) -> Difference:
    place = f"{row.stream}@{row.version}"
    return Difference(
        walk=source, kind="missing", place=place, source=source, stream=row.stream, version=row.version
    )


def _extra(source: str, stream: str, version: int, index: int) -> Difference:
    return Difference(
        walk=source,
        kind="extra",
        place=f"{stream}@{version}",
        source=source,
        stream=stream,
        version=version,
        index=index,
    )


def _content(source: str, row: Row, index: int, line: bytes) -> Iterator[Difference]:
    expected = leaf_of(received(source, row)).line
    if expected != line:
        place, detail = f"{row.stream}@{row.version}", ", ".join(what_differs(line, expected))
        yield Difference(
            walk=source,
            kind="content",
            place=place,
            source=source,
            stream=row.stream,
            version=row.version,
            index=index,
            detail=detail,
        )


async def _taken_in(conn: Connection, source: str, rows: Sequence[Row]) -> set[tuple[str, int]]:
    if not rows:
        return set()
    cursor = await conn.execute(
        _TAKEN_IN, ([row.stream for row in rows], [row.version for row in rows], source)
    )
    return {(stream, int(version)) for stream, version in await cursor.fetchall()}


def what_differs(line: bytes, expected: bytes, *, most: int = 5) -> list[str]:
    """The fields that differ, each with the value of the log and that of the source."""
    try:
        ours, theirs = dict(_flat(json.loads(line))), dict(_flat(json.loads(expected)))
    except ValueError:
        return ["the line is no event"]
    names = [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]
    said = [
        f"{name}: log {_short(ours.get(name))}, source {_short(theirs.get(name))}" for name in names[:most]
    ]
    return [*said, *([f"and {len(names) - most} more"] if len(names) > most else [])] or [
        "the bytes of the line"
    ]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{number}]")
    else:
        yield path, value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if value is not None else "nothing"
    return text if len(text) <= 80 else f"{text[:79]}…"
