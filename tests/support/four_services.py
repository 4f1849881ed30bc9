"""The four applications as they are declared, each on its own database with the cycle of two agencies in it;
no broker, no object store.
"""

import base64
import importlib
import uuid
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import cast

from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres.databases import Database
from shared.access import people as people_file
from shared.access.people import ROLES
from shared.access.permissions import load as load_permissions
from shared.contracts.registry import declared
from shared.eventsourcing import store
from shared.eventsourcing.cases import heard_of
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.read_models import projector
from shared.eventsourcing.recorded import Actor, Metadata, Recorded
from shared.eventsourcing.sql import Connection, open_pool
from shared.migrations.migrate import migrate
from shared.objects.port import Objects, Stored, key_of
from shared.room import Room, Running
from shared.service import Service
from shared.settings import Settings
from tests.support import two_agencies
from tests.support.access import sessions_of
from tests.support.applications import application_of
from tests.support.web_room import ASKERS, HERE, NOW

AGENCY_OF = {"unsur_opd": "dinkes"}
PEOPLE = people_file.parse(
    {
        "agencies": {**two_agencies.NAMES, "tapem": "Bagian Tata Pemerintahan"},
        "person": [
            {
                "id": f"as_{role}",
                "name": ROLES[role],
                "agency": AGENCY_OF.get(role, "tapem"),
                "office": [{"role": role, "valid_from": date(2025, 1, 1)}],
            }
            for role in ROLES
        ]
        + [
            {
                "id": "as_all",
                "name": "Semua jabatan",
                "agency": "dinkes",
                "office": [{"role": role, "valid_from": date(2025, 1, 1)} for role in ROLES],
            }
        ],
    }
)


def service_of(name: str) -> Service:
    """What the service's `__main__.py` declares."""
    found: Service = importlib.import_module(f"services.{name}.__main__").SERVICE
    return found


class AnyFile:
    """A bucket that has every file: one byte, as the events say."""

    name = "any"

    async def get(self, _key: str, _version: str | None = None) -> bytes:
        return b"%"

    async def stream(self, _key: str, _version: str | None = None) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"%"

        return pieces()

    async def stat(self, key: str, version: str | None = None) -> Stored:
        return Stored(key=key, version=version or "", size=1, media_type="application/pdf")

    async def put(
        self, _content: object, *, media_type: str, digest: str | None = None, **_more: object
    ) -> Stored:
        return Stored(key=key_of(digest or "a" * 64), version="1", size=1, media_type=media_type)


async def fill(name: str, database: Database, *, without: Container[str] = ()) -> None:
    """Makes the service's tables and tells them everything that `two_agencies` says,
    `without` events of some names.
    """
    migrate(name, database.owner, str(conninfo_to_dict(database.app)["user"]))
    async with open_pool(database.app, size=1) as pool, pool.connection() as conn:
        await tell(conn, service_of(name).room, without)


@asynccontextmanager
async def application(
    name: str, database: Database, objects: Objects | None = None
) -> AsyncIterator[FastAPI]:
    """The application of a service on its filled database; without `objects` every file is there."""
    service = service_of(name)
    settings = cast(
        "Settings",
        SimpleNamespace(
            service=name,
            feed_askers=ASKERS,
            public_url=HERE,
            hosts=(),
            mode="development",
            login="development",
            region="3402",
            checkpoint_key=base64.b64encode(b"k" * 32).decode(),
        ),
    )
    async with open_pool(database.app, size=4) as pool, sessions_of(name) as sessions:
        handler = CommandHandler(
            name, service.room.categories, service.room.project, pool, lambda: None, heard_of=heard_of
        )
        handler.clock = lambda: NOW
        running = Running(
            room=service.room,
            settings=settings,
            pool=pool,
            roster=lambda: PEOPLE,
            sessions=sessions,
            permissions=load_permissions(),
            handler=handler,
        )
        app = application_of(service)
        app.state.running, app.state.clock = running, lambda: NOW
        app.state.objects = objects or SimpleNamespace(work=AnyFile(), archive=AnyFile())
        async with service.extras(app, running, False):
            yield app


async def tell(conn: Connection, room: Room, without: Container[str] = ()) -> None:
    """Own events are appended and projected, foreign ones projected."""
    versions: dict[str, int] = {}
    told = (one for one in two_agencies.happened() if type(one[2]).__name__ not in without)
    for position, (producer, stream, event) in enumerate(told, start=1):
        versions[stream] = versions.get(stream, 0) + 1
        recorded = _recorded(producer, stream, event, versions[stream], position)
        if (producer, recorded.type) not in room.projects | room.reacts and producer != room.name:
            continue
        async with conn.transaction():
            await projector.write(conn, room.project(recorded))
            if producer == room.name:
                await store.append(conn, _append(recorded))


def _recorded(producer: str, stream: str, event: object, version: int, position: int) -> Recorded:
    entry = declared(type(event))
    actor = Actor(
        person=str(getattr(event, "by", "wulan")),
        role="tim_spm",
        agency=str(getattr(event, "agency", "tapem")),
    )
    command = uuid.uuid5(uuid.NAMESPACE_URL, f"{stream}@{version}")
    return Recorded(
        source=producer,
        stream=stream,
        version=version,
        position=position,
        case_id=two_agencies.CYCLE,
        type=entry.name,
        schema=entry.schema,
        event=event,
        metadata=Metadata(actor=actor, command_id=str(command), correlation=str(command)),
        recorded_at=datetime(2026, 2, 17, tzinfo=UTC),
    )


def _append(recorded: Recorded) -> store.Append:
    return store.Append(
        stream=recorded.stream,
        expected=recorded.version - 1,
        case_id=recorded.case_id,
        command=uuid.UUID(recorded.metadata.command_id),
        fingerprint=b"two agencies",
        events=(recorded.event,),
        metadata=replace(recorded.metadata),
        recorded_at=recorded.recorded_at,
    )


def person_as(role: str) -> str:
    return f"as_{role}"
