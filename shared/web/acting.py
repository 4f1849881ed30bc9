"""Act and Look: the two ways a route touches its room.

An event's way, hop 1. Previous hop: a person's form or a program's JSON. Next hop: `command_handler`. The
route reads input, builds a command and awaits `act(order)`; permission, command id, expected version and the
answer's headers are the same for all of them.
"""

import re
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, Field

from shared.access.permissions import Forbidden, Viewer
from shared.contracts.registry import kebab
from shared.eventsourcing.commands.order import Answer, Order
from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.recorded import Actor
from shared.eventsourcing.sql import Connection
from shared.room import Running
from shared.web import positions
from shared.web.declared import Declaration, is_service
from shared.web.forms.csrf import form_of
from shared.web.forms.repeating import digest_of, was_streamed
from shared.web.regions import REGION, is_in_sight, office_for, region_of_request
from shared.web.running import running_of, today_of, traceparent_of
from shared.web.visitor import viewer_of

_KEYS = uuid.UUID("7a8f2c1e-51c4-4b7e-9d6b-0d1f5f3c9a34")
_ETAG = re.compile(r'(?:W/)?"(?:[^"@]*@)?(?P<version>[0-9]{1,9})"|(?P<plain>[0-9]{1,9})')
_COMMAND = re.compile(r"[^0-9a-f]")
WAIT_API, WAIT_PAGE = 5.0, 2.0
KEY = "the same key of the same person is the same command: one effect, the same answer"
MATCH = "the ETag (or `version`) that was seen; if the stream moved on since, 412 says what changed"
POSITION = "`position` of an earlier answer: wait until this service can see it, at most 5 s, then 503"


class PreconditionInvalid(Exception):
    """An If-Match header that names no version."""


class EventName(BaseModel):
    id: str = Field(
        description="source:stream@version, unique for ever",
        examples=["intake:submission-3402-2026-dinkes-tahunan@7"],
    )
    type: str = Field(
        description="CloudEvents name of the event without its version", examples=["submission-received"]
    )


class CommandAnswer(BaseModel):
    """What a command did. Send `position` as `Jejak-Position` with the next query, to any service,
    and it will know this.
    """

    stream: str
    version: int = Field(
        description="version of the stream afterwards; send it as If-Match with the next command"
    )
    position: str = Field(description="position token")
    events: list[EventName] = Field(description="what happened, in order; empty when there was nothing to do")


class Acting:
    """A person about to give commands. Call it with an order;
    `agency` names whose case it is, for permissions of scope own_agency.
    """

    def __init__(self, request: Request, response: Response, *, key: str, expected: int | None) -> None:
        self.request, self.response = request, response
        self.running: Running = running_of(request)
        self.viewer: Viewer = viewer_of(request)
        self.expected = expected
        self._key, self._given, self._asked = key, list[str](), False

    @property
    def region(self) -> str:
        """The region in which the person acts where the address names none."""
        return region_of_request(self.request)

    @property
    def today(self) -> date:
        """The day on which the person acts, in WIB: the default of `occurred_on`."""
        return today_of(self.request)

    async def __call__(self, order: Order, *, agency: str | None = None, part: str = "") -> CommandAnswer:
        """Checks permission, gives the command, sets ETag and Jejak-Position.
        Raises Forbidden, Refused, Conflict.

        A route that gives several commands for one request names the `part` of the request that each is for,
        so that a repetition, which may give fewer of them, means the same by the same name.
        """
        command = order.command
        name = f"{self.running.room.name}.{type(command).__name__}"
        if name not in _declaration(self.request).names:
            raise RuntimeError(f"the route gives {name} but does not declare it")
        office = office_for(self.request, name, order, agency)
        if getattr(command, "by", self.viewer.person) != self.viewer.person:
            raise Forbidden(name)
        self._asked = True
        if part in self._given:
            raise RuntimeError(f"the route gives {name} twice for the part {part!r} of one request")
        actor = Actor(person=self.viewer.person, role=office.role, agency=office.agency)
        expected = self.expected if not self._given else None
        sent = await digest_of(self.request)
        answer = await self.running.handler.handle(
            order,
            actor=actor,
            command_id=self._command_id(part),
            expected=expected,
            request=sent,
            traceparent=traceparent_of(self.request),
        )
        self._given.append(part)
        return self._say(answer)

    def reaches(self, query: str) -> Viewer | None:
        """The person with the reach that a query gives; None where it gives none.
        For what a command may name, as for what it may show.
        """
        return self.running.permissions.reaching(self.viewer, query)

    async def before(self) -> CommandAnswer | None:
        """The answer to this very request, given earlier: for a route that did not come as far as its
        command, because that took effect.
        """
        if self._asked or was_streamed(self.request):
            return None
        answer = await self.running.handler.answered(self._command_id(), await digest_of(self.request))
        return None if answer is None else self._say(answer)

    def body(self) -> AsyncIterator[bytes]:
        """The raw body as it comes in: an upload, which is no command,
        so that no earlier answer to it is looked for.
        """
        self._asked = True
        return self.request.stream()

    def _command_id(self, part: str = "") -> uuid.UUID:
        """The same key of the same person is the same command, for the same part of the request."""
        return uuid.uuid5(_KEYS, f"{self.viewer.person}\n{self._key}\n{part or 0}")

    def _say(self, answer: Answer) -> CommandAnswer:
        first = answer.version - len(answer.events) + 1
        self.response.headers["ETag"] = f'"{answer.stream}@{answer.version}"'
        self.response.headers[positions.HEADER] = answer.token
        self.request.state.position = answer.token
        events = [
            EventName(id=f"{answer.source}:{answer.stream}@{first + index}", type=kebab(type(event).__name__))
            for index, event in enumerate(answer.events)
        ]
        return CommandAnswer(
            stream=answer.stream, version=answer.version, position=answer.token, events=events
        )


