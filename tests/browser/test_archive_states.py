"""Archive in a real Chromium, in the states of a shelf and of the log:
it fits a laptop and a phone, it can be read, and a person gets through it.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from shared.objects.address import S3Address
from tests.browser.windows import audited, stuck_answer, window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.archive_room import (
    CYCLE,
    ITEMS,
    Archive,
    archive_room,
    plain,
    put_files,
    story,
)
from tests.support.parts import ObjectStorePart, PostgresPart


@pytest.fixture
async def archive(postgres: PostgresPart, object_store: ObjectStorePart) -> AsyncIterator[Archive]:
    async with archive_room(
        postgres.fresh_database("states"), S3Address.from_url(object_store.url)
    ) as opened:
        yield opened


@pytest.fixture
async def address(archive: Archive) -> AsyncIterator[str]:
    async with listening(archive.app) as found:
        yield found


async def window(browser: Browser, address: str, person: str, width: str = "laptop") -> Page:
    return await window_of(browser, address, token_of(person), width)


async def sound(browser: Browser, address: str, person: str, state: str, *paths: str) -> None:
    await audited(browser, address, token_of(person), f"archive-{state}", paths)


async def fill(archive: Archive) -> None:
    await archive.hear(*story(await put_files(archive.objects.work)))
    await archive.hear(*(plain(number) for number in range(30)))
    await archive.signing.now()


async def test_empty_pages_say_what_will_be_here(archive: Archive, browser: Browser, address: str) -> None:
    await sound(browser, address, "tri", "empty", "/arsip", "/jejak-audit", "/jejak-audit/verifikasi")


async def test_shelf_trail_event_and_proof_fit_and_read_well(
    archive: Archive, browser: Browser, address: str
) -> None:
    await fill(archive)
    await sound(browser, address, "tri", "unproven", "/arsip")
    await archive.filing.probe()
    archive.tamper("UPDATE store_probe SET at = '2026-02-17T03:00:00Z'")
    await archive.file_all()
    await archive.log_own()
    await sound(
        browser,
        address,
        "tri",
        "complete",
        "/arsip",
        "/jejak-audit",
        "/jejak-audit/1",
        "/jejak-audit/verifikasi",
    )
    await archive.close()
    await archive.filing.seal()
    await sound(browser, address, "ina", "closed", "/arsip")
    await sound(browser, address, "operator", "filled", "/macet")


async def test_what_is_stuck_in_any_room_is_counted_in_the_menu_and_listed_on_one_page(
    archive: Archive, browser: Browser, address: str
) -> None:
    page = await window(browser, address, "operator")
    for place in ("**/api/intake/parked", "**/intake/macet"):
        await page.route(place, lambda route: route.fulfill(**stuck_answer(route.request.url, many=3)))
    await page.goto(f"{address}/macet")
    await page.get_by_role("link", name="Macet (3)").wait_for()
    await page.get_by_role("row", name="3 macet kemarin").wait_for()


async def test_tampering_is_shown_and_can_be_read(archive: Archive, browser: Browser, address: str) -> None:
    await fill(archive)
    archive.tamper("UPDATE leaf SET line = line || ' '::bytea WHERE index = 2")
    await sound(browser, address, "ina", "tampered", "/jejak-audit/verifikasi")


async def test_an_arsiparis_files_everything_and_closes_the_cycle_by_mouse(
    archive: Archive, browser: Browser, address: str
) -> None:
    await fill(archive)
    page = await window(browser, address, "tri")
    await page.goto(f"{address}/arsip")
    for _ in ITEMS:
        await page.get_by_role("button", name="Arsipkan").first.click()
        await page.get_by_text("Berkas diarsipkan").wait_for()
    await page.get_by_label("Tempat").fill("Ruang 2, rak 3")
    await page.get_by_label("Jumlah eksemplar").fill("2")
    await page.get_by_role("button", name="Catat naskah asli").click()
    await page.locator("summary", has_text="Tutup siklus").click()
    await page.get_by_role("button", name="Ya, tutup siklus").click()
    await page.get_by_text("siklus ditutup", exact=False).first.wait_for()
    async with archive.running.pool.connection() as conn:
        found = await (
            await conn.execute(b"SELECT archived_by FROM cycle_file WHERE cycle = %b", (CYCLE,))
        ).fetchone()
    assert found == ("tri",)
