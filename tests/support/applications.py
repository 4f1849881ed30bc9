"""The application of one service in this process as its own program opens it, on a real database and without
a broker: its people, its object store and its clock are what a test says.
"""

import asyncio
import base64
import hashlib
import importlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict
from starlette.datastructures import State

from deploy.demo import data
from deploy.local.postgres.databases import AccessDatabase, Database
from shared import settings
from shared.access import people as people_file
from shared.access.people import ROLES, People
from shared.access.session import COOKIE
from shared.eventsourcing import store
from shared.eventsourcing.read_models import projector
from shared.eventsourcing.recorded import Actor, Recorded
from shared.eventsourcing.sql import open_pool
from shared.migrations.migrate import migrate
from shared.room import open_room
from shared.service import Service
from shared.web.app import create_app
from tests.support import access, events, keys
from tests.support.access import sessions_of, token_of
from tests.support.forms import posted
from tests.support.memory_bucket import Bucket

HERE = "http://jejak.test"
NOW = datetime(2026, 2, 17, 3, 42, 7, tzinfo=UTC)
FEED_SECRET = "f" * 40
AGENCIES = {
    **events.NAMES,
    "tapem": "Bagian Tata Pemerintahan",
    "arsip": "Unit Kearsipan",
    "inspektorat": "Inspektorat",
}


def person_in(agency: str, id_: str, name: str, *roles: str, until: date | None = None) -> dict[str, object]:
    """A person in offices, as the people file says it."""
    held = {"valid_from": date(2025, 1, 1)} | ({"valid_until": until} if until else {})
    return {"id": id_, "name": name, "agency": agency, "office": [{"role": role, **held} for role in roles]}


def people_of(*lines: str) -> People:
    """Persons, each as `id: name, role, agency`, perhaps with the last day of the office."""
    persons = []
    for line in lines:
        id_, _, said = line.partition(": ")
        name, role, agency, *until = said.split(", ")
        last = date.fromisoformat(until[0]) if until else None
        persons.append(person_in(agency, id_, name, role, until=last))
    agencies = {str(one["agency"]): AGENCIES[str(one["agency"])] for one in persons}
    return people_file.parse({"agencies": agencies, "person": persons}, events.REGION)


def person_as(role: str) -> str:
    return f"as_{role}"


PEOPLE = people_file.parse(
    {
        "agencies": {name: AGENCIES[name] for name in (*events.NAMES, "tapem")},
        "person": [
            *(
                person_in("dinkes" if role == "unsur_opd" else "tapem", person_as(role), ROLES[role], role)
                for role in ROLES
            ),
            person_in("dinkes", "as_all", "Semua jabatan", *ROLES),
        ],
    },
    events.REGION,
)
"""Somebody in every role."""


def service_of(name: str) -> Service:
    """What the service's `__main__.py` declares."""
    found: Service = importlib.import_module(f"services.{name}.__main__").SERVICE
    return found


_MADE: dict[object, tuple[Service, FastAPI]] = {}


def application_of(service: Service) -> FastAPI:
    """What a service declares, without its life. Routes and templates are made once in a process, as in life;
    what the application knows of its room is new each time.
    """
    name = service.room.name
    key = name, *map(id, service.routers), *service.templates, service.words
    if key not in _MADE:
        made = create_app(name, routers=service.routers, templates=service.templates, words=service.words)
        _MADE[key] = service, made
    app = copy(_MADE[key][1])
    app.state, app.middleware_stack = State(dict(app.state._state)), None
    return app


def told(service: str, database_url: str, **more: str) -> settings.Settings:
    """What a service on this database is told in its environment; nothing else is there."""
    environment = {
        "JEJAK_DATABASE_URL": database_url,
        "JEJAK_ACCESS_DATABASE_URL": access.database().apps[service],
        "JEJAK_KAFKA": "127.0.0.1:1",
        "JEJAK_S3": "http://a:b@127.0.0.1:1",
        "JEJAK_PUBLIC_URL": HERE,
        "JEJAK_FEED_ASKERS": f"verification={hashlib.sha256(FEED_SECRET.encode()).hexdigest()}",
        "JEJAK_CHECKPOINT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "JEJAK_PEOPLE": str(Path(data.__file__).with_name("people.toml")),
        **keys.told(service),
        **more,
    }
    return settings.read(service, environment)


def migrated(service: str, database: Database, upto: str = "head") -> None:
    """The schema that the migrations of a service make, or made up to one of them."""
    migrate(service, database.owner, str(conninfo_to_dict(database.app)["user"]), upto=upto)