class Looking:
    """A person looking. `viewer` carries the reach of the declared query;
    `async with look.conn() as conn` waits for the asked position.
    """

    def __init__(self, request: Request, response: Response) -> None:
        self.request, self.response = request, response
        self.running: Running = running_of(request)
        self.is_service = is_service(request)
        self._names = _declaration(request).names

    @property
    def viewer(self) -> Viewer:
        """With the reach of the one query that the route declares; a route with several asks `reaches` for
        each, or one would lend another its reach.
        """
        viewer, permissions = viewer_of(self.request), self.running.permissions
        if len(self._names) > 1 and _declaration(self.request).kind == "query":
            raise RuntimeError(
                f"{self.request.url.path} declares {len(self._names)} queries: ask reaches(name)"
            )
        name = next((name for name in self._names if permissions.may(viewer, name)), self._names[0])
        return permissions.reading(viewer, name)

    @property
    def region(self) -> str:
        """The region that is looked at where the address names none."""
        return region_of_request(self.request)

    @property
    def person(self) -> str:
        """Who looks."""
        return viewer_of(self.request).person

    def reaches(self, query: str) -> Viewer | None:
        """The viewer with the reach that a declared query gives; None where it gives this person none."""
        if query not in self._names:
            raise RuntimeError(f"{self.request.url.path} does not declare {query}")
        return self.running.permissions.reaching(viewer_of(self.request), query)

    def may(self, name: str) -> bool:
        """Whether the viewer may give this command or ask this query at all: for showing a button."""
        return self.running.permissions.may(viewer_of(self.request), name)

    def version(self, stream: str, version: int) -> None:
        """Says which version of a stream the answer shows, as its ETag."""
        self.response.headers["ETag"] = f'"{stream}@{version}"'

    @asynccontextmanager
    async def conn(self) -> AsyncIterator[Connection]:
        """A connection that sees at least the position that the caller names.
        Raises NotYetThere (a page is shown anyway, and says so).
        """
        asked, is_page = ([], True) if looks_at() else self._asked()
        pool, own = self.running.pool, self.running.room.name
        if asked:
            try:
                await positions.wait_for(pool, asked, own=own, limit=WAIT_PAGE if is_page else WAIT_API)
            except positions.NotYetThere:
                if not is_page:
                    raise
                self.request.state.behind = True
        async with pool.connection() as conn:
            yield conn

    def _asked(self) -> tuple[list[positions.Position], bool]:
        """The positions to wait for, and whether this is a page;
        of sources that this room does not listen to there is nothing to wait for.
        """
        header = self.request.headers.get(positions.HEADER)
        is_page = header is None and not self.request.url.path.startswith("/api/")
        try:
            asked = positions.parse(
                self.request.cookies.get(positions.COOKIE, "") if is_page else header or ""
            )
        except positions.PositionInvalid:
            if not is_page:
                raise
            asked = ()
        sources: Iterable[str] = getattr(self.request.app.state, "sources", self.running.room.sources)
        known = {self.running.room.name, *sources}
        seen = [one for one in asked if one.source in known and is_in_sight(self.request, one.stream)]
        return seen, is_page


def _declaration(request: Request) -> Declaration:
    declaration: Declaration | None = getattr(request.state, "declaration", None)
    if declaration is None:
        raise RuntimeError(f"the route {request.url.path} declares no permission")
    return declaration


def expected_version(header: str | None) -> int | None:
    """The version that If-Match names: `"stream@7"`, `"7"` or 7; None for no header or `*`.
    Raises PreconditionInvalid.
    """
    if header is None or header.strip() in {"", "*"}:
        return None
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise PreconditionInvalid(header[:80])
    return int(match["version"] or match["plain"])


async def acting(
    request: Request,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", max_length=200, description=KEY)
    ] = None,
    if_match: Annotated[
        str | None, Header(alias="If-Match", max_length=300, description=MATCH, examples=['"tally-1@7"'])
    ] = None,
) -> Acting:
    """Act from headers (programs) or from the hidden fields of a form (pages)."""
    form = await form_of(request)
    request.state.region = str(form.get(REGION) or "")
    request.state.command = _COMMAND.sub("", str(form.get("_command") or ""))[:32]
    key = idempotency_key or str(form.get("_command") or "")[:200] or uuid.uuid4().hex
    expected = expected_version(if_match or str(form.get("_version") or ""))
    made = request.state.acting = Acting(request, response, key=key, expected=expected)
    return made


async def looking(
    request: Request,
    response: Response,
    _position: Annotated[
        str | None, Header(alias=positions.HEADER, max_length=2000, description=POSITION)
    ] = None,
) -> Looking:
    """Look; the position is read where a connection is asked for."""
    return Looking(request, response)


Act = Annotated[Acting, Depends(acting)]
Look = Annotated[Looking, Depends(looking)]
