"""The sessions of a person: seen, ended one by one or all, and by somebody else only where the table of roles
names him; through HTTP, on a real database.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from playwright.async_api import Browser, expect

from shared.access.session import MEMORY_S
from shared.service_names import SERVICES
from tests.browser.windows import audited, window_of
from tests.support.access import fresh_token, sessions_of, token_of
from tests.support.applications import HERE, PEOPLE, application, listening, migrated, person_as, visiting
from tests.support.parts import PostgresPart

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("own_sessions")
    migrated("intake", database)
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with application("intake", database, people=PEOPLE) as made:
        yield made
    structlog.reset_defaults()
    token_of.cache_clear()  # here whole persons are signed out: the next test signs them in anew


def by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def ask(app: FastAPI, token: str, verb: str = "GET", path: str = "") -> Any:
    async with visiting(app) as program:
        return await program.http.request(verb, f"/api/intake/sessions{path}", headers=by(token))


async def alive(tokens: Mapping[str, str]) -> set[str]:
    """Which of these open something, at a service that remembers nothing."""
    async with sessions_of("archive") as other:
        return {name for name, token in tokens.items() if await other.find(token)}


async def test_a_person_sees_the_own_sessions_and_nobody_elses(app: FastAPI) -> None:
    async with visiting(app) as browser:
        entered = await browser.http.post(
            "/api/intake/session", json={"person": "as_kabag"}, headers={"User-Agent": FIREFOX}
        )
    token, other = entered.json()["token"], fresh_token("as_operator")
    shown = (await ask(app, token)).json()
    here = [one for one in shown if one["here"]]
    assert [(one["device"], one["way"]) for one in here] == [("Firefox · Linux", "development")]
    assert shown[0] == here[0], "that of this device comes first"
    text = str(shown) + str((await ask(app, other)).json())
    assert token not in text
    assert other not in text
    assert {one["session"] for one in shown}.isdisjoint(
        one["session"] for one in (await ask(app, other)).json()
    )


async def test_one_is_ended_and_the_others_stay(app: FastAPI) -> None:
    tokens = {name: fresh_token("as_arsiparis") for name in ("here", "there")}
    there = next(one["session"] for one in (await ask(app, tokens["there"])).json() if one["here"])
    answer = await ask(app, tokens["here"], "DELETE", f"/{there}")
    assert answer.json() == {"ended": 1}
    assert await alive(tokens) == {"here"}
    assert (await ask(app, tokens["here"], "DELETE", f"/{there}")).json() == {"ended": 0}


async def test_nobody_ends_anothers_by_its_name(app: FastAPI) -> None:
    tokens = {"mine": fresh_token("as_tim_spm"), "yours": fresh_token("as_inspektur")}
    yours = next(one["session"] for one in (await ask(app, tokens["yours"])).json() if one["here"])
    assert (await ask(app, tokens["mine"], "DELETE", f"/{yours}")).json() == {"ended": 0}
    async with visiting(app) as browser:
        browser.http.cookies.set("jejak_session", tokens["mine"])
        sent = {**await browser.fields("/sesi"), "session": yours}
        assert (await browser.post("/sesi", sent, Origin=HERE)).status_code == 303
    assert await alive(tokens) == {"mine", "yours"}


async def test_all_end_in_all_four_services_within_two_seconds(app: FastAPI) -> None:
    tokens = [fresh_token("as_subkoordinator") for _ in range(3)]
    kept = [sessions_of(service) for service in SERVICES]
    services = [await one.__aenter__() for one in kept]
    for one in services:
        assert all([await one.find(token) for token in tokens])
    assert (await ask(app, tokens[0], "DELETE")).status_code == 422, "not by mistake"
    assert (await ask(app, tokens[0], "DELETE", "?keep=this")).json()["ended"] >= 2
    assert await services[0].find(tokens[0])
    assert (await ask(app, tokens[0], "DELETE", "?keep=none")).json() == {"ended": 1}
    await asyncio.sleep(MEMORY_S)
    for one in services:
        assert [await one.find(token) for token in tokens] == [None] * 3
    for one in kept:
        await one.__aexit__(None, None, None)


@pytest.mark.parametrize("role", ["unsur_opd", "subkoordinator", "tim_spm", "arsiparis", "inspektur"])
async def test_who_is_not_named_sees_and_ends_nobody_elses(app: FastAPI, role: str) -> None:
    mine, yours = fresh_token(person_as(role)), fresh_token("as_kabag")
    assert (await ask(app, mine, path="/of/as_kabag")).status_code == 403
    assert (await ask(app, mine, "DELETE", "/of/as_kabag")).status_code == 403
    assert await alive({"yours": yours}) == {"yours"}


async def test_who_is_named_ends_somebody_elses_and_it_is_told_by_whom(app: FastAPI) -> None:
    yours, other = fresh_token("as_unsur_opd"), fresh_token("as_inspektur")
    with structlog.testing.capture_logs() as said:
        answer = await ask(app, fresh_token("as_operator"), "DELETE", "/of/as_unsur_opd")
    assert answer.json()["ended"] >= 1
    assert await alive({"yours": yours, "other": other}) == {"other"}
    (line,) = [line for line in said if line["event"] == "sessions-ended"]
    assert (line["person"], line["by"]) == ("as_unsur_opd", "as_operator")


@pytest.mark.parametrize(
    "named", ["", "x", "\0", "1" * 5_000, "00000000-0000-4000-8000-00000000000g", "' OR 1=1"]
)
async def test_what_names_no_session_ends_none(app: FastAPI, named: str) -> None:
    token = fresh_token("as_kabag")
    async with visiting(app) as browser:
        browser.http.cookies.set("jejak_session", token)
        sent = {**await browser.fields("/sesi"), "session": named}
        answer = await browser.post("/sesi", sent, Origin=HERE)
    assert answer.status_code in {404, 422}
    assert await alive({"mine": token}) == {"mine"}


async def test_a_name_without_an_end_is_answered(app: FastAPI) -> None:
    token = fresh_token("as_operator")
    for person in ("x" * 5_000, "%00", "jejak:intake", "nobody", "ü"):
        assert (await ask(app, token, path=f"/of/{person}")).status_code in {200, 404, 422}


async def test_the_page_shows_ends_and_stays_small(app: FastAPI, browser: Browser) -> None:
    token, other = fresh_token("as_kabag"), fresh_token("as_kabag")
    async with listening(app) as address:
        await audited(browser, address, token, "own", ["/sesi", "/sesi/as_operator", "/akun"])
        page = await window_of(browser, address, token, script=False)
        await page.goto(f"{address}/sesi")
        await page.get_by_role("button", name="Akhiri semua yang lain").click()
        await expect(page.get_by_text("sesi berakhir.")).to_be_visible()
        await expect(page.locator("tbody tr")).to_have_count(1)
        assert await alive({"mine": token, "other": other}) == {"mine"}
        await page.get_by_role("button", name="Akhiri semua").click()
        await expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
        await page.context.close()


async def test_a_session_that_is_ended_while_it_asks_is_nobodys(app: FastAPI) -> None:
    assert (await ask(app, secrets.token_urlsafe(32))).status_code == 401
