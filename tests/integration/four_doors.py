"""Four services as far as signing in goes, on one access database with its people:
what `test_sessions.py` knocks at.
"""

import json
import time
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import psycopg
from fastapi import FastAPI

from deploy.local.postgres.databases import AccessDatabase, Database
from shared.access.session import COOKIE
from shared.service import no_extras
from shared.service_names import SERVICES
from shared.web import signin
from tests.support import access
from tests.support.applications import application, service_of
from tests.support.four_rooms import FourRooms

NOON = datetime(2026, 2, 17, 3, tzinfo=UTC)
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
class FourDoors(FourRooms):
    """Four services as far as signing in goes. Whoever is signed in without an office for what is asked gets
    403, whoever is not gets 401: that tells them apart without any case.
    """

    sessions: AccessDatabase = field(kw_only=True)

    def publish(self, people: str | dict[str, Any]) -> None:
        """What intake does when people changed; the text is that of a people file."""
        publish(self.sessions, people)

    async def ask(self, headers: Mapping[str, Any]) -> set[int]:
        """What the four services answer to a request with these headers."""
        async with self.browser() as http:
            asked = [await http.get(f"/api/{name}/parked", headers=dict(headers)) for name in SERVICES]
        return {answer.status_code for answer in asked}

    async def by_cookie(self, session: str) -> set[int]:
        return await self.ask({"Cookie": f"{COOKIE}={session}"})

    async def by_bearer(self, session: str) -> set[int]:
        return await self.ask({"Authorization": f"Bearer {session}"})


def publish(made: AccessDatabase, people: str | dict[str, Any]) -> None:
    document = tomllib.loads(people) if isinstance(people, str) else people
    values = (time.time_ns(), json.dumps(document, default=str))
    with psycopg.connect(made.apps["intake"], autocommit=True) as conn:
        conn.execute("SELECT set_people('3402', %s, %s::jsonb)", values)


@asynccontextmanager
async def four_doors(
    made: AccessDatabase | None = None, people: str = AGENCIES + SRI + AGUS
) -> AsyncIterator[FourDoors]:
    """Each with its own memory of sessions and its own look at the people; nothing behind the rim."""
    sessions, apps = made or access.database(), dict[str, FastAPI]()
    if people:
        publish(sessions, people)
    async with AsyncExitStack() as stack:
        for name in SERVICES:
            inside = [signin.api, signin.pages] if name == "intake" else []
            rim = replace(service_of(name), routers=inside, extras=no_extras)
            nothing = Database(name, "", access.database().apps[name])
            opening = application(rim, nothing, people=None, sessions=sessions, now=NOON)
            apps[name] = await stack.enter_async_context(opening)
        yield FourDoors(apps, sessions=sessions)
