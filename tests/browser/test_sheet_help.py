"""Help beside the cells of the sheet in a real Chromium: by keyboard, without script, on a phone, and never
in print; folded it makes no row higher.
"""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_sheet import FORM, SERVICE
from tests.browser.windows import AUDIT, WIDTHS, pictured, window_of
from tests.support.access import token_of
from tests.support.intake_room import IntakeRoom

CARD = f'[id="bantuan-{SERVICE}"]'
BUTTON = "Bantuan pengisian: Pelayanan ketenteraman dan ketertiban umum"
HEIGHTS = "[...document.querySelectorAll('tr.figure-row')].map((row) => row.getBoundingClientRect().height)"


async def test_a_cell_has_its_help_by_keyboard_and_gives_the_focus_back(room: IntakeRoom, page: Page) -> None:
    cell = page.locator(f'[id="{SERVICE}.served"]')
    await cell.focus()
    await page.keyboard.press("F1")
    await expect(page.locator(CARD)).to_be_visible()
    assert await page.evaluate("document.activeElement.id") == f"bantuan-{SERVICE}-served"
    await expect(page.locator(f'[id="bantuan-{SERVICE}-served"]')).to_contain_text("Menghitung patroli")
    assert await page.evaluate(AUDIT) == []
    await page.keyboard.press("Escape")
    await expect(page.locator(CARD)).to_be_hidden()
    assert await page.evaluate("document.activeElement.id") == f"{SERVICE}.served"
    await page.keyboard.press("F1")
    await page.locator(f"{CARD} button").click()
    await expect(page.locator(CARD)).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_every_field_is_explained_at_both_widths(
    room: IntakeRoom, browser: Browser, address: str, width: str, script: bool
) -> None:
    page = await window_of(browser, address, token_of("agus"), width, script=script)
    await page.goto(f"{address}{FORM}")
    high = await page.evaluate(HEIGHTS) if script else []
    await page.get_by_role("button", name=BUTTON, exact=True).click()
    card = page.get_by_role("dialog", name=BUTTON)
    for name in ("Berhak", "Terlayani", "Anggaran", "Realisasi", "Mutu"):
        await expect(card.get_by_role("region", name=name)).to_contain_text("Sering keliru")
    await expect(card).to_contain_text("Berhak 126, Terlayani 126: Capaian 100,00 %.")
    if script:
        assert await page.evaluate(AUDIT) == []
        assert await page.evaluate(HEIGHTS) == high
        await page.evaluate("document.querySelectorAll('.ask').forEach((button) => button.remove())")
        assert await page.evaluate(HEIGHTS) == high
        if place := pictured(f"sheet-help-{width}"):
            await page.screenshot(path=place)
    await page.emulate_media(media="print")
    await expect(page.locator(CARD)).to_be_hidden()
