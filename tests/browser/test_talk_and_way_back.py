"""The middle of a year in a real Chromium: Tim SPM asks about a figure and returns it with the question, the
agency answers and hands in, the figure is settled and approved, the approval and later the endorsement are
taken back and given again. Everybody finds the next act on the home page.
"""

import random
from types import SimpleNamespace

from playwright.async_api import Browser, expect

from tests.browser.test_official_correction import PEOPLE, Desk, Door, Files, drafted
from tests.browser.test_sheet_hand_in import explained
from tests.browser.windows import window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.four_rooms import four_rooms
from tests.support.memory_bucket import Bucket
from tests.support.parts import PostgresPart
from tests.support.player import act, asked

QUESTION, ANSWER = "Mengapa jauh dari tahun lalu?", "Kohort dihitung ulang bersama puskesmas."


async def asks_and_returns(desk: Desk) -> None:
    page = desk.page
    await desk.asked("Verifikasi isian Dinas Kesehatan")
    await page.locator("summary", has_text="Tanyakan kepada perangkat daerah").first.click()
    await page.locator("form[action$='/tanya'] textarea").first.fill(QUESTION)
    await page.get_by_role("button", name="Kirim pertanyaan").first.click()
    await desk.says(QUESTION)
    await desk.looks("asked")
    await page.locator("summary", has_text="Kembalikan").first.click()
    await page.locator("#pengembalian [name=alasan], #pengembalian textarea").first.fill("Jawab dahulu.")
    await page.get_by_role("button", name="Kembalikan ke OPD").click()


async def answers(desk: Desk) -> None:
    page = desk.page
    await desk.asked("Perbaiki isian")
    await desk.says(QUESTION)
    await page.locator("textarea[id^='jawab:']").first.fill(ANSWER)
    await page.get_by_role("button", name="Kirim jawaban").first.click()
    await desk.says("Jawaban dikirim kepada Tim SPM.")
    await explained(page)
    await page.locator("#serahkan > summary").click()
    await page.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()
    await desk.says("Isian diserahkan ke Tim SPM.")


async def approves(desk: Desk) -> None:
    page = desk.page
    await desk.asked("Verifikasi isian Dinas Kesehatan")
    settling = page.get_by_role("button", name="Nyatakan selesai")
    if await settling.count():
        await desk.says(ANSWER)
        await settling.first.click()
    await page.locator("summary", has_text="Setujui angka").click()
    await page.get_by_role("button", name="Ya, setujui angka").click()


async def takes_the_approval_back(desk: Desk) -> None:
    page = desk.page
    await page.goto(desk.address)
    await page.get_by_role("link", name="Verifikasi").first.click()
    await page.wait_for_url("**/verifikasi?*")
    await page.locator("main").get_by_role("link", name="Dinas Kesehatan", exact=True).click()
    await page.locator("summary", has_text="Tarik persetujuan").click()
    await page.locator("form[action$='/tarik'] textarea").fill("Terburu-buru.")
    await page.get_by_role("button", name="Ya, tarik persetujuan").click()
    await desk.looks("taken-back")


async def endorses(desk: Desk) -> None:
    await desk.asked("Sahkan atau tolak laporan")
    await desk.does("Sahkan laporan")


async def test_a_figure_is_questioned_answered_approved_and_taken_back(
    postgres: PostgresPart, browser: Browser
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        objects = SimpleNamespace(work=Bucket(b"%"), archive=Bucket(b"%"))
        for app in rooms.apps.values():
            app.state.objects = objects
            app.state.running.roster.now = lambda: PEOPLE
        player = Files(rooms, random.Random(1), troubles=0)
        await player.register()
        await player.open()
        while "verify" not in {task.act for task in await asked(player)}:
            await act(player)
        async with listening(Door(rooms)) as address:
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
            await kabag.page.get_by_role("link", name="Dokumen").first.click()
            await kabag.page.locator("main").get_by_role("link", name="laporan").first.click()
            await kabag.page.locator("form[action$='/tarik'] textarea").fill("Salah kategori.")
            await kabag.page.get_by_role("button", name="Ya, tarik pengesahan").click()
            await kabag.looks("endorsement-taken-back")
            await endorses(kabag)
            await expect(kabag.page.locator("main")).to_contain_text("disahkan")
