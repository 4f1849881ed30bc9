"""From an invitation link to a handed-in figure in a real Chromium, with a code, with a passkey, and
without script.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pyotp
import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from deploy.demo import data
from services.intake.people.seed import seed
from tests.browser.windows import AUDIT, OTHER_ROOMS, WIDTHS, nothing_stuck, pictured, sized
from tests.integration.local_doors import PASSWORD, key_in
from tests.manual.looking import STANDS, is_named, names
from tests.manual.reading import words_of
from tests.support.access import database
from tests.support.events import REGION
from tests.support.intake_room import CYCLE, NOW, IntakeRoom, fill, intake_room, to_step_7
from tests.support.parts import PostgresPart

AGUS = "agus"
"""The officer of Satpol PP."""
INVITING = {"Buat undangan"}
"""What the page of an account says only before somebody has it: `test_pages_of_officials_are_sound`."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def house(postgres: PostgresPart, **more: str) -> AsyncIterator[tuple[IntakeRoom, str]]:
    """Intake under a name, as passkeys need it, where officers of agencies must show a second factor."""
    port = free_port()
    told = {
        "JEJAK_LOGIN": "local,development",
        "JEJAK_SECOND_FACTOR": "unsur_opd",
        "JEJAK_PUBLIC_URL": f"http://localhost:{port}",
        "JEJAK_HOSTS": "jejak.test",
        **more,
    }
    async with intake_room(postgres.fresh_database("intake_local"), **told) as room:
        await seed(room.running, data.BANTUL / "people.toml", REGION)
        await to_step_7(room, "satpolpp")
        await fill(room, "satpolpp")
        server = uvicorn.Server(uvicorn.Config(room.app, port=port, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield room, f"http://localhost:{port}"
        server.should_exit = True
        await serving


@pytest.fixture
async def at(postgres: PostgresPart) -> AsyncIterator[tuple[IntakeRoom, str]]:
    async with house(postgres) as made:
        yield made


async def invited(room: IntakeRoom) -> str:
    """The link that the Kabag hands over; no account is left of an earlier test."""
    with psycopg.connect(database().owner, autocommit=True) as conn:
        conn.execute("TRUNCATE invitation, password, factor, ticket, attempt")
    answer = await room.give("POST", f"/accounts/{AGUS}/invitation", "hesti")
    return str(answer["link"])


async def window(browser: Browser, width: str = "laptop", *, script: bool = True) -> Page:
    context = await browser.new_context(**sized(width), java_script_enabled=script)
    await context.route(OTHER_ROOMS, nothing_stuck)
    return await context.new_page()


async def seen(page: Page, name: str) -> set[str]:
    """The page is sound by the audit and fits both widths; answers what can be named on it."""
    await page.wait_for_load_state()  # what a script shows is there by then
    for width, (across, down) in WIDTHS.items():
        await page.set_viewport_size({"width": across, "height": down})
        assert list(await page.evaluate(AUDIT)) == [], f"{name} on a {width}"
        if place := pictured(f"local-{name}-{width}"):
            await page.screenshot(path=place, full_page=True)
    return names(tuple(row) for row in await page.evaluate(STANDS))


async def sets_password(page: Page, link: str) -> None:
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Buat kata sandi")).to_be_visible()
    await page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
    await page.get_by_label("Kata sandi baru, sekali lagi").fill(PASSWORD)
    await page.get_by_role("button", name="Buat kata sandi").click()
    await expect(page.get_by_role("heading", name="Pasang faktor kedua")).to_be_visible()


async def shows_password(page: Page, address: str) -> None:
    await page.goto(f"{address}/masuk")
    await page.get_by_label("NIP atau nama pengguna").fill(AGUS)
    await page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Lanjut").click()
    await expect(page.get_by_role("heading", name="Faktor kedua")).to_be_visible()


async def signs_out(page: Page) -> None:
    await page.context.clear_cookies(name="jejak_session")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_from_an_invitation_to_a_handed_in_figure_with_a_code(
    at: tuple[IntakeRoom, str], browser: Browser, *, script: bool
) -> None:
    room, address = at
    page = await window(browser, script=script)
    link, stood = await invited(room), set[str]()
    if script:
        await page.goto(link)
        stood |= await seen(page, "invitation")
    await sets_password(page, link)
    if script:
        stood |= await seen(page, "second-set")
    key = key_in(await page.content())
    await page.get_by_label("Kode enam angka").fill(pyotp.TOTP(key).at(NOW))
    await page.get_by_role("button", name="Pasang", exact=True).click()
    await expect(page.locator("main")).to_contain_text("Isian")
    await signs_out(page)
    await shows_password(page, address)
    if script:
        stood |= await seen(page, "second-show")
    await page.get_by_label("Kode enam angka").fill(pyotp.TOTP(key).at(NOW + timedelta(seconds=30)))
    await page.get_by_role("button", name="Masuk", exact=True).click()
    await expect(page.locator("main")).to_contain_text("Isian")
    await page.goto(f"{address}/isian/{CYCLE}-satpolpp-tahunan")
    await page.get_by_text("Serahkan ke Tim SPM").first.click()
    if await page.get_by_role("button", name="Ya, serahkan ke Tim SPM").count():
        await page.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
    await page.goto(f"{address}/saya")
    await expect(page.locator("main")).to_contain_text("Ponsel")
    if script:
        stood |= await seen(page, "mine")
        await signs_out(page)
        await page.goto(f"{address}/masuk")
        stood |= await seen(page, "sign-in-of-an-account")
        await page.get_by_role("button", name="Hesti").first.click()
        for path in ("/akun", "/akun/lokal", f"/akun/lokal/{AGUS}"):
            await page.goto(f"{address}{path}")
            stood |= await seen(page, f"active-{path.strip('/').replace('/', '-')}")
        await page.goto(f"{address}/token")
        stood |= await seen(page, "tokens")
        await gives_token(page)
        stood |= await seen(page, "token")
        assert [word for word in words_of("akun.md") if not is_named(word, stood | INVITING)] == []


async def gives_token(page: Page) -> None:
    await page.get_by_label("Nama", exact=True).fill("sipd-satpolpp")
    await page.get_by_label("Untuk apa").fill("SIPD mengisi angka.")
    await page.get_by_label("Perangkat daerah").select_option("satpolpp")
    await page.get_by_label("Peran", exact=True).select_option("unsur_opd")
    await page.get_by_label("Pemegang").select_option(AGUS)
    await page.get_by_role("button", name="Beri token", exact=True).click()
    await expect(page.get_by_label("Rahasia token")).to_be_visible()


async def authenticator(page: Page) -> tuple[Any, str]:
    """A device with passkeys, as Chromium plays it; it asks who holds it."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    made = await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devtools, str(made["authenticatorId"])


async def test_a_passkey_is_made_and_signs_in_and_a_copy_of_it_does_not(
    at: tuple[IntakeRoom, str], browser: Browser
) -> None:
    room, address = at
    page = await window(browser)
    devtools, device = await authenticator(page)
    await sets_password(page, await invited(room))
    await page.get_by_role("button", name="Buat kunci sandi").click()
    await expect(page.locator("main")).to_contain_text("Isian")
    (credential,) = (await devtools.send("WebAuthn.getCredentials", {"authenticatorId": device}))[
        "credentials"
    ]
    await signs_out(page)
    await shows_password(page, address)
    await page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    await expect(page.locator("main")).to_contain_text("Isian")
    await signs_out(page)
    await devtools.send(
        "WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": credential["credentialId"]}
    )
    await devtools.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": credential})
    await shows_password(page, address)
    await page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    await expect(page.locator("main")).to_contain_text("Kode atau kunci ini tidak berlaku")


async def test_a_device_that_does_not_ask_who_holds_it_makes_no_passkey(
    at: tuple[IntakeRoom, str], browser: Browser
) -> None:
    room, _address = at
    page = await window(browser)
    devtools, device = await authenticator(page)
    await devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    await sets_password(page, await invited(room))
    await page.get_by_role("button", name="Buat kunci sandi").click()
    await expect(page.locator("main")).to_contain_text("Perangkat ini tidak memberi kunci sandi.")


async def test_pages_of_officials_are_sound(at: tuple[IntakeRoom, str], browser: Browser) -> None:
    room, address = at
    await invited(room)
    page = await window(browser)
    await page.goto(f"{address}/masuk")
    await seen(page, "sign-in")
    await page.get_by_role("button", name="Hesti").first.click()
    for path in ("/akun/lokal", f"/akun/lokal/{AGUS}", "/akun/lokal/hesti"):
        await page.goto(f"{address}{path}")
        await seen(page, path.strip("/").replace("/", "-"))
    await page.goto(f"{address}/akun/lokal/{AGUS}")
    await page.get_by_role("button", name="Buat undangan").click()
    await expect(page.locator("#link")).to_have_value(re.compile(re.escape(f"{address}/undangan?token=")))
    await seen(page, "link")
