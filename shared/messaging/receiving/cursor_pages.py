"""What this service took in of another, told to whoever recorded it, so that it can compare.

Role: the reader's half of checking. Previous hop: `shared/web/feed.py`, GET taken.
Next hop: `checking` of the service that recorded the events.
"""

from shared.eventsourcing.chains import Head
from shared.eventsourcing.feed_pages import PAGE, write_heads
from shared.eventsourcing.sight import streams_in_sight
from shared.eventsourcing.sql import Connection

_REACHED = b"""SELECT stream, version, digest FROM cursor WHERE source = %%s AND stream COLLATE "C" > %%s
    AND version > 0 AND digest IS NOT NULL%b ORDER BY stream COLLATE "C" LIMIT %%s"""
_TAKEN = b"""SELECT t.version, t.digest FROM taken t JOIN cursor c ON c.id = t.cursor
    WHERE c.source = %%s AND c.stream = %%s AND t.version >= %%s%b ORDER BY t.version LIMIT %%s"""


async def streams_page(conn: Connection, source: str, behind: str) -> bytes:
    """What a reader answers to GET taken?of=…&behind=…: how far it took in the next streams of a source,
    and with what content.
    """
    found = await reached(conn, source, behind, PAGE)
    return write_heads(0, found, more=len(found) == PAGE)


async def events_page(conn: Connection, source: str, stream: str, from_version: int) -> bytes:
    """What a reader answers to GET taken?of=…&stream=…: the events of one stream as it took them in,
    each with its own digest.
    """
    found = await events(conn, source, stream, from_version, PAGE)
    return write_heads(0, found, more=len(found) == PAGE)


async def reached(conn: Connection, source: str, behind: str, limit: int) -> list[Head]:
    """The streams of a source by name, behind one, as far as and with what content they were taken in."""
    seen, values = streams_in_sight()
    cursor = await conn.execute(_REACHED % seen, (source, behind, *values, limit))
    return [Head(stream, int(version), bytes(digest)) for stream, version, digest in await cursor.fetchall()]


async def events(conn: Connection, source: str, stream: str, from_version: int, limit: int) -> list[Head]:
    """The events of a stream as they were taken in, each with its own digest."""
    seen, values = streams_in_sight("c.stream")
    cursor = await conn.execute(_TAKEN % seen, (source, stream, from_version, *values, limit))
    return [Head(stream, int(version), bytes(digest)) for version, digest in await cursor.fetchall()]
