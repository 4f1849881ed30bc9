"""The event feed: a source's own store, asked over HTTP for what Kafka did not bring.

Role: the second net under the transport. Previous hop: `consumer` with a gap, `heads` with a stream that is behind. Next hop: the source's
route, which answers with `events_page` and `heads_page`. Data and metadata travel as the exact bytes of the source's store, and every answer
is signed by the source for the question that was asked.
"""

import base64
import binascii
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import httpx2
import msgspec

from shared.eventsourcing import store
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection, Pool
from shared.messaging.digest import framed
from shared.messaging.envelope import Received, received
from shared.messaging.receiving import chains, cursors
from shared.messaging.receiving.chains import Head
from shared.messaging.signing import Keys, Signer

PAGE: Final = 500
NONCE: Final = "Jejak-Nonce"
SIGNATURE: Final = "Jejak-Signature"
_PURPOSE: Final = "feed"
Page = TypeVar("Page", "EventsPage", "HeadsPage")


class FeedAway(Exception):
    """The source's feed gives no answer, or none that helps; the text says why. To be tried again."""


class NotAtSource(FeedAway):
    """The source answers, and does not have the event that was asked for."""


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


class EventsPage(msgspec.Struct, frozen=True):
    """Events in order; `more` says that another page follows, `position` how far the source was settled."""

    events: list[Entry]
    position: int
    more: bool = False


