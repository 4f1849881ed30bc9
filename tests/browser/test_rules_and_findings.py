"""Thresholds, populations and the findings of a region in a real Chromium: the pages fit and can be read,
empty and full, and a finding is followed up by keyboard to its cell.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from deploy.demo.stage import OFFICERS
from tests.browser.windows import audited, window_of
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom, figure_body, fill, intake_room, to_step_7
from tests.support.parts import PostgresPart

CASE, SERVICE = f"{CYCLE}-dinkes-tahunan", "kes.odgj_berat"
PAGES = ("/aturan", "/aturan/penduduk", f"/temuan?siklus={CYCLE}", f"/temuan/{CASE}", "/")


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("rules_and_findings")) as made:
        await to_step_7(made)
        yield made


async def busy(room: IntakeRoom) -> None:
    """Warnings and stops, a threshold that holds and one to come, populations with a long source."""
    await fill(room, "dinkes")
    overspent = figure_body(SERVICE) | {"budget": 100, "realised": 18_000_000}
    await room.give("PUT", f"/submissions/{CASE}/figures/{SERVICE}", OFFICERS["dinkes"], overspent)
    for limit, day in ((25, "2027-01-18"), (30, "2027-06-01")):
        said = {
            "threshold": "entitled",
            "limit": limit,
            "valid_from": day,
            "source": "Notula " + "panjang " * 20,
        }
        await room.give("POST", "/rules/thresholds", "hesti", said)
    row = {"service": SERVICE, "year": 2026, "population": 226, "counted_on": "2026-06-30", "source": "DKB"}
    await room.give("POST", "/rules/populations", "hesti", {"rows": [row]})


@pytest.mark.parametrize("state", [pytest.param("empty", marks=pytest.mark.test_all), "busy"])
async def test_the_pages_fit_and_can_be_read(
    room: IntakeRoom, browser: Browser, address: str, state: str
) -> None:
    if state == "busy":
        await busy(room)
    for person in ("hesti", "tari"):
        await audited(browser, address, token_of(person), f"rules-{state}-{person}", PAGES)


async def test_a_finding_leads_to_its_cell_and_to_who_looks_after_it(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await busy(room)
    page = await window_of(browser, address, token_of("tari"))
    await page.goto(f"{address}/temuan?siklus={CYCLE}&aturan=R05")
    await page.get_by_role("link", name="Tindak lanjut").first.press("Enter")
    await page.get_by_label("Catatan penyelesaian").fill("Salah ketik, sudah diberitahukan.")
    await page.get_by_role("button", name="Nyatakan selesai").press("Enter")
    await page.locator("summary", has_text="Sudah selesai").press("Enter")
    await expect(page.get_by_text("Salah ketik, sudah diberitahukan.")).to_be_visible()
    officer = await window_of(browser, address, token_of(OFFICERS["dinkes"]))
    await officer.goto(f"{address}/temuan?siklus={CYCLE}&aturan=R05")
    await officer.get_by_role("link", name="Buka isian").first.press("Enter")
    await expect(officer.locator(f"[id='{SERVICE}.realised']")).to_be_in_viewport()
