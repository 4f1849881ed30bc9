"""Asking a feed: what Kafka did not bring is asked of its source over HTTP, and who took what in,
of its readers.

Role: the second net under the transport. Previous hop: `consumer` with a gap, `heads` with a stream that is
behind. Next hop: the source's `shared/web/feed.py`. Every answer is signed by who gives it, for the question
that was asked.
"""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx2
import msgspec

from shared.eventsourcing import feed
from shared.eventsourcing.feed_pages import EventsPage, HeadsPage
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Pool
from shared.messaging.envelope import Received, received
from shared.messaging.signed_answers import NONCE, SIGNATURE, genuine
from shared.messaging.signing import Keys

Page = TypeVar("Page", EventsPage, HeadsPage)


class FeedAway(Exception):
    """The source's feed gives no answer, or none that helps; the text says why. To be tried again."""


class NotAtSource(FeedAway):
    """The source answers, and does not have the event that was asked for."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events of a source in order; `settled` is how far the source was settled,
    `more` says that another page follows.
    """

    rows: Sequence[Row]
    settled: int
    more: bool


class FeedClient:
    """Asks the other services' feeds, each with the secret by which that one knows this one;
    the own store is read directly.
    """

    def __init__(
        self, service: str, pool: Pool, addresses: Mapping[str, str], known_by: Mapping[str, str], keys: Keys
    ) -> None:
        self._service, self._pool, self._addresses, self._keys = service, pool, addresses, keys
        self._known_by, self._answered = known_by, dict[str, str]()
        self._http = httpx2.AsyncClient(timeout=10)

    async def close(self) -> None:
        """Closes the connections to the other services."""
        await self._http.aclose()

    async def stream(
        self, source: str, stream: str, from_version: int, to_version: int
    ) -> AsyncIterator[Received]:
        """Events of a stream between two versions, both included.
        Raises FeedAway when the source cannot give all of them.
        """
        expected = from_version
        while expected <= to_version:
            page = await self._events(source, stream, expected)
            for entry in page.events:
                if entry.version > to_version:
                    return
                if entry.version != expected:
                    raise NotAtSource(f"{source} has no version {expected} of {stream}")
                yield received(source, entry.row)
                expected += 1
            if not page.more and expected <= to_version:
                raise NotAtSource(f"{source} has no version {expected} of {stream} yet")

    async def heads(self, source: str, after: int) -> HeadsPage:
        """Streams of a source that moved after a position. Raises FeedAway."""
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await feed.heads_page(conn, after)
        else:
            answer = await self._get(source, "heads", {"after": after})
        return _heads_of(source, answer)

    async def streams(self, source: str, behind: str) -> HeadsPage:
        """The next streams of a source by name, whether they moved or not. Raises FeedAway."""
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await feed.streams_page(conn, behind)
        else:
            answer = await self._get(source, "heads", {"behind": behind})
        return _heads_of(source, answer)

    async def streams_taken_in(self, reader: str, source: str, behind: str) -> HeadsPage:
        """How far another service took in the streams of `source`, by name behind one. Raises FeedAway."""
        return _heads_of(reader, await self._get(reader, "taken", {"of": source, "behind": behind}))

    async def events_taken_in(self, reader: str, source: str, stream: str, from_version: int) -> HeadsPage:
        """The events of a stream of `source` as another service took them in, from a version on.
        Raises FeedAway.
        """
        asked: dict[str, str | int] = {"of": source, "stream": stream, "from_version": from_version}
        return _heads_of(reader, await self._get(reader, "taken", asked))

    async def pages(self, source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        """All settled events of another service after a position, page by page in the order of issue.
        Raises FeedAway.
        """
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
                answer = await feed.events_page(conn, after)
        else:
            answer = await self._get(source, "events", {"after": after})
        page = _decode(source, answer, EventsPage)
        return FeedPage(page.rows, page.position, page.more)

    async def _events(self, source: str, stream: str, from_version: int) -> EventsPage:
        if source == self._service:
            async with self._pool.connection() as conn:
                answer = await feed.stream_page(conn, stream, from_version)
        else:
            answer = await self._get(source, "events", {"stream": stream, "from_version": from_version})
        return _decode(source, answer, EventsPage)

    async def _get(self, source: str, what: str, query: Mapping[str, str | int]) -> bytes:
        """Asks one address of the source after the other, the one that answered last first."""
        if source not in self._addresses:
            raise FeedAway(f"no address of {source}'s feed is set (JEJAK_FEEDS)")
        known = self._addresses[source].split("+")
        last, trouble = self._answered.get(source), FeedAway(f"{source}'s feed has no address")
        for address in sorted(known, key=lambda one: one != last):
            try:
                answer = await self._get_at(address, source, what, query)
            except FeedAway as error:
                trouble = error
            else:
                self._answered[source] = address
                return answer
        raise trouble

    async def _get_at(self, address: str, source: str, what: str, query: Mapping[str, str | int]) -> bytes:
        nonce = secrets.token_urlsafe(18)
        headers = {NONCE: nonce, "Authorization": f"Bearer {self._known_by.get(source, '')}"}
        request = self._http.build_request(
            "GET", f"{address}/api/{source}/{what}", params=dict(query), headers=headers
        )
        try:
            answer = await self._http.send(request)
        except httpx2.HTTPError as error:
            raise FeedAway(f"{source}'s feed does not answer: {type(error).__name__}") from error
        if answer.status_code != httpx2.codes.OK:
            raise FeedAway(f"{source}'s feed answers {answer.status_code}")
        signature, target = answer.headers.get(SIGNATURE, ""), request.url.raw_path
        if not genuine(self._keys, source, signature, nonce=nonce, target=target, body=answer.content):
            raise FeedAway(f"what answers as {source}'s feed does not sign as {source}")
        return answer.content


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
