"""The event feed, the side that has the events: pages of what is settled, and of the heads of streams.

Role: the second net under the transport, and what auditors read. Previous hop: `shared/web/feed.py`,
the HTTP door. Next hop: the `feed_client` of another service, for a gap or a stream that stayed behind.
"""

from shared.eventsourcing import chains, store
from shared.eventsourcing.feed_pages import PAGE, write_events, write_heads
from shared.eventsourcing.sql import Connection


async def stream_page(conn: Connection, stream: str, from_version: int, limit: int = PAGE) -> bytes:
    """What the source answers to GET events?stream=…&from_version=…: a JSON page of settled events."""
    upto = await store.settled(conn)
    return write_events(
        await store.read_stream(conn, stream, from_version=from_version, upto=upto, limit=limit + 1),
        upto,
        limit,
    )


async def events_page(conn: Connection, after: int, limit: int = PAGE) -> bytes:
    """What the source answers to GET events?after=…: a JSON page of settled events in the order of issue."""
    upto = await store.settled(conn)
    return write_events(await store.read(conn, after=after, upto=upto, limit=limit + 1), upto, limit)


async def heads_page(conn: Connection, after: int) -> bytes:
    """What the source answers to GET heads?after=…: streams that moved, so many positions at a time."""
    settled = await store.settled(conn)
    upto = min(settled, after + chains.WINDOW)
    return write_heads(
        max(upto, after), await chains.moved(conn, after=after, upto=upto), more=upto < settled
    )


async def streams_page(conn: Connection, behind: str) -> bytes:
    """What the source answers to GET heads?behind=…: the next streams in the order of their names."""
    settled = await store.settled(conn)
    found = await chains.named(conn, behind=behind, upto=settled)
    return write_heads(settled, found, more=len(found) == chains.STREAMS)
