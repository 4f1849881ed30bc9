"""Intake in a real Chromium, in the states of a cycle: every page fits and can be read,
and the figure sheet works by keyboard alone.
"""

import io
from collections.abc import AsyncIterator
from datetime import date

import pikepdf
import pytest
from playwright.async_api import Browser, Page, expect
from psycopg.types.json import Jsonb

from deploy.demo.stage import OFFICERS
from shared.contracts.values import FieldNote
from shared.contracts.verification import SubmissionReturned
from shared.spm.catalogue import current
from tests.browser.pdf_text import text_of
from tests.browser.windows import audited, window_of
from tests.support.access import token_of
from tests.support.events import made
from tests.support.intake_room import CYCLE, IntakeRoom, fill, hand_in, intake_room, opened, to_step_7
from tests.support.parts import PostgresPart

FORM = f"/isian/{CYCLE}-dinkes-tahunan"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_states")) as made:
        yield made


def token(person: str) -> str:
    return token_of(person)


async def window(browser: Browser, address: str, person: str, width: str = "laptop") -> Page:
    return await window_of(browser, address, token(person), width)


async def sound(browser: Browser, address: str, person: str, state: str, *paths: str) -> None:
    await audited(browser, address, token(person), f"intake-{state}", paths)


async def test_empty_pages_say_what_will_be_here(browser: Browser, address: str) -> None:
    await sound(browser, address, "hesti", "empty", "/", "/siklus", "/isian", "/opd", "/kalender")


