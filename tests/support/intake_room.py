"""Intake on a real database: own events taken in again as the consumer does, foreign ones by hand,
pages and routes over HTTP.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from deploy.demo import data
from deploy.local.postgres.databases import Database
from services.intake.__main__ import SERVICE
from services.intake.bootstrap import ROOM
from services.intake.domain.agency import AssignService, RegisterAgency
from shared.access import people as people_file
from shared.access.permissions import load as load_permissions
from shared.eventsourcing.cases import heard_of
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.eventsourcing.sql import open_pool
from shared.migrations.migrate import migrate
from shared.room import Running
from shared.settings import Settings
from tests.support.access import sessions_of, token_of
from tests.support.applications import application_of
from tests.support.hearing import Hearing
from tests.support.memory_bucket import Bucket
from tests.support.recorded import CYCLE
from tests.support.steps import KEY
from tests.support.web_room import ASKERS, HERE

NOW = datetime(2027, 1, 18, 3, 42, 7, tzinfo=UTC)
PEOPLE = people_file.load(Path(data.__file__).with_name("people.toml"))


@dataclass(kw_only=True)
class IntakeRoom(Hearing):
    """The room with its database. `hear` takes a foreign event in;
    `follow_up` what follows from own events.
    """

    at = NOW

    app: FastAPI
    http: httpx2.AsyncClient

    async def call(
        self, method: str, path: str, person: str, body: Any = None, **headers: str
    ) -> httpx2.Response:
        """One request as a person, by program; afterwards what follows from it has happened."""
        token = token_of(person)
        content = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        answer = await self.http.request(
            method, f"/api/intake{path}", headers={"Authorization": f"Bearer {token}", **headers}, **content
        )
        await self.follow_up()
        return answer

    async def give(self, method: str, path: str, person: str, body: Any = None) -> Mapping[str, Any]:
        """The same, where it must go well."""
        answer = await self.call(method, path, person, body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        found: Mapping[str, Any] = answer.json()
        return found

    async def order(self, stream: str, command: object) -> None:
        """A command without a request, for what a test needs but is not about."""
        actor = Actor(person="bagus", role="subkoordinator", agency="tatapem")
        await self.running.handler.handle(
            Order(stream=stream, command=command, case_id="settings"), actor=actor, command_id=uuid4()
        )

    def as_(self, person: str, media_type: str = "application/octet-stream") -> dict[str, str]:
        """Headers of a person who sends a body of this type."""
        return {"Authorization": f"Bearer {token_of(person)}", "Content-Type": media_type}

    async def upload(
        self, person: str, content: bytes = b"%PDF-1.7 bukti", name: str = "bukti.pdf"
    ) -> Mapping[str, str]:
        """Uploads a file; answers how a command names it."""
        answer = await self.http.post(
            "/api/intake/files",
            params={"name": name},
            content=content,
            headers=self.as_(person, "application/pdf"),
        )
        assert answer.status_code == 201, answer.text
        return {"digest": answer.json()["digest"], "name": name}


@asynccontextmanager
async def intake_room(database: Database) -> AsyncIterator[IntakeRoom]:
    migrate("intake", database.owner, str(conninfo_to_dict(database.app)["user"]))
    told = SimpleNamespace(
        feed_askers=ASKERS, public_url=HERE, hosts=(), mode="development", login="development", region="3402"
    )
    pool, opened_sessions = open_pool(database.app, size=4), AsyncExitStack()
    await pool.open()
    try:
        handler = CommandHandler(
            "intake", ROOM.categories, ROOM.project, pool, lambda: None, heard_of=heard_of
        )
        handler.clock = lambda: NOW
        app = application_of(SERVICE)
        sessions = await opened_sessions.enter_async_context(sessions_of("intake"))
        running = Running(
            room=ROOM,
            settings=cast("Settings", told),
            pool=pool,
            roster=lambda: PEOPLE,
            sessions=sessions,
            permissions=load_permissions(),
            handler=handler,
        )
        app.state.running, app.state.clock, app.state.objects = (
            running,
            lambda: NOW,
            SimpleNamespace(work=Bucket()),
        )
        async with (
            SERVICE.extras(app, running, False),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HERE) as http,
        ):
            yield IntakeRoom(running=running, app=app, http=http)
    finally:
        await opened_sessions.aclose()
        await pool.close()


async def registered(room: IntakeRoom, *only: str) -> None:
    """Agencies of the demonstration with their services: these, or all."""
    day = date(2026, 1, 5)
    for agency in data.agencies():
        if only and agency.id not in only:
            continue
        register = RegisterAgency(
            agency=agency.id, name=agency.name, short_name=agency.short_name, by="bagus", occurred_on=day
        )
        await room.order(f"agency-{agency.id}", register)
        for assigned in agency.assigned:
            await room.order(
                f"agency-{agency.id}",
                AssignService(
                    agency=agency.id,
                    service=assigned.service,
                    valid_from=assigned.valid_from,
                    valid_until=None,
                    by="bagus",
                    occurred_on=day,
                ),
            )


async def opened(room: IntakeRoom, *agencies: str) -> None:
    """Agencies (these, or all), and a cycle whose first step has begun."""
    await registered(room, *agencies)
    await room.give(
        "POST",
        "/cycles",
        "hesti",
        {"year": 2026, "region_name": "Kabupaten Bantul", "occurred_on": "2026-08-03"},
    )


async def complete(
    room: IntakeRoom, number: int, person: str, day: date, *, papers: bool = True
) -> httpx2.Response:
    """One plain step, with a paper."""
    evidence = [await room.upload(person)] if papers else []
    body = {"summary": f"Langkah {number} dilakukan.", "evidence": evidence, "occurred_on": day.isoformat()}
    return await room.call("POST", f"/cycles/{CYCLE}/steps/{KEY[number]}/completion", person, body)


def figure_body(service: str) -> dict[str, Any]:
    """The demonstration's figure of a service as a request."""
    figure = data.figures()[service]
    said = {
        name: getattr(figure, name)
        for name in ("answer", "served", "entitled", "budget", "realised", "reason", "origin")
    }
    return said | {
        "quality": {
            item: {"required": amount.required, "fulfilled": amount.fulfilled}
            for item, amount in figure.quality.items()
        }
    }
