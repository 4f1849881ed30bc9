"""A cycle replayed in a real Chromium: by the slider, by keyboard, by itself, and without a script; what the
slider shows is what the same address shows when it is opened anew.
"""

import pytest
from playwright.async_api import Browser, Page, expect

from shared.eventsourcing import store
from tests.browser.windows import audited, window_of
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom, fill

BOARD = f"/siklus/{CYCLE}"
MAIN = "document.querySelector('main').innerText"


@pytest.fixture
def agency() -> str:
    return "dinkes"


async def begun(room: IntakeRoom, browser: Browser, address: str) -> Page:
    """The board as it was at the first event of its cycle."""
    await fill(room, "dinkes")
    async with room.running.pool.connection() as conn:
        await store.tick(conn, await store.settled(conn))
    page = await window_of(browser, address, token_of("hesti"))
    await page.goto(f"{address}{BOARD}/riwayat")
    await page.get_by_role("link", name="Putar ulang siklus ini").click()
    await expect(page.get_by_role("slider")).to_be_visible()
    return page


async def readable_by_everybody(browser: Browser, address: str, query: str) -> None:
    """Pages of that moment, at both widths and in both languages."""
    pages = [f"{path}?{query}" for path in (BOARD, f"{BOARD}/riwayat", "/isian", "/opd")]
    await audited(browser, address, token_of("hesti"), "past", [*pages, f"{pages[0]}&lang=en"])


async def test_a_cycle_is_replayed_and_each_moment_opens_anew_as_it_was_shown(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    page = await begun(room, browser, address)
    await readable_by_everybody(browser, address, page.url.partition("?")[2])
    slider, sentence = page.get_by_role("slider"), page.locator(".past-sentence")
    await expect(sentence).to_contain_text("Peristiwa 1 dari")
    many = int(await slider.get_attribute("max") or 0) + 1
    assert many > 5
    await slider.focus()
    shown: dict[str, str] = {}
    lit = 0
    for number in range(2, many + 1):
        await page.keyboard.press("ArrowRight")
        await expect(sentence).to_contain_text(f"Peristiwa {number} dari {many}")
        event = (await slider.get_attribute("aria-valuetext") or "").partition(":")[2]
        assert event.strip()
        await expect(page.locator(f"body[data-place='{number - 1}']")).to_be_attached()
        shown[page.url] = await page.evaluate(MAIN)
        lit += await page.locator(".past-changed").count()
    assert lit, "what changes lights up"
    assert len(shown) == many - 1
    other = await window_of(browser, address, token_of("hesti"))
    for url, before in list(shown.items())[:: max(1, many // 6)]:
        await other.goto(url)
        assert await other.evaluate(MAIN) == before
    assert len(set(shown.values())) > 2, "a replay in which nothing changes proves nothing"
    pada = page.url.partition("pada=")[2]
    menu = page.get_by_role("navigation").get_by_role("link", name="Isian")
    assert f"pada={pada}" in (await menu.get_attribute("href") or ""), (
        "the menu leads to the moment of the slider"
    )
    await page.keyboard.press("Home")
    await page.get_by_label("Laju").select_option("30")
    await page.get_by_role("button", name="Putar").click()
    await expect(page.locator(f"body[data-place='{many - 1}']")).to_be_attached(timeout=30_000)
    await expect(page.get_by_role("button", name="Putar")).to_be_visible()
    await page.get_by_role("link", name="Kembali ke sekarang").click()
    await expect(page.locator("#lampau")).to_have_count(0)
