"""What was typed and is not stored, in a real Chromium: in another urusan, in the other language,
when a tab is closed, after another's act.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
from playwright.async_api import Browser, Page, expect

from shared.contracts.verification import SubmissionReturned
from tests.browser.windows import window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.intake_room import CYCLE, IntakeRoom, fill, hand_in_again, intake_room, to_step_7
from tests.support.parts import PostgresPart

CASE = f"{CYCLE}-dpupkp-tahunan"
FORM = f"/isian/{CASE}"
WATER, HOUSES = "pu.air_minum", "perumahan_rakyat"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_drafts")) as made:
        await to_step_7(made, "dpupkp")
        await fill(made, "dpupkp")
        yield made


@pytest.fixture
async def page(browser: Browser, room: IntakeRoom) -> AsyncIterator[Page]:
    async with listening(room.app) as address:
        opened = await window_of(browser, address, token_of("joko"))
        opened.on("dialog", lambda dialog: dialog.accept())
        await opened.goto(f"{address}{FORM}")
        yield opened


async def found(room: IntakeRoom) -> tuple[str, dict[str, object]]:
    shown = await room.give("GET", f"/submissions/{CASE}", "joko")
    return shown["standing"], shown["figures"][WATER]["figure"]


async def hand_in(page: Page) -> None:
    await page.locator("#serahkan > summary").click()
    await page.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()


async def test_a_refused_cell_of_another_urusan_stops_the_hand_in_and_is_found_again(
    room: IntakeRoom, page: Page
) -> None:
    cell = page.locator(f'[id="{WATER}.served"]')
    await cell.fill("8,6")
    await page.keyboard.press("Tab")
    await expect(page.locator("#salah")).to_contain_text("1 sel ditolak")
    await page.locator("#daftar a").click()
    await page.wait_for_url(f"**urusan={HOUSES}*")
    await expect(page.locator("#salah")).to_contain_text("1 sel belum tersimpan di urusan lain")
    await hand_in(page)
    await expect(page.locator("#tempel")).to_contain_text("Isian tidak diserahkan: 1 sel belum tersimpan")
    assert (await found(room))[0] == "open"
    await page.locator("#salah a").click()
    await expect(cell).to_have_value("8,6")
    await expect(page.locator(f'[id="salah-{WATER}.served"]')).to_contain_text(
        "Terlayani: tulis bilangan bulat"
    )
    await cell.fill("86")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    await hand_in(page)
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
    assert (await found(room))[1]["served"] == 86


async def test_a_number_typed_in_the_other_language_is_never_read_in_this_one_and_words_are_kept(
    room: IntakeRoom, page: Page
) -> None:
    before = (await found(room))[1]
    await page.context.set_offline(True)
    await page.locator(f'[id="mutu-{WATER}"]').click()
    await page.locator(f'[id="{WATER}.reason"]').fill("Rekap, halaman 2.")
    await page.locator(f'[id="{WATER}.served"]').fill("4,075")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("Sambungan terputus")
    await page.route(
        "**/isian/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    await page.context.set_offline(False)
    await page.goto(f"{page.url}?lang=en")
    await page.unroute("**/isian/**")
    await page.reload()
    await expect(page.locator(f'[id="salah-{WATER}.served"]')).to_contain_text(
        "Typed while the page was in another language"
    )
    await expect(page.locator(f'[id="{WATER}.served"]')).to_have_value("4,075")
    await expect(page.locator("#salah")).to_contain_text("1 cell refused")
    assert (await found(room))[1] == {**before, "reason": "Rekap, halaman 2."}
    await page.locator(f'[id="{WATER}.served"]').fill("4,076")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("✓ saved")
    assert (await found(room))[1]["served"] == 4076


async def test_a_tab_that_is_closed_asks_and_sends_what_was_typed(room: IntakeRoom, page: Page) -> None:
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    await page.locator(f'[id="{WATER}.served"]').click(click_count=3)
    await page.keyboard.type("77")
    async with page.expect_event("close"):
        await page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    while (await found(room))[1]["served"] != 77:  # noqa: ASYNC110  a page that is closed tells nothing
        await asyncio.sleep(0.05)


async def test_a_sheet_that_was_handed_in_and_returned_meanwhile_keeps_the_cell_and_says_so(
    room: IntakeRoom, page: Page
) -> None:
    await hand_in_again(room, "dpupkp")
    await page.locator(f'[id="{WATER}.served"]').fill("78")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("Isian ini sudah diserahkan dari tempat lain.")
    await expect(page.locator(f'[id="{WATER}.served"]')).to_have_value("78")
    returned = SubmissionReturned(
        cycle=CYCLE, agency="dpupkp", period="tahunan", submission=f"submission-{CASE}", revision=1,
        reason="Periksa.", fields=(),
        by="tari", occurred_on=date(2027, 1, 18),
    )  # fmt: skip
    await room.hear(returned, f"verification-{CASE}")
    await page.evaluate("window.dispatchEvent(new Event('focus'))")
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    assert (await found(room))[1]["served"] == 78
    await hand_in(page)
    await expect(page.locator("#kesalahan")).to_contain_text("Isian berubah sejak Anda melihatnya")
    await expect(page.locator("main")).to_contain_text("Periksa.")
    await hand_in(page)
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