class HeadEntry(msgspec.Struct, frozen=True):
    """One head in a page; its digest in hexadecimal digits."""

    stream: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events of a source in order; `settled` is how far the source was settled, `more` says that another page follows."""

    rows: Sequence[Row]
    settled: int
    more: bool


class HeadsPage(msgspec.Struct, frozen=True):
    """Streams with their newest version and the digest of their content; `position` up to which was looked, `more`: ask on from there."""

    position: int
    streams: list[HeadEntry]
    more: bool = False

    @property
    def heads(self) -> list[Head]:
        return [Head(entry.stream, entry.version, bytes.fromhex(entry.digest)) for entry in self.streams]


async def stream_page(conn: Connection, stream: str, from_version: int, limit: int = PAGE) -> bytes:
    """What the source answers to GET events?stream=…&from_version=…: a JSON page of settled events."""
    upto = await store.settled(conn)
    return _page(await store.read_stream(conn, stream, from_version=from_version, upto=upto, limit=limit + 1), upto, limit)


async def events_page(conn: Connection, after: int, limit: int = PAGE) -> bytes:
    """What the source answers to GET events?after=…: a JSON page of settled events in the order of issue."""
    upto = await store.settled(conn)
    return _page(await store.read(conn, after=after, upto=upto, limit=limit + 1), upto, limit)


async def heads_page(conn: Connection, after: int) -> bytes:
    """What the source answers to GET heads?after=…: streams that moved, so many positions at a time."""
    settled = await store.settled(conn)
    upto = min(settled, after + chains.WINDOW)
    return _heads(max(upto, after), await chains.moved(conn, after=after, upto=upto), more=upto < settled)


async def streams_page(conn: Connection, behind: str) -> bytes:
    """What the source answers to GET heads?behind=…: the next streams in the order of their names."""
    settled = await store.settled(conn)
    found = await chains.named(conn, behind=behind, upto=settled)
    return _heads(settled, found, more=len(found) == chains.STREAMS)


async def taken_page(conn: Connection, source: str, behind: str) -> bytes:
    """What a reader answers to GET taken?of=…&behind=…: how far it took in the next streams of a source, and with what content."""
    found = await cursors.chains(conn, source, behind, PAGE)
    return _heads(0, found, more=len(found) == PAGE)


async def taken_events_page(conn: Connection, source: str, stream: str, from_version: int) -> bytes:
    """What a reader answers to GET taken?of=…&stream=…: the events of one stream as it took them in, each with its own digest."""
    found = await cursors.events_of(conn, source, stream, from_version, PAGE)
    return _heads(0, found, more=len(found) == PAGE)


def _heads(position: int, heads: Sequence[Head], *, more: bool) -> bytes:
    entries = [HeadEntry(head.stream, head.version, head.digest.hex()) for head in heads]
    return msgspec.json.encode(HeadsPage(position, entries, more))


def _page(rows: Sequence[Row], upto: int, limit: int) -> bytes:
    entries = [
        Entry(
            row.position,
            row.stream,
            row.version,
            row.case_id,
            row.type,
            row.schema,
            msgspec.Raw(row.data),
            msgspec.Raw(row.metadata),
            row.recorded_at,
        )
        for row in rows[:limit]
    ]
    return msgspec.json.encode(EventsPage(entries, upto, more=len(rows) > limit))


def signed(signer: Signer, nonce: str, target: bytes, body: bytes) -> str:
    """What the source puts into the header SIGNATURE: good for this answer to this question (path and query) of this asker alone."""
    return base64.b64encode(signer.sign(_PURPOSE, _answer(nonce, target, body))).decode()


def _answer(nonce: str, target: bytes, body: bytes) -> bytes:
    return framed((nonce.encode(), target, body))


class Feed:
    """Asks the other services' feeds, each with the secret by which that one knows this one; the own store is read directly."""

    def __init__(self, service: str, pool: Pool, addresses: Mapping[str, str], known_by: Mapping[str, str], keys: Keys) -> None:
        self._service, self._pool, self._addresses, self._keys = service, pool, addresses, keys
        self._known_by = known_by
        self._http = httpx2.AsyncClient(timeout=10)

    async def close(self) -> None:
        """Closes the connections to the other services."""
        await self._http.aclose()

    async def stream(self, source: str, stream: str, from_version: int, to_version: int) -> AsyncIterator[Received]:
        """Events of a stream between two versions, both included. Raises FeedAway when the source cannot give all of them."""
        expected = from_version
        while expected <= to_version:
            page = await self._events(source, stream, expected)
            for entry in page.events:
                if entry.version > to_version:
                    return
                if entry.version != expected:
                    raise NotAtSource(f"{source} has no version {expected} of {stream}")
                yield _received(source, entry)
                expected += 1
            if not page.more and expected <= to_version:
                raise NotAtSource(f"{source} has no version {expected} of {stream} yet")

    async def heads(self, source: str, after: int) -> HeadsPage:
        """Streams of a source that moved after a position. Raises FeedAway."""
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await heads_page(conn, after)
        else:
            answer = await self._get(source, "heads", {"after": after})
        return _heads_of(source, answer)

    async def streams(self, source: str, behind: str) -> HeadsPage:
        """The next streams of a source by name, whether they moved or not. Raises FeedAway."""
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await streams_page(conn, behind)
        else:
            answer = await self._get(source, "heads", {"behind": behind})
        return _heads_of(source, answer)

    async def taken(self, reader: str, source: str, behind: str) -> HeadsPage:
        """How far another service took in the streams of `source`, by name behind one. Raises FeedAway."""
        return _heads_of(reader, await self._get(reader, "taken", {"of": source, "behind": behind}))

    async def taken_of(self, reader: str, source: str, stream: str, from_version: int) -> HeadsPage:
        """The events of a stream of `source` as another service took them in, from a version on. Raises FeedAway."""
        asked: dict[str, str | int] = {"of": source, "stream": stream, "from_version": from_version}
        return _heads_of(reader, await self._get(reader, "taken", asked))

    async def pages(self, source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        """All settled events of another service after a position, page by page in the order of issue. Raises FeedAway."""
        more = True
        while more:
            page = await self.page(source, after)
            if page.rows:
                yield page.rows
                after = page.rows[-1].position
            more = page.more

    async def page(self, source: str, after: int) -> FeedPage:
        """The next settled events of any service after a position, in the order of issue. Raises FeedAway."""
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await events_page(conn, after)
        else:
            answer = await self._get(source, "events", {"after": after})
        page = _decode(source, answer, EventsPage)
        return FeedPage([_received(source, entry).row() for entry in page.events], page.position, page.more)

    async def _events(self, source: str, stream: str, from_version: int) -> EventsPage:
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await stream_page(conn, stream, from_version)
        else:
            answer = await self._get(source, "events", {"stream": stream, "from_version": from_version})
        return _decode(source, answer, EventsPage)

    async def _get(self, source: str, what: str, query: Mapping[str, str | int]) -> bytes:
        address = self._addresses.get(source)
        if address is None:
            raise FeedAway(f"no address of {source}'s feed is set (JEJAK_FEEDS)")
        nonce = secrets.token_urlsafe(18)
        headers = {NONCE: nonce, "Authorization": f"Bearer {self._known_by.get(source, '')}"}
        request = self._http.build_request("GET", f"{address}/api/{source}/{what}", params=dict(query), headers=headers)
        try:
            answer = await self._http.send(request)
        except httpx2.HTTPError as error:
            raise FeedAway(f"{source}'s feed does not answer: {type(error).__name__}") from error
        if answer.status_code != httpx2.codes.OK:
            raise FeedAway(f"{source}'s feed answers {answer.status_code}")
        if not self._genuine(source, _answer(nonce, request.url.raw_path, answer.content), answer.headers.get(SIGNATURE, "")):
            raise FeedAway(f"what answers as {source}'s feed does not sign as {source}")
        return answer.content

    def _genuine(self, source: str, what: bytes, signature: str) -> bool:
        try:
            return self._keys.genuine(source, _PURPOSE, what, base64.b64decode(signature, validate=True))
        except (binascii.Error, ValueError):
            return False


def _decode(source: str, answer: bytes, page: type[Page]) -> Page:
    try:
        return msgspec.json.decode(answer, type=page)
    except msgspec.DecodeError as error:
        raise FeedAway(f"{source}'s feed cannot be read: {error}") from error


def _heads_of(source: str, answer: bytes) -> HeadsPage:
    page = _decode(source, answer, HeadsPage)
    try:
        _ = page.heads
    except ValueError as error:
        raise FeedAway(f"{source}'s heads cannot be read: {error}") from error
    return page


def _received(source: str, entry: Entry) -> Received:
    row = Row(
        entry.position,
        entry.stream,
        entry.version,
        entry.case_id,
        entry.type,
        entry.schema,
        bytes(entry.data).decode(),
        bytes(entry.metadata).decode(),
        entry.recorded_at,
    )
    return received(source, row)
