"""Services that go over to another agency, in a real Chromium: the office hands a service over on its page,
both sides read it, and who took it hands it in.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from deploy.demo.stage import OFFICERS
from tests.browser.test_sheet_hand_in import explained
from tests.browser.windows import audited, window_of
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom, fill, intake_room, to_step_7
from tests.support.parts import PostgresPart

GIVER, TAKER = f"/isian/{CYCLE}-dinsos-tahunan", f"/isian/{CYCLE}-satpolpp-tahunan"
PAGE = f"{GIVER}/alihkan"
SERVICE, NAME = "sos.anak", "Rehabilitasi sosial dasar anak telantar di luar panti sosial"
WHY = "Urusan anak menjadi tugas Satpol PP."
LETTER = "Perbup 12/2026, 1 Oktober 2026"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("handed_over")) as made:
        await to_step_7(made, "dinsos", "satpolpp")
        await fill(made, "dinsos")
        yield made


async def opened(browser: Browser, address: str, person: str, path: str) -> Page:
    page = await window_of(browser, address, token_of(person))
    await page.goto(address + path)
    return page


async def test_the_office_hands_a_service_over_and_who_took_it_hands_in(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await audited(browser, address, token_of("bagus"), "handing-over", [PAGE])
    office = await opened(browser, address, "bagus", GIVER)
    await office.get_by_role("link", name="Alihkan layanan ke perangkat daerah lain").click()
    await office.get_by_role("checkbox", name=NAME).check()
    await office.locator("#taker").select_option("satpolpp")
    await office.locator("#reason").fill(WHY)
    await office.locator("#letter").fill(LETTER)
    await office.locator("summary").filter(has_text="Alihkan layanan").click()
    await office.get_by_role("button", name="Alihkan layanan").click()
    await expect(office.locator("main")).to_contain_text("Layanan dialihkan")
    giver, taker = OFFICERS["dinsos"], OFFICERS["satpolpp"]
    was = (await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", taker))["figures"][SERVICE]
    assert was["by"] == giver
    left = await opened(browser, address, giver, GIVER)
    await expect(left.locator("main")).to_contain_text(
        f"mengalihkan layanan kepada Satuan Polisi Pamong Praja: {NAME}. {WHY} ({LETTER})"
    )
    await expect(left.locator(f'[id="baris-{SERVICE}"]')).to_have_count(0)
    came = await opened(browser, address, taker, f"{TAKER}?urusan=sosial")
    await expect(came.locator("main")).to_contain_text(
        f"menerima layanan dari Dinas Sosial: {NAME}. {WHY} ({LETTER})"
    )
    await expect(came.locator(f'[id="{SERVICE}.served"]')).to_have_value(str(was["figure"]["served"]))
    for person, path in ((giver, GIVER), (taker, f"{TAKER}?urusan=sosial"), ("bagus", PAGE)):
        await audited(browser, address, token_of(person), f"handed-over-{person}", [path])
    await came.goto(address + TAKER)
    for cell, value in (("entitled", "100"), ("served", "80")):
        await came.locator(f'[id="trantib.trantibum.{cell}"]').fill(value)
    await came.keyboard.press("Tab")
    await expect(came.locator("#simpan")).to_contain_text("✓")
    await explained(came)
    await came.locator("#serahkan > summary").click()
    await came.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()
    await expect(came.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
    handed = await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", taker)
    assert (handed["standing"], handed["figures"][SERVICE]["figure"]) == ("handed_in", was["figure"])