async def test_plain_steps_and_their_forms_fit_and_read_well(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await opened(room)
    await sound(
        browser,
        address,
        "hesti",
        "early",
        "/",
        f"/langkah/{CYCLE}/guidance",
        f"/langkah/{CYCLE}/follow_up",
        f"/siklus/{CYCLE}/riwayat",
    )


async def test_the_chart_of_a_cycle_is_printed_on_one_sheet_with_its_table(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await opened(room)
    case = f"{CYCLE}-satpolpp-tahunan"
    for version in range(1, 8):
        returned = made(SubmissionReturned, cycle=CYCLE, agency="satpolpp", submission=f"submission-{case}")
        await room.hear(returned, f"verification-{case}-{version}")
    page = await window_of(browser, address, token_of("bagus"))
    await page.goto(f"{address}/siklus/{CYCLE}/riwayat?bagan=true")
    assert await page.locator(".chart .returned").count() == 8, "seven in the chart, one in its legend"
    pdf = await page.pdf(prefer_css_page_size=True)
    with pikepdf.open(io.BytesIO(pdf)) as opened_again:
        assert len(opened_again.pages) == 1
    text = text_of(pdf)
    assert "Rencana" in text
    assert "dikembalikan:" in text, "the table says what the marks mean"


@pytest.mark.test_all  # in this state; every page in another is in test_every_page
async def test_board_list_and_form_fit_and_read_well_in_the_middle_of_filling(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await to_step_7(room, *OFFICERS)
    await fill(room, "dinkes")
    await hand_in(room, "satpolpp")
    case, note = (
        f"{CYCLE}-satpolpp-tahunan",
        FieldNote(service="trantib.trantibum", field="entitled", note="Sebutkan sumber angka sasaran."),
    )
    returned = SubmissionReturned(
        cycle=CYCLE, agency="satpolpp", period="tahunan", submission=f"submission-{case}", revision=1,
        reason="Sumber belum disebut.",
        fields=(note,), by="tari", occurred_on=date(2027, 1, 15),
    )  # fmt: skip
    await room.hear(returned, f"verification-{case}")
    everything = ("/", "/isian", f"/langkah/{CYCLE}/filling", f"/siklus/{CYCLE}/riwayat", "/opd", FORM)
    await sound(browser, address, "bagus", "filling", *everything)
    await sound(browser, address, "sri", "filling-opd", "/", FORM)
    await sound(browser, address, "agus", "returned", f"/isian/{case}")
    await sound(
        browser,
        address,
        "joko",
        "blank",
        f"/isian/{CYCLE}-dpupkp-tahunan",
        f"/isian/{CYCLE}-dpupkp-tahunan?urusan=perumahan_rakyat",
    )


async def test_an_officer_fills_the_sheet_by_keyboard_and_it_is_saved_by_itself(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await to_step_7(room, "dinkes")
    page = await window(browser, address, "sri")
    await page.goto(f"{address}{FORM}")
    await page.locator('[id="kes.ibu_hamil.entitled"]').focus()
    await page.keyboard.type("4122")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.type("4.075")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "kes.ibu_bersalin.served"
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    await expect(page.locator('[id="capaian-kes.ibu_hamil"]')).to_have_text("98,86 %")
    await page.keyboard.type("5000")
    await page.keyboard.press("ArrowLeft")
    for _ in range(4):
        await page.keyboard.press("ArrowLeft")
    assert await page.evaluate("document.activeElement.id") == "kes.ibu_bersalin.entitled"
    await page.keyboard.type("4122")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator('[id="pesan-kes.ibu_bersalin"]')).to_contain_text(
        "Terlayani (5000) melebihi Berhak (4122)"
    )
    await expect(page.locator("#salah")).to_contain_text("1 sel ditolak")
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert figures["kes.ibu_hamil"]["figure"]["served"] == 4075
    assert figures["kes.ibu_bersalin"]["figure"]["served"] is None, (
        "the refused cell is not stored, the others of its row are"
    )
    assert figures["kes.ibu_bersalin"]["figure"]["entitled"] == 4122


async def test_a_paste_from_a_spreadsheet_fills_cells(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await to_step_7(room, "dinkes")
    page = await window(browser, address, "sri")
    await page.goto(f"{address}{FORM}")
    await page.evaluate(
        """() => {
          const cell = document.getElementById("kes.ibu_hamil.entitled");
          const data = new DataTransfer();
          data.setData("text", "4.122\\t4.075\\n4.122\\t4.114\\n");
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""  # noqa: E501
    )
    assert await page.locator('[id="kes.ibu_bersalin.served"]').input_value() == "4.114"
    await expect(page.locator('[id="capaian-kes.ibu_bersalin"]')).to_have_text("99,81 %")


async def test_when_the_line_drops_nothing_typed_is_lost(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await to_step_7(room, "dinkes")
    page = await window(browser, address, "sri")
    await page.goto(f"{address}{FORM}")
    await page.context.set_offline(True)
    await page.locator('[id="kes.balita.served"]').fill("12.943")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("dikirim lagi setelah tersambung")
    assert await page.locator('[id="kes.balita.served"]').input_value() == "12.943"
    await page.context.set_offline(False)
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert figures["kes.balita"]["figure"]["served"] == 12943


MANY = b"""INSERT INTO submission SELECT made.*
    FROM submission s, generate_series(1, 49) n, jsonb_populate_record(null::submission, to_jsonb(s)
    || jsonb_build_object('submission', s.submission || n, 'agency', 'kapanewon' || n, 'agency_name', 'Kapanewon Nomor ' || n)) made"""  # noqa: E501


OF_EACH_URUSAN = b"""INSERT INTO submission SELECT made.*
    FROM submission s, jsonb_each(%s) u, jsonb_populate_record(null::submission, to_jsonb(s)
    || jsonb_build_object('submission', s.submission || u.key, 'agency', u.key, 'agency_name', u.key,
        'services', u.value, 'state', 'returned')) made"""


async def test_home_shows_every_column_of_all_urusan(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    await to_step_7(room, "dinkes")
    services = {service.urusan: [service.id] for service in current().services.values()}
    async with room.running.pool.connection() as conn:
        await conn.execute(OF_EACH_URUSAN, [Jsonb(services)])
    page = await window(browser, address, "hesti")
    await page.goto(address)
    assert await page.locator(".agencies thead th").count() == len(services) + 3
    hidden = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('.agencies'))"
    for wide in (1152, 1280, 1366):
        await page.set_viewport_size({"width": wide, "height": 800})
        assert await page.evaluate(hidden) == 0, wide
    await page.context.close()


async def test_home_with_fifty_agencies_fits_and_is_sorted_by_links(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    """At most two laptop screens and four of a phone;
    the table scrolls inside itself, never the page sideways.
    """
    await to_step_7(room, "dinkes")
    async with room.running.pool.connection() as conn:
        await conn.execute(MANY)
    await sound(browser, address, "hesti", "fifty", "/")
    for width, most in (("laptop", 2 * 768), ("phone", 4 * 740)):
        page = await window(browser, address, "hesti", width)
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollHeight") <= most, width
        assert await page.locator("tbody th").count() == 50
        assert (
            await page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.agencies'))")
            == 0
        ), width
        await page.context.close()
    page = await window(browser, address, "hesti")
    await page.goto(address)
    await page.click("thead a:has-text('OPD')")
    first = await page.locator("tbody th a").first.get_attribute("href")
    await page.click("thead a:has-text('OPD')")
    assert await page.locator("tbody th a").last.get_attribute("href") == first
    assert await page.locator("thead th").first.get_attribute("aria-sort") == "descending"
    await page.context.close()
