"""A room: one service in this process that takes in what others say by hand, and its own events again, as the
consumer does; it is asked over HTTP, by program or from a browser without script.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from fastapi import FastAPI

from deploy.local.postgres.databases import Database
from shared.contracts.registry import decode
from shared.eventsourcing import store
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild
from shared.eventsourcing.recorded import Recorded, Row
from shared.eventsourcing.sql import open_pool
from shared.messaging.envelope import Received, received
from shared.messaging.receiving.transaction import advance
from shared.room import Running
from shared.transport import reaction_of
from tests.support import events
from tests.support.applications import NOW, Browser, bearer, visiting

PDF = "application/pdf"


@dataclass(kw_only=True)
class Room:
    """`hear` takes a foreign event in, `follow_up` what follows from own ones.
    Paths are below `/api/SERVICE`; after every request what follows from it has happened.
    """

    app: FastAPI
    database: Database
    at: datetime = NOW
    """When what is heard was recorded."""
    versions: dict[str, int] = field(default_factory=dict)
    heard: list[Recorded] = field(default_factory=list)
    taken: int = 0

    @property
    def running(self) -> Running:
        found: Running = self.app.state.running
        return found

    async def call(
        self, method: str, path: str, person: str, body: Any = None, **headers: str
    ) -> httpx2.Response:
        """One request as a person, by program."""
        content = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        sent = {"headers": {**bearer(person), **headers}, **content}
        async with visiting(self.app) as browser:
            answer = await browser.http.request(method, f"/api/{self.running.room.name}{path}", **sent)
        await self.follow_up()
        return answer

    async def page(self, person: str, path: str) -> httpx2.Response:
        async with visiting(self.app) as browser:
            return await browser.get(path, **bearer(person))

    async def ask(self, person: str, path: str, **headers: str) -> httpx2.Response:
        return await self.call("GET", path, person, **headers)

    async def tell(
        self, person: str, path: str, body: Mapping[str, object], **headers: str
    ) -> httpx2.Response:
        return await self.call("POST", path, person, body, **headers)

    async def give(self, method: str, path: str, person: str, body: Any = None) -> Mapping[str, Any]:
        """A request that must go well; answers its JSON."""
        answer = await self.call(method, path, person, body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        found: Mapping[str, Any] = answer.json()
        return found

    async def upload(self, person: str, content: bytes = b"%PDF-1.7 bukti", name: str = "bukti.pdf") -> Any:
        """Uploads a file; answers how a command names it."""
        sent = await self.call("POST", f"/files?name={name}", person, content, **{"Content-Type": PDF})
        assert sent.status_code == 201, sent.text
        return {"digest": sent.json()["digest"], "name": name}

    @asynccontextmanager
    async def browsing(self, person: str) -> AsyncIterator[Browser]:
        """A browser signed in as `person`; after whatever it sends, what follows has happened."""
        async with visiting(self.app, person) as browser:
            browser.follows = self.follow_up
            yield browser

    async def hear(self, event: object, stream: str) -> None:
        self.versions[stream] = self.versions.get(stream, 0) + 1
        position = sum(self.versions.values())
        self.heard.append(
            events.recorded(event, stream, self.versions[stream], position=position, at=self.at)
        )
        await take_in(self.running, received(self.heard[-1].source, events.row_of(self.heard[-1])))
        await self.follow_up()

    async def feed(self, source: str, after: int) -> AsyncIterator[list[Row]]:
        """What `source` said, as its event feed would answer."""
        rows = [events.row_of(one) for one in self.heard if one.source == source and one.position > after]
        if rows:
            yield rows

    async def follow_up(self) -> None:
        """Takes own events in until nothing new follows, as the consumer of the own topic does."""
        while rows := await own_rows(self.running, self.taken):
            for row in rows:
                await take_in(self.running, received(self.running.room.name, row))
                self.taken = row.position

    async def rebuilt(self) -> Certificate:
        """What the events make of the read models anew, compared with what is there."""
        room = self.running.room
        foreign = [source for source in room.sources if source != room.name]
        async with open_pool(self.database.owner, size=1) as pool, pool.connection() as conn:
            return await rebuild(
                conn, room.name, room.projecting("3402"), room.metadata, foreign, self.feed, past=True
            )

    async def own_events(self, stream: str = "") -> list[object]:
        """What the service recorded, in that stream or in all."""
        rows = await own_rows(self.running, 0)
        name = self.running.room.name
        return [decode(name, row.type, row.schema, row.data) for row in rows if stream in {"", row.stream}]


async def own_rows(running: Running, after: int) -> list[Row]:
    """What the service recorded after that position."""
    async with running.pool.connection() as conn:
        return list(await store.read(conn, after=after, upto=await store.settled(conn), limit=10_000))


async def take_in(running: Running, event: Received) -> None:
    """What the consumer does with one event."""
    done = await advance(running.pool, reaction_of(running), [event])
    assert done.done == 1, f"{event.ref}: {done.not_next}"
