"""What a cycle reached, in a real Chromium: fifty agencies on a laptop and on a phone, beside last year, and
only the own agency for its officer.
"""

import pytest
from playwright.async_api import Browser, expect
from psycopg.types.json import Jsonb

from tests.browser.test_intake_states import MANY
from tests.browser.windows import audited, window_of
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom, fill

PAGE = f"/siklus/{CYCLE}/capaian"
AS_LAST_YEAR = {"cycle": "3402-2025", "year": 2025, "submission": "submission-3402-2025-dinkes-tahunan"}
COPIED = "INSERT INTO {0} SELECT made.* FROM {0} t, jsonb_populate_record(null::{0}, to_jsonb(t) || %s) made"


@pytest.fixture
def agency() -> str:
    return "dinkes"


async def test_fifty_agencies_are_read_at_both_widths_and_beside_last_year(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await audited(browser, address, token_of("hesti"), "untouched", [PAGE])
    await fill(room, "dinkes")
    async with room.running.pool.connection() as conn:
        for table in ("cycle", "submission", "figure"):
            await conn.execute(COPIED.format(table).encode(), [Jsonb(AS_LAST_YEAR)])
        await conn.execute(MANY)
    await audited(browser, address, token_of("hesti"), "achievement", [PAGE, f"{PAGE}?lang=en"])
    page = await window_of(browser, address, token_of("hesti"))
    await page.goto(address)
    await page.get_by_role("link", name="Capaian siklus 2026").click()
    index = page.get_by_role("table", name="Indeks pencapaian SPM")
    await expect(index.get_by_role("row", name="Kesehatan")).to_contain_text("±0,00")
    levels = page.get_by_role("table", name="Keterisian dan capaian tiap perangkat daerah")
    assert await levels.locator("tbody th").count() == 50 + 1
    await expect(levels.get_by_role("row", name="Dinkes")).to_contain_text("12/12")


async def test_an_officer_sees_the_own_agency_and_no_index(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await fill(room, "dinkes")
    async with room.running.pool.connection() as conn:
        await conn.execute(MANY)
    await audited(browser, address, token_of("sri"), "achievement-own", [PAGE])
    page = await window_of(browser, address, token_of("sri"))
    await page.goto(address + PAGE)
    assert await page.locator(".levels tbody th").count() == 1
    await expect(page.locator("main")).not_to_contain_text("Indeks")
