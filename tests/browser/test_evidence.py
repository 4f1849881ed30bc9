"""Evidence beside its figure in a real Chromium: every kind of it fits and can be read, also on a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.windows import AUDIT, WIDTHS, window_of
from tests.integration.test_evidence_preview import FILES, evidence_room
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.parts import PostgresPart
from tests.support.verification_room import case

DESK = f"/verifikasi/{case('dinkes')}"


@pytest.fixture
async def address(postgres: PostgresPart) -> AsyncIterator[str]:
    async with evidence_room(postgres.fresh_database("evidence")) as room, listening(room.app) as found:
        yield found


@pytest.mark.parametrize("width", WIDTHS)
async def test_evidence_of_every_kind_fits_and_says_what_it_is(
    address: str, browser: Browser, width: str
) -> None:
    page = await window_of(browser, address, token_of("wulan"), width)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(address + DESK)
    wrong = {"desk": list(await page.evaluate(AUDIT))}
    assert await page.get_by_role("link", name="Lihat rekap.pdf").count() == 1
    for file in FILES:
        await page.goto(f"{address}{DESK}/bukti/{file.digest}/lihat")
        wrong[file.name] = list(await page.evaluate(AUDIT))
    assert (said, {name: found for name, found in wrong.items() if found}) == ([], {})


async def test_pictures_of_pages_are_fetched_as_somebody_comes_to_them(
    address: str, browser: Browser
) -> None:
    page = await window_of(browser, address, token_of("wulan"), "laptop")
    await page.goto(f"{address}{DESK}/bukti/{'1' * 64}/lihat")
    pictures = page.locator(".page-picture img")
    assert await pictures.count() == 20
    await pictures.last.scroll_into_view_if_needed()
    loaded = "img => img.decode().then(() => [img.naturalWidth, img.naturalHeight])"
    assert await pictures.last.evaluate(loaded) == [900, 1274]
