"""Somebody at the doors of local accounts, as browsers without script see them."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import psycopg
import pyotp
import pytest
from fastapi import FastAPI

from deploy.local.postgres.databases import Database
from shared.access import people as people_file
from shared.access.local.codes import STEP_S
from shared.access.people import ROLES
from tests.support.access import database
from tests.support.applications import NOW, application, bearer, migrated, person_in, visiting
from tests.support.parts import PostgresPart

PEOPLE = people_file.parse(
    {
        "agencies": {"dinkes": "Dinas Kesehatan", "tapem": "Bagian Tata Pemerintahan"},
        "person": [
            person_in("dinkes" if role == "unsur_opd" else "tapem", f"lk_{role}", ROLES[role], role)
            for role in ROLES
        ],
    },
    "3402",
)
"""Nobody whom other tests know: sessions of these end."""
LOCAL = {"JEJAK_LOGIN": "development,local"}
PASSWORD = "tujuh kuda hijau makan soto"
OTHER = "delapan kapal biru naik gunung"
INVALID = "Undangan tidak berlaku"
OPD = "lk_unsur_opd"
"""Of a role that no second factor is asked of."""
DEMANDING = ("lk_kabag", "lk_tim_spm", "lk_arsiparis", "lk_inspektur", "lk_operator")


@dataclass
class Doors:
    """Intake with local accounts. `moment` is what its clock says."""

    app: FastAPI
    moment: datetime = NOW

    def wait(self, seconds: float) -> None:
        """The clock goes on."""
        self.moment += timedelta(seconds=seconds)
        self.app.state.clock = self.app.state.running.handler.clock = lambda: self.moment

    @asynccontextmanager
    async def browser(self, address: str = "10.0.0.1") -> AsyncIterator[httpx2.AsyncClient]:
        """A browser without a session, coming from there."""
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 1234))
        async with httpx2.AsyncClient(transport=transport, base_url="http://jejak.test") as http:
            yield http

    async def as_official(self, path: str, official: str = "lk_kabag", **body: Any) -> httpx2.Response:
        async with visiting(self.app) as browser:
            where = f"/api/intake/accounts/{path}"
            return await browser.http.post(where, json=body or None, headers=bearer(official))

    async def link(self, person: str, official: str = "lk_kabag") -> str:
        """What a new invitation's link holds."""
        answer = await self.as_official(f"{person}/invitation", official)
        assert answer.status_code == 200, answer.text
        return token_in(answer.json()["link"])

    async def recover(self, person: str) -> str:
        """The link that two officials have agreed to."""
        asked = await self.as_official(f"{person}/recovery", "lk_kabag", reason="Ponsel hilang")
        assert asked.status_code == 200, asked.text
        answer = await self.as_official(f"{person}/recovery/approval", "lk_operator")
        assert answer.status_code == 200, answer.text
        return token_in(answer.json()["link"])

    async def account(self, person: str) -> dict[str, Any]:
        async with visiting(self.app) as browser:
            answer = await browser.http.get(f"/api/intake/accounts/{person}", headers=bearer("lk_kabag"))
        found: dict[str, Any] = answer.json()
        return found

    async def events(self, person: str) -> list[str]:
        async with self.app.state.running.pool.connection() as conn:
            rows = await (
                await conn.execute(
                    b"SELECT type FROM event WHERE stream = %s ORDER BY version", (f"account-{person}",)
                )
            ).fetchall()
        return [row[0] for row in rows]

    def code(self, key: str, steps: int = 0) -> str:
        return pyotp.TOTP(key).at(self.moment + timedelta(seconds=STEP_S * steps))


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def key_in(page: str) -> str:
    found = re.search(r'<code id="kunci">([A-Z2-7 ]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def is_in(answer: httpx2.Response) -> bool:
    """Whether the answer begins a session."""
    return any(
        cookie.startswith("jejak_session=") and len(cookie.partition(";")[0]) > 40
        for cookie in answer.headers.get_list("set-cookie")
    )


async def accept(http: httpx2.AsyncClient, token: str, password: str = PASSWORD) -> httpx2.Response:
    typed = {"token": token, "password": password, "password_again": password}
    return await http.post("/undangan", data=typed)


async def sign_in(http: httpx2.AsyncClient, name: str, password: str = PASSWORD) -> httpx2.Response:
    return await http.post("/masuk/lokal", data={"name": name, "password": password})


async def session_of(http: httpx2.AsyncClient) -> str:
    """Who the browser is signed in as; empty for nobody."""
    answer = await http.get("/api/intake/session")
    return str(answer.json()["person"]) if answer.status_code == 200 else ""


async def form_keys(http: httpx2.AsyncClient) -> dict[str, str]:
    """What the forms of a signed-in browser carry."""
    return {"_csrf": (await http.get("/api/intake/session")).json()["form_token"]}


async def with_second(doors: Doors, http: httpx2.AsyncClient, person: str) -> str:
    """Accepts an invitation and sets an app up; the key of it."""
    answer = await accept(http, await doors.link(person))
    assert answer.headers["location"] == "/masuk/kedua", answer.text
    key = key_in((await http.get("/masuk/kedua")).text)
    done = await http.post("/masuk/kedua", data={"otp": doors.code(key), "label": "Ponsel"})
    assert is_in(done), html.unescape(done.text)
    return key


@asynccontextmanager
async def local_doors(database: Database, **more: str) -> AsyncIterator[Doors]:
    migrated("intake", database)
    known = [(one.region, one.id, one.name, one.nip, one.agency) for one in PEOPLE.persons.values()]
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.cursor().executemany(
            "INSERT INTO person (region, person, version, name, nip, rank, qualification, agency)"
            " VALUES (%s, %s, 1, %s, %s, '', '', %s)",
            known,
        )
    async with application("intake", database, people=PEOPLE, **{**LOCAL, **more}) as app:
        yield Doors(app)


@pytest.fixture
def empty(postgres: PostgresPart) -> PostgresPart:
    """A server whose database of sessions holds no local account."""
    with psycopg.connect(database().owner, autocommit=True) as conn:
        conn.execute("TRUNCATE invitation, password, factor, ticket, attempt")
    return postgres


@pytest.fixture
async def doors(empty: PostgresPart) -> AsyncIterator[Doors]:
    async with local_doors(empty.fresh_database("local")) as made:
        yield made
