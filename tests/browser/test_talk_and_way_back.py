"""The middle of a year in a real Chromium: Tim SPM asks about a figure and returns it with the question, the
agency answers and hands in, the figure is settled and approved, the approval and later the endorsement are
taken back and given again. Everybody finds the next act on the home page.
"""

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.test_official_correction import Desk, Door, begun, drafted
from tests.browser.test_sheet_hand_in import explained
from tests.browser.windows import window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.parts import PostgresPart
from tests.support.player import act, asked

QUESTION, ANSWER = "Mengapa jauh dari tahun lalu?", "Kohort dihitung ulang bersama puskesmas."


async def leads(page: Page, to: Locator) -> None:
    """Presses what leads to another page, and is there."""
    async with page.expect_navigation():
        await to.click()


async def asks_and_returns(desk: Desk) -> None:
    page = desk.page
    await desk.asked("Verifikasi isian Dinas Kesehatan")
    await page.locator("summary", has_text="Tanyakan kepada perangkat daerah").first.click()
    await page.locator("textarea[name^='tanya:']").first.fill(QUESTION)
    await leads(page, page.get_by_role("button", name="Kirim pertanyaan").first)
    await desk.says(QUESTION)
    await desk.looks("asked")
    await page.locator("summary", has_text="Kembalikan").first.click()
    await page.locator("textarea[name=reason]:visible").fill("Jawab dahulu.")
    await leads(page, page.get_by_role("button", name="Kembalikan ke OPD"))


async def answers(desk: Desk) -> None:
    page = desk.page
    await desk.asked("Perbaiki isian")
    await desk.says(QUESTION)
    await page.locator("textarea[id^='jawab:']").first.fill(ANSWER)
    await leads(page, page.get_by_role("button", name="Kirim jawaban").first)
    await desk.says("Jawaban dikirim kepada Tim SPM.")
    await explained(page)
    await page.locator("#serahkan > summary").click()
    await leads(page, page.get_by_role("button", name="Ya, serahkan ke Tim SPM"))
    await desk.says("Isian diserahkan ke Tim SPM.")


async def approves(desk: Desk) -> None:
    page = desk.page
    await desk.asked("Verifikasi isian Dinas Kesehatan")
    await expect(page.locator("summary", has_text="Setujui angka")).to_be_visible()
    settling = page.get_by_role("button", name="Nyatakan selesai")
    if await settling.count():
        await desk.says(ANSWER)
        await leads(page, settling.first)
    await page.locator("summary", has_text="Setujui angka").click()
    await leads(page, page.get_by_role("button", name="Ya, setujui angka"))


async def takes_the_approval_back(desk: Desk) -> None:
    page = desk.page
    await page.goto(desk.address)
    await leads(page, page.get_by_role("link", name="Verifikasi").first)
    await leads(page, page.locator("main").get_by_role("link", name="Dinas Kesehatan", exact=True))
    await page.locator("summary", has_text="Tarik persetujuan").click()
    await page.locator("textarea[name=reason]:visible").fill("Terburu-buru.")
    await leads(page, page.get_by_role("button", name="Ya, tarik persetujuan"))
    await desk.looks("taken-back")


async def endorses(desk: Desk) -> None:
    await desk.asked("Sahkan atau tolak laporan")
    await desk.does("Sahkan laporan")


@pytest.mark.test_all
async def test_a_figure_is_questioned_answered_approved_and_taken_back(
    postgres: PostgresPart, browser: Browser
) -> None:
    async with begun(postgres) as player:
        while "verify" not in {task.act for task in await asked(player)}:
            await act(player)
        async with listening(Door(player.rooms)) as address:
            officer, tim, kabag = [
                Desk(await window_of(browser, address, token_of(person)), address)
                for person in ("as_unsur_opd", "as_tim_spm", "as_kabag")
            ]
            await asks_and_returns(tim)
            await answers(officer)
            await approves(tim)
            await takes_the_approval_back(tim)
            await approves(tim)
            await drafted(tim, "Susun draf laporan")
            await endorses(kabag)
            await kabag.page.goto(address)
            await leads(kabag.page, kabag.page.get_by_role("link", name="Dokumen").first)
            await leads(kabag.page, kabag.page.locator("main").get_by_role("link", name="laporan").first)
            await kabag.page.locator("form[action$='/tarik'] textarea").fill("Salah kategori.")
            await leads(kabag.page, kabag.page.get_by_role("button", name="Ya, tarik pengesahan"))
            await kabag.looks("endorsement-taken-back")
            await endorses(kabag)
            await expect(kabag.page.locator("main")).to_contain_text("disahkan")