async def fill(service: str, database: Database, *, without: Container[str] = ()) -> None:
    """Makes the service's tables, and they hold the cycle of two agencies, `without` events of some names:
    own events are appended and projected, foreign ones projected.
    """
    migrated(service, database)
    room, versions = service_of(service).room, dict[str, int]()
    kept = (one for one in events.happened() if type(one[2]).__name__ not in without)
    async with open_pool(database.app, size=1) as pool, pool.connection() as conn:
        for position, (producer, stream, event) in enumerate(kept, start=1):
            versions[stream] = versions.get(stream, 0) + 1
            by, agency = str(getattr(event, "by", "wulan")), str(getattr(event, "agency", "tapem"))
            command = uuid.uuid5(uuid.NAMESPACE_URL, f"{stream}@{versions[stream]}")
            recorded = events.recorded(
                event,
                stream,
                versions[stream],
                position=position,
                at=datetime(2026, 2, 17, tzinfo=UTC),
                actor=Actor(person=by, role="tim_spm", agency=agency),
                command=str(command),
                case=stream if stream == "store-probe" else events.CYCLE,
            )
            if producer != room.name and (producer, recorded.type) not in room.projects | room.reacts:
                continue
            async with conn.transaction():
                await projector.write(conn, room.projecting(events.REGION)(recorded))
                if producer == room.name:
                    await store.append(conn, _append(recorded, command))


def _append(recorded: Recorded, command: uuid.UUID) -> store.Append:
    return store.Append(
        stream=recorded.stream,
        expected=recorded.version - 1,
        case_id=recorded.case_id,
        command=command,
        fingerprint=b"two agencies",
        events=(recorded.event,),
        metadata=recorded.metadata,
        recorded_at=recorded.recorded_at,
    )


@asynccontextmanager
async def application(
    service: str | Service,
    database: Database,
    objects: Any = None,
    *,
    people: People | None = PEOPLE,
    now: datetime = NOW,
    sessions: AccessDatabase | None = None,
    **more: str,
) -> AsyncIterator[FastAPI]:
    """The application of a service on its database. Without `objects` every file is there;
    with `people=None` those of the file that it is told of.
    """
    declared = service_of(service) if isinstance(service, str) else service
    name = declared.room.name
    async with (
        open_room(declared.room, told(name, database.app, **more)) as running,
        sessions_of(name, sessions) as running.sessions,
    ):
        if people is not None:
            running.roster.now = lambda: people
        app = application_of(declared)
        app.state.running, app.state.troubles = running, running.troubles
        app.state.clock = running.handler.clock = lambda: now
        app.state.objects = objects or SimpleNamespace(work=Bucket(b"%"), archive=Bucket(b"%"))
        app.state.sources = declared.room.sources if declared.sources is None else declared.sources
        async with declared.extras(app, running, False):
            yield app


def bearer(person: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(person)}"}


@dataclass
class Browser:
    """Somebody in front of an application, by cookie; `follows` is awaited after whatever was sent."""

    http: httpx2.AsyncClient
    follows: Callable[[], Awaitable[None]] | None = None

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(path, headers=headers)

    async def post(
        self, path: str, data: Mapping[str, str], files: Any = None, **headers: str
    ) -> httpx2.Response:
        answer = await self.http.post(path, data=dict(data), files=files, headers=headers)
        if self.follows:
            await self.follows()
        return answer

    async def fields(self, path: str) -> dict[str, str]:
        """The hidden fields of the forms of a page, where they differ those of the first."""
        shown = posted((await self.http.get(path)).text)
        return {name: value for form in reversed(shown) for name, value in form.hidden.items()}

    async def send(self, path: str, target: str = "", files: Any = None, **typed: str) -> httpx2.Response:
        """Opens a page and sends these fields to `target` or to the page itself, as its form that goes there,
        or where none does with what its first form hides.
        """
        forms, there = posted((await self.http.get(path)).text, path), target or path
        form = next((one for one in forms if one.action.partition("?")[0] == there), forms[0])
        return await self.post(there, {**form.hidden, **typed}, files)


@asynccontextmanager
async def visiting(app: FastAPI, person: str | None = None) -> AsyncIterator[Browser]:
    """A browser in front of the application, signed in as `person`."""
    cookies = {COOKIE: token_of(person)} if person else {}
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http:
        yield Browser(http)


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """The address of an application on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving
