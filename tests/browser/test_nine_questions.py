"""An inspector in a real Chromium: the nine questions by clicks, the life from a printed number, and an
answer that is taken home and checked there by the verifier that stands alone.
"""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from services.archive.log.leaf import event_in
from services.archive.proof.answers.verifier_sayings import ASKED
from services.archive.proof.export import whole_verifier
from tests.browser.windows import audited, window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.archive_room import Archive, archive_room
from tests.support.parts import PostgresPart
from tests.unit.test_nine_questions import CASE, CYCLE, rows_of_the_demonstration

QUESTIONS = "/jejak-audit/pertanyaan"


@pytest.fixture
async def archive(postgres: PostgresPart) -> AsyncIterator[Archive]:
    async with archive_room(postgres.fresh_database("questions")) as opened:
        events = [event_in(row["line"].encode()) for row in rows_of_the_demonstration()]
        await opened.hear(*(event for event in events if event))
        await opened.signing.now()
        yield opened


@pytest.fixture
async def address(archive: Archive) -> AsyncIterator[str]:
    async with listening(archive.app) as found:
        yield found


async def taken_home(page: Page, folder: Path) -> Path:
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Unduh jawaban dan buktinya").click()
    taken = await downloading.value
    place = folder / taken.suggested_filename
    await taken.save_as(place)
    return place


def verified_at_home(folder: Path, answer: Path, key: str) -> subprocess.CompletedProcess[str]:
    """By one file in an empty folder, by a Python that knows nothing of Jejak."""
    (folder / "verifier.py").write_text(whole_verifier(), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", "verifier.py", answer.name, "--vkey", key],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_nine_questions_are_answered_by_clicks_and_verified_at_home(
    archive: Archive, browser: Browser, address: str, tmp_path: Path
) -> None:
    page = await window_of(browser, address, token_of("ina"))
    await page.goto(f"{address}/jejak-audit")
    await page.get_by_role("link", name="Pertanyaan pemeriksa").click()
    await page.get_by_label("Tanda atau angka").fill("4.075")
    await page.get_by_role("button", name="Cari angka").click()
    await page.locator("td a").first.click()
    for number, (asked, _) in enumerate(ASKED, start=1):
        await expect(page.get_by_role("heading", level=1)).to_have_text(asked)
        await expect(page.locator("main ol.timeline > li").first).to_be_visible()
        answer = await taken_home(page, tmp_path)
        found = verified_at_home(tmp_path, answer, str(archive.signer.key))
        assert (found.returncode, found.stdout.partition("\n")[0]) == (0, "TERBUKTI"), (number, found)
        if number < len(ASKED):
            await page.get_by_role("link", name="Pertanyaan berikutnya").click()
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text(ASKED[7][0])


async def test_their_pages_fit_and_read_well_in_both_languages(
    archive: Archive, browser: Browser, address: str
) -> None:
    chosen = f"kasus={CASE}&layanan=kes.ibu_hamil"
    pages = [
        QUESTIONS,
        f"{QUESTIONS}/{CYCLE}/angka?angka=kesehatan",
        f"{QUESTIONS}/{CYCLE}/6",
        f"{QUESTIONS}/{CYCLE}/1?{chosen}&lang=en",
        f"/jejak-audit/angka/{CASE}/kes.ibu_hamil",
    ]
    await audited(browser, address, token_of("ina"), "questions", pages)
    assert (await archive.page("ina", pages[0])).status_code == 200
