"""An inspector finds an event among others by its fields, reads what it changed, and asks what differs
between two moments; the pages fit, can be read, and say the same on a phone and in English.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.windows import audited, window_of
from tests.integration.test_between_moments import ADDRESS, begun, mended, moment
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.archive_room import CYCLE, Archive, archive_room
from tests.support.parts import PostgresPart


@pytest.fixture
async def archive(postgres: PostgresPart) -> AsyncIterator[Archive]:
    async with archive_room(postgres.fresh_database("trail_walk")) as opened:
        yield opened


@pytest.fixture
async def address(archive: Archive) -> AsyncIterator[str]:
    async with listening(archive.app) as found:
        yield found


async def test_an_event_is_found_by_its_figure_and_says_what_it_changed(
    archive: Archive, browser: Browser, address: str
) -> None:
    await begun(archive)
    await archive.signing.now()
    page = await window_of(browser, address, token_of("ina"), "phone")
    await page.goto(f"{address}/jejak-audit")
    await page.get_by_text("Saring menurut").click()
    await page.get_by_role("textbox", name="Angka").fill("4.075,00")
    await page.get_by_label("Pelaku").select_option("person")
    await page.get_by_role("button", name="Cari peristiwa").click()
    await expect(page.locator(".timeline > li")).to_have_count(1)
    await expect(page.locator(".changes")).to_contain_text("4.075")
    await page.get_by_role("link", name="Lihat dan buktikan").click()
    await expect(page.get_by_role("heading", name="Yang berubah")).to_be_visible()
    found = "/jejak-audit?nilai=4.075%2C00&pelaku=person"
    await audited(
        browser,
        address,
        token_of("ina"),
        "trail",
        [found, f"{found}&lang=en", "/jejak-audit/3", "/jejak-audit?sejak=besok"],
    )


async def test_from_a_moment_of_the_past_to_what_differs_since(
    archive: Archive, browser: Browser, address: str
) -> None:
    await begun(archive)
    first = await moment(archive)
    await mended(archive)
    second = await moment(archive)
    page = await window_of(browser, address, token_of("ina"))
    await page.goto(f"{address}/arsip?siklus={CYCLE}&pada={first}")
    await page.get_by_role("link", name="Bandingkan dengan saat lain").click()
    await page.get_by_role("button", name="Bandingkan kedua saat").click()
    await expect(page.get_by_role("row").filter(has_text="Terlayani")).to_contain_text("4.500")
    pages = [
        f"{ADDRESS}?dari={first}&sampai={second}",
        f"{ADDRESS}?dari={first}",
        f"{ADDRESS}?dari={first}&lang=en",
    ]
    await audited(browser, address, token_of("ina"), "between", pages)
