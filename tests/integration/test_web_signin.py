"""Signing in and out, and the cookie that it leaves, on a real database, through HTTP."""

from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI

from shared.access.session import COOKIE
from tests.support.access import token_of
from tests.support.applications import HERE, visiting
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import running_app


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("web")
    install(database)
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with running_app(database) as made:
        yield made
    structlog.reset_defaults()


async def test_choosing_a_person_signs_in_and_goes_back_to_the_wanted_page(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.post("/masuk", {"person": "sri", "ke": "/hitung"}, Origin=HERE)
        page = await somebody.get("/hitung")
        left = await somebody.post("/keluar", await somebody.fields("/hitung"), Origin=HERE)
        after = await somebody.get("/hitung")
    cookie = answer.headers["set-cookie"]
    assert (answer.headers["location"], page.status_code) == ("/hitung", 200)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert (left.status_code, after.status_code) == (303, 303)


@pytest.mark.parametrize(
    "target", ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "javascript:alert(1)"]
)
async def test_signing_in_never_leads_elsewhere(app: FastAPI, target: str) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.post("/masuk", {"person": "sri", "ke": target})
    assert answer.headers["location"] == "/"


async def test_a_program_signs_in_and_learns_its_roles(app: FastAPI) -> None:
    async with visiting(app) as program:
        answer = (await program.http.post("/api/intake/session", json={"person": "budi"})).json()
        me = (
            await program.http.get(
                "/api/intake/session", headers={"Authorization": f"Bearer {answer['token']}"}
            )
        ).json()
    assert (me["person"], me["roles"]) == ("budi", ["kabag"])


async def test_a_person_whose_office_ended_can_not_sign_in(app: FastAPI) -> None:
    async with visiting(app) as program:
        assert (await program.http.post("/api/intake/session", json={"person": "lama"})).status_code == 404


async def test_signing_in_leads_to_a_place_that_the_person_may_use(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.post("/masuk", {"person": "operator"}, Origin=HERE)
        page = await somebody.get("/masuk")
    assert answer.headers["location"] == "/macet"
    assert page.status_code == 200
    assert 'href="/macet"' in page.text


def behind_https(app: FastAPI) -> None:
    told = app.state.running.settings
    app.state.running.settings = told.model_copy(update={"public_url": "https://jejak.bantul.test"})


async def test_behind_a_front_door_with_https_cookies_stay_on_https(app: FastAPI) -> None:
    behind_https(app)
    async with visiting(app) as somebody:
        answer = await somebody.post(
            "/masuk", {"person": "sri"}, Host="jejak.bantul.test", Origin="https://jejak.bantul.test"
        )
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_behind_https_nobody_plants_a_session_from_outside(app: FastAPI) -> None:
    """Another port, http or a subdomain can set a cookie for this host,
    but none whose name begins with __Host-.
    """
    behind_https(app)
    here = {"Host": "jejak.bantul.test", "Origin": "https://jejak.bantul.test"}
    async with visiting(app) as somebody:
        entered = await somebody.post("/masuk", {"person": "sri"}, **here)
        name, value = entered.headers["set-cookie"].partition(";")[0].split("=")
        assert name == f"__Host-{COOKIE}"
        somebody.http.cookies.clear()
        planted = await somebody.get("/api/intake/session", **here, Cookie=f"{COOKIE}={value}")
        own = await somebody.get(
            "/api/intake/session", **here, Cookie=f"{COOKIE}={token_of('budi')}; {name}={value}"
        )
        assert (planted.status_code, own.json()["person"]) == (401, "sri")
        left = await somebody.post(
            "/keluar", {"_csrf": own.json()["form_token"]}, **here, Cookie=f"{name}={value}"
        )
        assert [
            one
            for one in left.headers.get_list("set-cookie")
            if one.startswith(f'{name}=""') and "Secure" in one
        ], "or it is kept"
