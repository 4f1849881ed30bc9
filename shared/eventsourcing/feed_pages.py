"""What a feed answers, as it travels: pages of events and pages of heads,
written by who has them and read by who asked.

Role: the wire shapes between `shared/eventsourcing/feed.py` of one service and the `feed_client` of another.
Data and metadata travel as the exact bytes of the source's store.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from shared.eventsourcing.chains import Head
from shared.eventsourcing.recorded import Row

PAGE: Final = 500
"""At most so many entries in one answer."""


class Entry(msgspec.Struct, frozen=True):
    """One event in a page of the feed."""

    position: int
    stream: str
    version: int
    case_id: str
    type: str
    schema: int
    data: msgspec.Raw
    metadata: msgspec.Raw
    recorded_at: datetime

    @property
    def row(self) -> Row:
        """The event as its source's store holds it."""
        *place, data, metadata, recorded_at = msgspec.structs.astuple(self)
        return Row._make((*place, bytes(data).decode(), bytes(metadata).decode(), recorded_at))


class EventsPage(msgspec.Struct, frozen=True):
    """Events in order; `more` says that another page follows, `position` how far the source was settled."""

    events: list[Entry]
    position: int
    more: bool = False

    @property
    def rows(self) -> list[Row]:
        """The events as their source's store holds them."""
        return [entry.row for entry in self.events]


class HeadEntry(msgspec.Struct, frozen=True):
    """One head in a page; its digest in hexadecimal digits."""

    stream: str
    version: int
    digest: str


class HeadsPage(msgspec.Struct, frozen=True):
    """Streams with their newest version and the digest of their content;
    `position` up to which was looked, `more`: ask on from there.
    """

    position: int
    streams: list[HeadEntry]
    more: bool = False

    @property
    def heads(self) -> list[Head]:
        """The heads. Raises ValueError for digests that are none."""
        return [Head(entry.stream, entry.version, bytes.fromhex(entry.digest)) for entry in self.streams]


def write_events(rows: Sequence[Row], settled: int, limit: int) -> bytes:
    """A page of at most `limit` events, given one more where there is one."""
    entries = [
        Entry(*row[:6], msgspec.Raw(row.data), msgspec.Raw(row.metadata), row.recorded_at)
        for row in rows[:limit]
    ]
    return msgspec.json.encode(EventsPage(entries, settled, more=len(rows) > limit))


def write_heads(position: int, heads: Sequence[Head], *, more: bool) -> bytes:
    """A page of heads."""
    entries = [HeadEntry(head.stream, head.version, head.digest.hex()) for head in heads]
    return msgspec.json.encode(HeadsPage(position, entries, more))
