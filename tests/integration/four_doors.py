"""Four services as far as signing in goes, on one access database and one people file:
what `test_sessions.py` knocks at.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
    """Four services as far as signing in goes, on one people file. Whoever is signed in without an office for
    what is asked gets 403, whoever is not gets 401: that tells them apart without any case.
    """

    people: Path = Path()

    async def ask(self, headers: Mapping[str, Any]) -> set[int]:
        """What the four services answer to a request with these headers."""
        async with self.browser() as http:
            asked = [await http.get(f"/api/{name}/parked", headers=dict(headers)) for name in SERVICES]
        return {answer.status_code for answer in asked}

    async def by_cookie(self, session: str) -> set[int]:
        return await self.ask({"Cookie": f"{COOKIE}={session}"})

    async def by_bearer(self, session: str) -> set[int]:
        return await self.ask({"Authorization": f"Bearer {session}"})


@asynccontextmanager
async def four_doors(folder: Path, made: AccessDatabase | None = None) -> AsyncIterator[FourDoors]:
    """Each with its own memory of sessions and its own look at the people file; nothing behind the rim."""
    people = folder / "people.toml"
    people.write_text(AGENCIES + SRI + AGUS, encoding="utf-8")
    sessions, apps = made or access.database(), dict[str, FastAPI]()
    async with AsyncExitStack() as stack:
        for name in SERVICES:
            inside = [signin.api, signin.pages] if name == "intake" else []
            rim = replace(service_of(name), routers=inside, extras=no_extras)
            nothing = Database(name, "", access.database().apps[name])
            opening = application(
                rim, nothing, people=None, sessions=sessions, now=NOON, JEJAK_PEOPLE=str(people)
            )
            apps[name] = await stack.enter_async_context(opening)
        yield FourDoors(apps, people=people)
