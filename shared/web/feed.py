"""The event feed of a service, for catching up: what Kafka did not bring, and what auditors read.

Previous hop: another service's consumer that found a gap.
Next hop: `shared.eventsourcing.feed`, which reads settled events of the store.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from shared.eventsourcing import feed
from shared.eventsourcing.feed_pages import PAGE
from shared.messaging.receiving import cursor_pages
from shared.messaging.signed_answers import NONCE, SIGNATURE, signature
from shared.web.acting import Look
from shared.web.declared import feeds
from shared.web.forms.fields import Name, Position
from shared.web.running import running_of

Stream = Annotated[Name | None, Query(description="only this stream, from `from_version` on")]
Limit = Annotated[int, Query(ge=1, le=PAGE)]
After = Annotated[Position, Query(description="only events after this position")]
Behind = Annotated[
    Name | None, Query(description="instead: the next streams by name behind this one, moved or not")
]


class FeedEntry(BaseModel):
    position: int
    stream: str
    version: int
    case_id: str
    type: str
    schema_version: int = Field(alias="schema")
    data: dict[str, object]
    metadata: dict[str, object]
    recorded_at: str


class FeedPage(BaseModel):
    """Events in order, `position`: how far the service was settled, `more`: another page follows."""

    events: list[FeedEntry]
    position: int
    more: bool


class StreamHead(BaseModel):
    stream: str
    version: int
    digest: str = Field(
        description="64 hexadecimal digits: the chain of SHA-256 over content of each event up to this"
    )


class Heads(BaseModel):
    """Streams with their newest version and content;
    `position`: up to where was looked, `more`: ask on from there.
    """

    position: int
    streams: list[StreamHead]
    more: bool


def router(service: str) -> APIRouter:
    """`GET /api/<service>/events` and `/heads`, for other services by the shared
    secret and for people with the query `feed`.
    """
    made = APIRouter(prefix=f"/api/{service}", tags=["feed"], dependencies=[feeds(f"{service}.feed")])

    @made.get("/events", summary="Settled events, in order", responses={200: {"model": FeedPage}})
    async def events(
        request: Request,
        look: Look,
        after: After = 0,
        limit: Limit = PAGE,
        stream: Stream = None,
        from_version: Annotated[int, Query(ge=1, lt=2**31)] = 1,
    ) -> Response:
        async with look.conn() as conn:
            page = await (
                feed.stream_page(conn, stream, from_version, limit)
                if stream
                else feed.events_page(conn, after, limit)
            )
        return _signed(request, page)

    @made.get("/heads", summary="Streams that moved", responses={200: {"model": Heads}})
    async def heads(request: Request, look: Look, after: After = 0, behind: Behind = None) -> Response:
        async with look.conn() as conn:
            page = await (feed.heads_page(conn, after) if behind is None else feed.streams_page(conn, behind))
        return _signed(request, page)

    @made.get("/taken", summary="What was taken in of another service", responses={200: {"model": Heads}})
    async def taken(
        request: Request,
        look: Look,
        of: Annotated[Name, Query(description="of this service")],
        behind: Annotated[
            Name,
            Query(
                description="the next streams by name behind this one, each with the chain of all its events"
            ),
        ] = "",
        stream: Annotated[
            Name | None, Query(description="instead: the events of this stream, each with its own digest")
        ] = None,
        from_version: Annotated[int, Query(ge=1, lt=2**31)] = 1,
    ) -> Response:
        async with look.conn() as conn:
            events = stream is not None and await cursor_pages.events_page(conn, of, stream, from_version)
            return _signed(request, events or await cursor_pages.streams_page(conn, of, behind))

    return made


def _signed(request: Request, page: bytes) -> Response:
    """Who asks with a nonce gets the answer signed for exactly this question:
    other services believe no other.
    """
    answer = Response(page, media_type="application/json")
    signer, nonce = running_of(request).signer, request.headers.get(NONCE, "")
    if signer is not None and nonce:
        target = request.scope.get("raw_path", request.url.path.encode())
        query = request.scope["query_string"]
        answer.headers[SIGNATURE] = signature(
            signer, nonce[:200], target + (b"?" + query if query else b""), page
        )
    return answer
