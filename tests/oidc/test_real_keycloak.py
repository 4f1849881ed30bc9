"""Intake against a real Keycloak, in a real browser: in, out at either side, users disabled, keys rotated,
the provider away.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, expect

from services.intake.login.asked_again import AskedAgain
from shared.access.session import COOKIE, MEMORY_S
from shared.clock import now
from shared.service_names import SERVICES
from tests.browser.windows import AUDIT, WIDTHS, pictured, sized
from tests.oidc.joining import join, logins
from tests.oidc.keycloak import Keycloak
from tests.oidc.test_asked_again import used
from tests.support.access import sessions_of
from tests.support.applications import application, listening, migrated
from tests.support.parts import PostgresPart

NAMES = {"sri": "Sri Lestari", "agus": "Agus Salim"}


@pytest.fixture
async def app(postgres: PostgresPart, keycloak: Keycloak, tmp_path: Path) -> AsyncIterator[FastAPI]:
    from tests.oidc.conftest import PEOPLE

    database = postgres.fresh_database("keycloak")
    migrated("intake", database)
    (tmp_path / "secret").write_text(keycloak.secret, encoding="utf-8")
    (tmp_path / "oidc.toml").write_text(
        f'[[provider]]\nid = "keycloak"\nname = "SSO Pemda"\nissuer = "{keycloak.issuer}"\n'
        'client_id = "jejak"\nclient_secret_file = "secret"\n',
        encoding="utf-8",
    )
    told = {"JEJAK_OIDC": str(tmp_path / "oidc.toml"), "JEJAK_LOGIN": "oidc", "JEJAK_MODE": "production"}
    async with application("intake", database, people=PEOPLE, now=now(), **told) as made:
        made.state.clock = made.state.running.handler.clock = now
        yield made


@pytest.fixture
async def address(app: FastAPI, keycloak: Keycloak) -> AsyncIterator[str]:
    async with listening(app) as found:
        running = app.state.running
        running.settings = running.settings.model_copy(update={"public_url": found})
        await asyncio.to_thread(keycloak.back_to, found)
        yield found


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(**sized("laptop"))
    yield await context.new_page()
    await context.close()


async def at_keycloak(page: Page, address: str, person: str) -> None:
    await page.goto(f"{address}/masuk")
    await page.get_by_role("link", name="Masuk dengan SSO Pemda").click()
    await page.fill("#username", person)
    await page.fill("#password", person)
    await page.click("#kc-login")


async def signed_in(page: Page, app: FastAPI, address: str, person: str = "sri") -> str:
    """Signs in, joined the first time; answers the session."""
    await at_keycloak(page, address, person)
    await page.wait_for_url(f"{address}/**")
    if await page.get_by_role("heading", name="Belum dapat masuk").count():
        (row,) = [row for row in await logins(app) if row["name"] == NAMES[person]]
        assert (await join(app, row["login"], person)).status_code == 200
        await page.goto(f"{address}/masuk")
        await page.get_by_role("link", name="Masuk dengan SSO Pemda").click()
        await page.wait_for_url(re.compile(rf"{re.escape(address)}/(?!masuk)"))
    return await session_of(page, address)


async def session_of(page: Page, address: str) -> str:
    return next((one["value"] for one in await page.context.cookies(address) if one["name"] == COOKIE), "")


async def is_in(app: FastAPI, session: str) -> bool:
    return await app.state.running.sessions.find(session) is not None


async def test_somebody_unknown_asks_is_joined_and_is_in(
    app: FastAPI, address: str, page: Page, keycloak: Keycloak
) -> None:
    await at_keycloak(page, address, "sri")
    await expect(page.get_by_role("heading", name="Belum dapat masuk")).to_be_visible()
    mark = await page.inner_text("#tanda-akun")
    (row,) = await logins(app)
    assert (row["login"][:8], row["nip"], row["email"]) == (mark, "198503122010012003", "sri@example.go.id")
    assert (row["issuer"], row["waiting"]) == (keycloak.issuer, True)
    assert await page.evaluate(AUDIT) == []
    assert (await join(app, row["login"])).status_code == 200
    await page.get_by_role("link", name="Masuk lagi").click()
    await page.get_by_role("link", name="Masuk dengan SSO Pemda").click()
    await expect(page.locator(".person-name")).to_have_text("Sri Lestari")


async def test_signing_out_here_signs_out_there(app: FastAPI, address: str, page: Page) -> None:
    session = await signed_in(page, app, address)
    await page.goto(f"{address}/sesi")
    await page.locator("header summary").last.click()
    await page.get_by_role("button", name="Keluar").click()
    await page.wait_for_url(f"{address}/masuk")
    assert not await is_in(app, session)
    await page.get_by_role("link", name="Masuk dengan SSO Pemda").click()
    await expect(page.locator("#username")).to_be_visible(), "Keycloak asks again who it is"


async def test_signing_out_there_ends_it_in_all_four_services(
    app: FastAPI, address: str, page: Page, keycloak: Keycloak
) -> None:
    session = await signed_in(page, app, address)
    kept = [sessions_of(service) for service in SERVICES]
    services = [await one.__aenter__() for one in kept]
    assert [bool(await one.find(session)) for one in services] == [True] * len(SERVICES)
    user = await asyncio.to_thread(keycloak.user, "sri")
    await asyncio.to_thread(keycloak.admin, "POST", f"/users/{user['id']}/logout")
    await asyncio.sleep(MEMORY_S)
    assert [await one.find(session) for one in services] == [None] * len(SERVICES)
    for one in kept:
        await one.__aexit__(None, None, None)
    await page.goto(f"{address}/sesi")
    await expect(page.get_by_role("link", name="Masuk dengan SSO Pemda")).to_be_visible()


async def test_a_user_who_was_disabled_there_comes_in_no_more(
    app: FastAPI, address: str, page: Page, keycloak: Keycloak
) -> None:
    await signed_in(page, app, address, "agus")
    user = await asyncio.to_thread(keycloak.user, "agus")
    path = f"/users/{user['id']}"
    await asyncio.to_thread(keycloak.admin, "PUT", path, {**user, "enabled": False})
    await asyncio.to_thread(keycloak.admin, "POST", f"{path}/logout")
    await asyncio.sleep(MEMORY_S)
    await page.context.clear_cookies()
    await at_keycloak(page, address, "agus")
    await expect(page.locator("#input-error, .kc-feedback-text").first).to_be_visible()
    assert await session_of(page, address) == ""
    await asyncio.to_thread(keycloak.admin, "PUT", path, {**user, "enabled": True})


async def test_a_user_who_was_disabled_there_without_signing_out_is_out_here(
    app: FastAPI, address: str, page: Page, keycloak: Keycloak
) -> None:
    session, again = (
        await signed_in(page, app, address, "agus"),
        AskedAgain(app.state.running, app.state.providers, app.state.seal),
    )
    user = await asyncio.to_thread(keycloak.user, "agus")
    path = f"/users/{user['id']}"
    used()
    assert await again.once(timedelta(0)) >= 1
    assert await is_in(app, session)
    await asyncio.to_thread(keycloak.admin, "PUT", path, {**user, "enabled": False})
    used()
    await again.once(timedelta(0))
    await asyncio.sleep(MEMORY_S)
    assert not await is_in(app, session)
    await asyncio.to_thread(keycloak.admin, "PUT", path, {**user, "enabled": True})


async def test_its_keys_are_rotated_and_nobody_notices(
    app: FastAPI, address: str, page: Page, keycloak: Keycloak
) -> None:
    await signed_in(page, app, address)
    before = {key.key_id for key in app.state.providers["keycloak"]._keys}
    new = {
        "name": "rotated",
        "providerId": "rsa-generated",
        "providerType": "org.keycloak.keys.KeyProvider",
        "config": {"priority": ["999"], "enabled": ["true"], "active": ["true"]},
    }
    await asyncio.to_thread(keycloak.admin, "POST", "/components", new)
    app.state.providers["keycloak"]._keys_rest = float("-inf")
    await page.context.clear_cookies()
    assert await signed_in(page, app, address)
    assert {key.key_id for key in app.state.providers["keycloak"]._keys} > before


@pytest.mark.test_all
async def test_while_it_is_away_who_is_in_stays_in(
    app: FastAPI, address: str, page: Page, browser: Browser, keycloak: Keycloak
) -> None:
    session = await signed_in(page, app, address)
    keycloak.supervisor.kill("keycloak")
    asking = app.state.providers["keycloak"]
    asking._fresh_until = float("-inf")
    try:
        for width in WIDTHS:
            context = await browser.new_context(**sized(width))
            other = await context.new_page()
            await other.goto(f"{address}/masuk")
            await expect(other.get_by_text("SSO Pemda tidak menjawab sejak")).to_be_visible()
            assert await other.evaluate(AUDIT) == []
            if place := pictured(f"provider-away-{width}"):
                await other.screenshot(path=place, full_page=True)
            await context.close()
        await page.goto(f"{address}/sesi")
        await expect(page.get_by_text("yang ini")).to_be_visible()
        assert await is_in(app, session)
    finally:
        await asyncio.to_thread(keycloak.supervisor.restart, "keycloak")
    asking._ask_again = float("-inf")
    await page.context.clear_cookies()
    assert await signed_in(page, app, address)
