"""An officer answers a point of a return on the sheet, on a phone and with the keyboard alone, and hands in
again, in a real Chromium: what is refused comes back where it was typed, without a script too.
"""

import random

from playwright.async_api import Browser, Page, expect

from services.verification.domain.verification import ReturnSubmission
from shared.contracts.values import FieldNote
from tests.browser.test_official_correction import Door
from tests.browser.windows import AUDIT, WIDTHS, pictured, window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import DAY, Player, act, asked

AT, OTHER = "jawab:kes.ibu_hamil:served", "jawab:kes.balita:served"
WRONG, RIGHT = "Kohort \u202e <2026>, halaman 2.", "Kohort puskesmas 2026, halaman 2."
REASON = "Anggaran menunggu perubahan APBD."


async def returned(rooms: FourRooms) -> Player:
    """A cycle in which what the agency handed in came back with a point."""
    player = Player(rooms, random.Random(1), troubles=0)
    await player.register()
    await player.open()
    while "verify" not in {task.act for task in await asked(player)}:
        await act(player)
    points = tuple(
        FieldNote(service=service, field="served", note="Sumber angka ini apa?")
        for service in ("kes.ibu_hamil", "kes.balita")
    )
    said = {"by": "as_tim_spm", "occurred_on": DAY}
    stream = player.submission.replace("submission", "verification")
    await player.give(
        "verification", stream, ReturnSubmission(reason="Periksa.", fields=points, **said), "tim_spm"
    )
    return player


async def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    for _step in range(200):
        if await page.evaluate("(which) => document.activeElement.matches(which)", selector):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{key} never comes to {selector}")


async def looks(page: Page, name: str) -> None:
    """The page as it stands, on a laptop and a phone: nothing is wrong with it."""
    for width, (wide, high) in {"laptop": (1152, 768), "phone": WIDTHS["phone"]}.items():
        await page.set_viewport_size({"width": wide, "height": high})
        assert await page.evaluate(AUDIT) == [], f"{name} on a {width}"
        if place := pictured(f"answering-{name}-{width}"):
            await page.screenshot(path=place, full_page=True)


async def test_a_point_is_answered_on_a_phone_with_the_keyboard_alone(
    postgres: PostgresPart, browser: Browser
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = await returned(rooms)
        sheet = f"/isian/{player.submission.removeprefix('submission-')}"
        async with listening(Door(rooms)) as address:
            officer = token_of("as_unsur_opd")
            await _given_back_without_script(
                await window_of(browser, address, officer, script=False), f"{address}{sheet}"
            )
            page = await window_of(browser, address, officer, "phone")
            for language in ("en", "id"):
                await page.goto(f"{address}{sheet}?lang={language}")
                await looks(page, f"asked-{language}")
            await tab_to(page, f'[id="{AT}"]')
            await page.keyboard.insert_text(WRONG)
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await expect(page.locator("#kesalahan")).to_be_focused()
            assert f"{sheet}?urusan=kesehatan" in page.url
            assert await page.locator(f'[id="{AT}"]').input_value() == WRONG
            await looks(page, "refused")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await expect(page.locator(f'[id="{AT}"]')).to_be_focused()
            await page.keyboard.press("Control+A")
            await page.keyboard.type(RIGHT)
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await expect(page.locator("main")).to_contain_text("Jawaban dikirim kepada Tim SPM.")
            await expect(page.locator('[id="pesan-kes.ibu_hamil"]')).to_contain_text("dijawab")
            await looks(page, "answered")
            for number in range(await page.locator("textarea[name^='jelas:']").count()):
                field = await page.locator("textarea[name^='jelas:']").nth(number).get_attribute("id")
                await tab_to(page, f'[id="{field}"]')
                await page.keyboard.type(REASON)
            await tab_to(page, "#serahkan > summary")
            await page.keyboard.press("Enter")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await expect(page.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")


async def _given_back_without_script(page: Page, sheet: str) -> None:
    """Also what stands beside the answer: a figure that is not stored yet, and an answer that is not sent."""
    cell, answer = page.locator('[id="kes.ibu_hamil.budget"]'), page.locator(f'[id="{AT}"]')
    other = page.locator(f'[id="{OTHER}"]')
    await page.goto(sheet)
    await answer.fill(WRONG)
    await cell.fill("1234567")
    await page.locator('button[value="kes.ibu_hamil:served"]').click()
    await expect(page.locator("#kesalahan")).to_contain_text("Ada tanda yang tidak dapat disimpan (U+202E)")
    assert page.url.startswith(f"{sheet}?urusan=kesehatan")
    assert (await answer.input_value(), await cell.get_attribute("data-stored")) == (WRONG, "1.234.567")
    await other.fill(RIGHT)
    await cell.fill("2345678")
    await page.get_by_role("button", name="Simpan isian").last.click()
    await expect(page.locator("#kesalahan")).to_contain_text("Jawaban ini belum dikirim")
    assert (await answer.input_value(), await other.input_value()) == (WRONG, RIGHT)
    assert await cell.get_attribute("data-stored") == "2.345.678"
    await answer.fill("")
    await cell.fill("3456789")
    await page.locator('button[value="kes.balita:served"]').click()
    await expect(page.locator("main")).to_contain_text("Jawaban dikirim kepada Tim SPM.")
    await expect(page.locator('[id="pesan-kes.balita"]')).to_contain_text("dijawab")
    assert await cell.get_attribute("data-stored") == "3.456.789"
    await page.context.close()
