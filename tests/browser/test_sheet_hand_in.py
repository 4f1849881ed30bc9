"""Handing the figure sheet in, in a real Chromium: what is on the screen is handed in, or nothing is."""

from playwright.async_api import Browser, Page, expect

from shared.access.session import COOKIE
from tests.browser.test_sheet import CASE, FORM, SERVICE, hand_in, saved, state, stored, typed
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom, fill


async def explained(page: Page) -> None:
    """Every warning of the sheet, beside the cells that it is about."""
    for number in range(await page.locator("textarea[name^='jelas:']").count()):
        await page.locator("textarea[name^='jelas:']").nth(number).fill("Anggaran menunggu perubahan APBD.")


async def test_a_hand_in_never_passes_a_cell_that_is_refused(room: IntakeRoom, page: Page) -> None:
    await fill(room, "satpolpp")
    await page.reload()
    await typed(page, entitled="100", served="80")
    await page.keyboard.press("Tab")
    await saved(page)
    await typed(page, served="8,6")
    await hand_in(page)
    await expect(page.locator("#tempel")).to_contain_text("Isian tidak diserahkan: 1 sel belum tersimpan")
    await page.context.set_offline(True)
    await typed(page, served="86")
    await hand_in(page)
    await expect(page.locator("#simpan")).to_contain_text("Sambungan terputus")
    assert (await stored(room))["standing"] == "open"
    await page.context.set_offline(False)
    await saved(page)
    assert await stored(room) | {"budget": 0} == {
        "standing": "open",
        "entitled": 100,
        "served": 86,
        "budget": 0,
    }


async def test_a_hand_in_carries_what_was_typed_a_moment_ago_and_is_not_stopped_by_the_own_saving(
    room: IntakeRoom, page: Page
) -> None:
    await expect(page.locator("#kurang")).to_contain_text("Belum diisi: Pelayanan ketenteraman")
    await expect(page.locator("#daftar")).to_contain_text("0/1")
    await typed(page, entitled="100", served="80")
    await page.keyboard.press("Tab")
    await saved(page)
    await expect(page.locator("#daftar")).to_contain_text("1/1")
    await expect(page.locator("#kurang")).to_contain_text("Peringatan belum dijelaskan: Pelayanan keten")
    await explained(page)
    await typed(page, served="86")
    await hand_in(page)
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
    assert await stored(room) == {"standing": "handed_in", "entitled": 100, "served": 86, "budget": None}


async def test_a_sheet_that_is_stored_is_handed_in_at_the_first_press(room: IntakeRoom, page: Page) -> None:
    await typed(page, entitled="100", served="80")
    await page.keyboard.press("Tab")
    await saved(page)
    await expect(page.locator("#salah")).to_be_empty()
    await explained(page)
    await hand_in(page)
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")


async def test_without_script_the_hand_in_carries_the_sheet_or_refuses(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await fill(room, "satpolpp")
    context = await browser.new_context(java_script_enabled=False, locale="id-ID")
    await context.add_cookies([{"name": COOKIE, "value": token_of("agus"), "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}{FORM}")
    await expect(page.locator(f'[id="{SERVICE}.reason"]')).to_be_visible()
    await typed(page, entitled="200", served="8,6")
    await hand_in(page)
    await expect(page.locator("#kesalahan")).to_contain_text("1 sel belum tersimpan; isian tidak diserahkan.")
    await typed(page, served="186")
    await hand_in(page)
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
    assert (await stored(room))["served"] == 186


async def test_what_was_sent_once_never_comes_back_over_what_was_stored_since(
    room: IntakeRoom, page: Page
) -> None:
    await typed(page, entitled="100", served="80")
    await page.locator(f'[id="{SERVICE}.answer"]').select_option("not_yet")
    await page.locator(f'[id="{SERVICE}.reason"]').fill("menunggu rekap")
    await page.keyboard.press("Tab")
    await saved(page)
    await hand_in(page)
    await expect(page.locator("#kesalahan")).to_contain_text("Masih dijawab belum ada data")
    await typed(page, served="90")
    await page.keyboard.press("Tab")
    await saved(page)
    await page.locator("main .breadcrumb a").click()
    await page.wait_for_url("**/isian?siklus=*")
    await page.goto(page.url.replace("?siklus=" + CYCLE, "/" + CASE))
    await expect(page.locator("#simpan")).to_contain_text("Semua tersimpan")
    assert await page.locator(f'[id="{SERVICE}.served"]').input_value() == "90"
    assert (await stored(room))["served"] == 90


async def test_evidence_that_somebody_else_attached_is_looked_at_before_a_hand_in(
    room: IntakeRoom, page: Page
) -> None:
    await fill(room, "satpolpp")
    await page.reload()
    file = await room.upload("agus", b"%PDF-1.7 lain", "lain.pdf")
    await room.give("POST", f"/submissions/{CASE}/evidence", "agus", {**file, "services": [SERVICE]})
    await typed(page, budget="2000000000")
    await page.keyboard.press("Tab")
    await state(page, "budget", "stored")
    await expect(page.locator("#salah")).to_contain_text(
        "Bukti, urusan lain, atau keadaan isian berubah sejak halaman ini dibuka"
    )
    await hand_in(page)
    await expect(page.locator("#kesalahan")).to_contain_text("Isian berubah sejak Anda melihatnya")
    await expect(page.locator("#bukti")).to_contain_text("lain.pdf")
    assert (await stored(room))["standing"] == "open"
    await hand_in(page)
    await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
