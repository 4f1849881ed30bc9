"""The four services in one process, each on its own database: what one records the others take in,
as the consumers do, until nothing new follows.

Commands are given without a request, to play a cycle fast; pages are asked over HTTP as the person would.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI

from deploy.front_door.config import FALLBACK, paths_of
from deploy.local.postgres.databases import Database
from shared.access.session import COOKIE
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.messaging.envelope import Received, received
from shared.room import Running
from shared.service_names import SERVICES
from tests.support.applications import HERE, application, bearer, migrated
from tests.support.rooms import own_rows, take_in


@dataclass
class FourRooms:
    """`taken`: up to which position each service's events were taken in everywhere;
    `log`: those events in that order.
    """

    apps: Mapping[str, FastAPI]
    databases: Mapping[str, Database] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    log: list[Received] = field(default_factory=list)

    def running(self, service: str) -> Running:
        found: Running = self.apps[service].state.running
        return found

    def at(self, now: datetime) -> None:
        """From here on it is this moment, in every service."""
        for app in self.apps.values():
            app.state.clock = app.state.running.handler.clock = lambda: now

    async def give(self, service: str, stream: str, command: object, role: str, case: str) -> None:
        """One command of a role, and everything that follows from it. Raises Refused."""
        actor = Actor(person=f"as_{role}", role=role, agency="dinkes" if role == "unsur_opd" else "tapem")
        await self.running(service).handler.handle(
            Order(stream=stream, command=command, case_id=case), actor=actor, command_id=uuid4()
        )
        await self.settle()

    async def settle(self) -> None:
        while [await self._take_in(source) for source in SERVICES].count(True):
            pass

    async def _take_in(self, source: str) -> bool:
        rows = await own_rows(self.running(source), self.taken.get(source, 0))
        for row in rows:
            event = received(source, row)
            for service in SERVICES:
                if source in self.running(service).room.sources:
                    await take_in(self.running(service), event)
            self.taken[source] = row.position
            self.log.append(event)
        return bool(rows)

    @asynccontextmanager
    async def browser(self, session: str = "") -> AsyncIterator[httpx2.AsyncClient]:
        """The four services under one address, as the front door brings them."""

        async def door(scope: dict[str, Any], receive: Any, send: Any) -> None:
            await self.apps[answering(scope["path"])](scope, receive, send)

        cookies = {COOKIE: session} if session else {}
        transport = httpx2.ASGITransport(door, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http:
            yield http

    async def page(self, path: str, role: str) -> tuple[int, str]:
        """The page that the front door would answer with: status and text."""
        async with self.browser() as http:
            answer = await http.get(path, headers=bearer(f"as_{role}"))
        return answer.status_code, answer.text


def answering(path: str) -> str:
    """The service behind a path."""
    begun = path.partition("?")[0]
    claims = {claim: service for service in SERVICES for claim in paths_of(service) if claim != "/"}
    return next((claims[claim] for claim in claims if f"{begun}/".startswith(f"{claim}/")), FALLBACK)


@asynccontextmanager
async def four_rooms(
    fresh: Callable[[str], Database], prepare: Callable[[str, Database], Awaitable[None]] | None = None
) -> AsyncIterator[FourRooms]:
    """`prepare` makes a service's tables and puts into them what has happened before, if anything."""
    async with AsyncExitStack() as stack:
        apps, databases = dict[str, FastAPI](), dict[str, Database]()
        for service in SERVICES:
            databases[service] = fresh(f"four_{service}")
            if prepare:
                await prepare(service, databases[service])
            else:
                migrated(service, databases[service])
            apps[service] = await stack.enter_async_context(application(service, databases[service]))
        yield FourRooms(apps, databases)
