"""Every endpoint × every role × the own and another region: whoever holds the same office, of the same agency
id, in another region is shown nothing and does nothing here. Generated from the routes.

That the same routes answer the region's own people is `test_endpoint_matrix.py`.
"""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import RouteContext

from deploy.local.postgres.databases import Database
from shared.access import people as people_file
from shared.access.people import ROLES, People
from shared.contracts.regions import region_of
from tests.architecture.test_endpoint_matrix import (
    guarded,
    knock,
    method,
    scopes,
    service,
)
from tests.support.applications import PEOPLE, application, bearer, fill, person_as, person_in, visiting
from tests.support.events import CONTENT, CYCLE, DIGESTS, MARKS, REGION
from tests.support.parts import PostgresPart

OTHER = "3471"
NAMING = {"case", "cycle", "document", "dispatch", "digest", "person", "whose"}
"""Parameters of an address that name something of one region."""
SEEN = (*CONTENT, *MARKS.values(), *DIGESTS.values(), CYCLE)
NOT_FOUND = 404


def stranger(role: str) -> str:
    return f"lain_{role}"


BOTH = People.together(
    {
        REGION: PEOPLE,
        OTHER: people_file.parse(
            {
                "agencies": {"dinkes": "Dinas Kesehatan Kota", "tapem": "Bagian Tata Pemerintahan Kota"},
                "person": [
                    person_in(
                        "dinkes" if role == "unsur_opd" else "tapem",
                        stranger(role),
                        f"{ROLES[role]} lain",
                        role,
                    )
                    for role in ROLES
                ],
            },
            OTHER,
        ),
    }
)
__all__ = ["service"]


@pytest.fixture(scope="module")
def database(service: str, postgres: PostgresPart) -> Database:
    made = postgres.fresh_database(f"regions_{service}")
    asyncio.run(fill(service, made))
    return made


@pytest.fixture
async def app(service: str, database: Database) -> AsyncIterator[FastAPI]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with application(service, database, people=BOTH) as made:
        yield made
    structlog.reset_defaults()


def names(route: RouteContext) -> set[str]:
    return NAMING & set(re.findall(r"{(\w+)", route.path))


async def asked(http: object, app: FastAPI, route: RouteContext, role: str) -> tuple[int, str, str]:
    answer = await knock(http, app, route, role, "dinkes", by=stranger(role), person=person_as("kabag"))
    return answer.status_code, answer.text, f"{method(route)} {route.path} as {role}: {answer.status_code}"


async def test_what_is_of_another_region_is_not_there(service: str, app: FastAPI) -> None:
    faults, tried = list[str](), 0
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            for role in (role for role in ROLES if scopes(route, role)):
                tried += 1
                code, text, where = await asked(browser.http, app, route, role)
                if names(route) and code != NOT_FOUND:
                    faults.append(where)
                faults += [f"{where} shows {mark}" for mark in SEEN if code < 400 and mark in text]
    assert tried
    assert not faults, "\n".join(faults)


async def newest_of(app: FastAPI) -> int:
    """The position of the newest event: what is taken in of others has positions too."""
    async with app.state.running.pool.connection() as conn:
        found = await (await conn.execute("SELECT coalesce(max(position), 0) FROM event")).fetchone()
    return int(found[0])


async def test_nothing_is_done_in_another_region(service: str, app: FastAPI) -> None:
    faults, before = list[str](), await newest_of(app)
    async with visiting(app) as browser:
        for route in guarded(service, reading=False):
            for role in (role for role in ROLES if scopes(route, role)):
                code, _text, where = await asked(browser.http, app, route, role)
                if (names(route) and code != NOT_FOUND) or code >= 500:
                    faults.append(where)
    async with app.state.running.pool.connection() as conn:
        new = await (await conn.execute("SELECT stream FROM event WHERE position > %s", (before,))).fetchall()
    faults += [f"{stream} moved" for (stream,) in new if region_of(stream, REGION) == REGION]
    assert not faults, "\n".join(faults)


async def test_a_question_names_no_other_region_either(service: str, app: FastAPI) -> None:
    """Every parameter of every question holds the cycle of the other region once."""
    document, faults = app.openapi(), list[str]()
    async with visiting(app) as browser:
        for path, verbs in document["paths"].items():
            said = [one for one in verbs.get("get", {}).get("parameters", ()) if one["in"] == "query"]
            for one in said:
                if one["name"] in {"search", "cari"} or "{" in path:
                    continue
                for value in (CYCLE, f"submission-{CYCLE}-dinkes-tahunan"):
                    answer = await browser.http.get(
                        path, params={one["name"]: value}, headers=bearer(stranger("inspektur"))
                    )
                    if answer.status_code < 400 and any(mark in answer.text for mark in SEEN):
                        faults.append(f"{path}?{one['name']}={value}: {answer.status_code}")
    assert not faults, "\n".join(faults)
