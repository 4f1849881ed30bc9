"""Four services as far as signing in goes: the rim of each with nothing behind it,
on one access database and one people file.

Whoever is signed in without an office for what is asked gets 403, whoever is not gets 401:
that tells them apart without any case.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx2
from fastapi import FastAPI

from deploy.local.postgres.databases import AccessDatabase
from shared.access.people_file import PeopleFile
from shared.access.permissions import load as load_permissions
from shared.access.session import COOKIE
from shared.room import Running
from shared.service_names import SERVICES
from shared.troubles import Troubles
from shared.web import signin
from tests.support.access import database, sessions_of
from tests.support.applications import application
from tests.support.web_room import ASKERS, HERE

SRI = (
    '[[person]]\nid = "sri"\nname = "Sri"\nagency = "dinkes"\noffice = [{ role = "unsur_opd", '
    "valid_from = 2025-01-01 }]\n"
)
AGUS = (
    '[[person]]\nid = "agus"\nname = "Agus"\nagency = "dinkes"\n'
    'office = [{ role = "unsur_opd", valid_from = 2025-01-01, valid_until = 2026-02-17 }]\n'
)
AGENCIES = '[agencies]\ndinkes = "Dinas Kesehatan"\n'


@dataclass
class Doors:
    """`ask` asks every service as somebody; what is not `/api/…` of a service goes to intake,
    as at the front door.
    """

    people: Path
    apps: Mapping[str, FastAPI]
    now: list[datetime] = field(default_factory=lambda: [datetime(2026, 2, 17, 3, tzinfo=UTC)])

    @asynccontextmanager
    async def client(self, **cookies: str) -> AsyncIterator[httpx2.AsyncClient]:
        async def door(scope: dict[str, Any], receive: Any, send: Any) -> None:
            service = scope["path"].split("/")[2] if scope["path"].startswith("/api/") else "intake"
            await self.apps[service](scope, receive, send)

        transport = httpx2.ASGITransport(door, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http:
            yield http

    async def ask(self, headers: Mapping[str, Any]) -> set[int]:
        """What the four services answer to a request with these headers:
        {403} for a person, {401} for nobody.
        """
        async with self.client() as http:
            return {
                (await http.get(f"/api/{service}/parked", headers=dict(headers))).status_code
                for service in SERVICES
            }

    async def by_cookie(self, session: str) -> set[int]:
        return await self.ask({"Cookie": f"{COOKIE}={session}"})

    async def by_bearer(self, session: str) -> set[int]:
        return await self.ask({"Authorization": f"Bearer {session}"})


@asynccontextmanager
async def four_doors(folder: Path, made: AccessDatabase | None = None) -> AsyncIterator[Doors]:
    """The four rims, each with its own memory of sessions and its own look at the people file."""
    people = folder / "people.toml"
    people.write_text(AGENCIES + SRI + AGUS, encoding="utf-8")
    told = SimpleNamespace(
        feed_askers=ASKERS,
        public_url=HERE,
        hosts=(),
        mode="development",
        login="development",
        region="3402",
        access_database_url="",
    )
    apps: dict[str, FastAPI] = {}
    doors = Doors(people, apps)
    async with AsyncExitStack() as opened:
        for name in SERVICES:
            sessions = await opened.enter_async_context(sessions_of(name, made or database()))
            app = application(name, [signin.api, signin.pages] if name == "intake" else [])
            troubles = Troubles()
            app.state.running = Running(
                room=cast("Any", SimpleNamespace(name=name, sources=())),
                settings=cast("Any", told),
                pool=cast("Any", None),
                roster=PeopleFile(people, troubles).now,
                sessions=sessions,
                permissions=load_permissions(),
                handler=cast("Any", None),
                troubles=troubles,
            )
            app.state.clock = lambda: doors.now[0]
            apps[name] = app
        yield doors
