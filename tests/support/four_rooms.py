"""The four services in one process, each on its own database: what one records the others take in,
as the consumers do, until nothing new follows.

Commands are given without a request, to play a cycle fast; pages are asked over HTTP as the person would.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres.databases import Database
from shared.eventsourcing import store
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor, Recorded, decode_row
from shared.messaging.envelope import Received, received
from shared.migrations.migrate import migrate
from shared.room import Running
from shared.service_names import SERVICES
from tests.support.four_services import application
from tests.support.web_room import bearer, visiting

_CURSOR = (
    b"INSERT INTO cursor VALUES (%s, %s, %s) ON CONFLICT (source, stream) DO UPDATE SET version = "
    b"excluded.version"
)


@dataclass
class FourRooms:
    """`taken`: up to which position each service's events were taken in everywhere;
    `log`: those events in that order.
    """

    apps: dict[str, FastAPI]
    databases: dict[str, Database]
    taken: dict[str, int] = field(default_factory=dict)
    log: list[Received] = field(default_factory=list)

    def running(self, service: str) -> Running:
        found: Running = self.apps[service].state.running
        return found

    def at(self, now: datetime) -> None:
        """From here on it is this moment, in every service."""
        for app in self.apps.values():
            app.state.clock = lambda: now
            app.state.running.handler.clock = lambda: now

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
        pool = self.running(source).pool
        async with pool.connection() as conn:
            rows = list(
                await store.read(
                    conn, after=self.taken.get(source, 0), upto=await store.settled(conn), limit=1000
                )
            )
        for row in rows:
            for service in SERVICES:
                if source in self.running(service).room.sources:
                    await self._absorb(service, decode_row(source, row))
            self.taken[source] = row.position
            self.log.append(received(source, row))
        return bool(rows)

    async def _absorb(self, service: str, recorded: Recorded) -> None:
        running = self.running(service)
        room = running.room
        if (
            recorded.source != room.name
            and (recorded.source, recorded.type) not in room.reacts | room.projects
        ):
            return
        async with running.pool.connection() as conn, conn.transaction():
            await running.absorb(conn, recorded)
            await conn.execute(_CURSOR, (recorded.source, recorded.stream, recorded.version))

    async def page(self, path: str, role: str) -> tuple[int, str]:
        """The page that the front door would answer with: status and text."""
        async with visiting(self.apps[answering(path)]) as browser:
            answer = await browser.http.get(path, headers=bearer(f"as_{role}"))
        return answer.status_code, answer.text


def answering(path: str) -> str:
    """The service behind a path of a page."""
    first = path.split("/")[1].split("?", maxsplit=1)[0]
    others = {
        "verifikasi": "verification",
        "pengesahan": "verification",
        "dokumen": "documents",
        "pengiriman": "documents",
        "arsip": "archive",
    }
    return others.get(first, "intake")


async def empty(service: str, database: Database) -> None:
    """Nothing has happened yet."""
    migrate(service, database.owner, str(conninfo_to_dict(database.app)["user"]))


@asynccontextmanager
async def four_rooms(
    fresh: Callable[[str], Database], prepare: Callable[[str, Database], Awaitable[None]] = empty
) -> AsyncIterator[FourRooms]:
    """`prepare` makes a service's tables and puts into them what has happened before."""
    async with AsyncExitStack() as stack:
        apps, databases = dict[str, FastAPI](), dict[str, Database]()
        for service in SERVICES:
            databases[service] = fresh(f"four_{service}")
            await prepare(service, databases[service])
            apps[service] = await stack.enter_async_context(application(service, databases[service]))
        yield FourRooms(apps, databases)
