"""Verification in a real Chromium, in every state a submission and a report go through:
it fits, it can be read, and a person gets through it.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.windows import AUDIT, WIDTHS, window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.parts import PostgresPart
from tests.support.verification_room import CYCLE, VerificationRoom, case, mended, verification_room

ONE = f"/verifikasi/{case('dinkes')}"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("states")) as opened:
        yield opened


@pytest.fixture
async def address(room: VerificationRoom) -> AsyncIterator[str]:
    async with listening(room.app) as found:
        yield found


async def window(browser: Browser, address: str, person: str, width: str = "laptop") -> Page:
    return await window_of(browser, address, token_of(person), width)


async def faults(page: Page, url: str) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(url)
    return said + list(await page.evaluate(AUDIT))


async def approve(page: Page, url: str) -> None:
    await page.goto(url)
    await page.locator("summary", has_text="Setujui angka").click()
    await page.get_by_label("Tanggal persetujuan").fill("2026-02-16")
    await page.get_by_role("button", name="Ya, setujui angka").click()
    await page.wait_for_url("**/verifikasi?siklus=*")


async def endorse(page: Page, url: str, day: str) -> None:
    await page.goto(url)
    await page.get_by_label("Tanggal pengesahan").fill(day)
    await page.locator("summary", has_text="Sahkan laporan").click()
    await page.get_by_role("button", name="Ya, sahkan laporan").click()
    await page.wait_for_load_state()


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_state_of_a_submission_can_be_read(
    room: VerificationRoom, address: str, browser: Browser, width: str
) -> None:
    page = await window(browser, address, "wulan", width)
    wrong = {"empty queue": await faults(page, f"{address}/verifikasi")}
    await room.hear_of_cycle("dinkes", "dinsos")
    await room.hear_handed_in("dinkes", "sri")
    wrong["waiting"] = await faults(page, address + ONE)
    wrong["shared out"] = await faults(page, f"{address}/verifikasi/pembagian?siklus={CYCLE}")
    await room.hear_taken_back("dinkes", "sri")
    wrong["withdrawn"] = await faults(page, address + ONE)
    await room.hear_handed_in("dinkes", "sri", 2, mended())
    wrong["changed"] = await faults(page, address + ONE)
    await approve(page, address + ONE)
    wrong["approved"] = await faults(page, address + ONE)
    await room.follow_up()
    await room.hear_taken_back("dinkes", "sri", 2)
    wrong["voided"] = await faults(page, address + ONE)
    wrong["queue"] = await faults(page, f"{address}/verifikasi")
    assert {state: found for state, found in wrong.items() if found} == {}


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_state_of_the_endorsement_can_be_read(
    room: VerificationRoom, address: str, browser: Browser, width: str
) -> None:
    page, url = await window(browser, address, "zaki", width), f"{address}/pengesahan/{CYCLE}"
    wrong = {"empty": await faults(page, url)}
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    await room.hear_drafted()
    wrong["not yet"] = await faults(page, url)
    await approve(await window(browser, address, "wulan", width), address + ONE)
    await room.follow_up()
    wrong["waiting"] = await faults(page, url)
    wrong["by a drafter"] = await faults(await window(browser, address, "yuni", width), url)
    await endorse(page, url, "2026-02-17")
    wrong["endorsed"] = await faults(page, url)
    assert {state: found for state, found in wrong.items() if found} == {}
    assert "disahkan" in await page.locator("main").inner_text()


async def test_a_refused_date_keeps_the_form_and_leads_to_its_field(
    room: VerificationRoom, address: str, browser: Browser
) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    await approve(await window(browser, address, "wulan"), address + ONE)
    await room.follow_up()
    await room.hear_drafted()
    page = await window(browser, address, "zaki")
    await endorse(page, f"{address}/pengesahan/{CYCLE}", "2026-02-01")
    assert await page.evaluate("document.activeElement.id") == "kesalahan"
    await page.locator("#kesalahan a").click()
    assert await page.evaluate("document.activeElement.id") == "disahkan_pada"
    assert await page.get_by_label("Tanggal pengesahan").input_value() == "Min, 1 Feb 2026"


async def test_a_return_goes_with_the_notes_written_beside_the_figures(
    room: VerificationRoom, address: str, browser: Browser
) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    page = await window(browser, address, "wulan", "phone")
    await page.goto(address + ONE)
    await page.get_by_role("row", name="Terlayani").first.get_by_text("Beri catatan").click()
    await page.get_by_label("Catatan untuk Pelayanan kesehatan ibu hamil, Terlayani").fill(
        "Sumber angka ini?"
    )
    await page.locator("summary", has_text="Kembalikan").click()
    await expect(page.locator("#catatan-ikut")).to_have_text("1 catatan ikut terkirim")
    await page.get_by_label("Alasan", exact=True).fill("Sumber belum disebut.")
    await page.get_by_label("Tanggal pengembalian").fill("2026-02-16")
    await page.get_by_role("button", name="Kembalikan ke OPD").click()
    await page.wait_for_url("**/verifikasi?siklus=*")
    await page.goto(address + ONE)
    shown = await page.locator("main").inner_text()
    assert "Sumber belum disebut." in shown
    assert "Sumber angka ini?" in shown
