"""The form on paper and at its widths: twelve services on one A4 sheet with every figure,
refused values struck out; rows that fit a screen.
"""

import io
from collections.abc import AsyncIterator

import pikepdf
import pytest
from playwright.async_api import Browser, expect

from deploy.demo import data
from tests.browser.pdf_text import text_of
from tests.browser.windows import AUDIT, WIDTHS, window_of
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom, fill, intake_room, to_step_7
from tests.support.parts import PostgresPart

CASE = f"{CYCLE}-dinkes-tahunan"
FORM = f"/isian/{CASE}"

# Everything that stands on the paper: text that is shown, and what stands in fields.
ON_PAPER = """() => [document.querySelector("main").innerText,
  ...[...document.querySelectorAll("main input, main textarea, main select")].filter((e) => e.checkVisibility()).map((e) => e.value)].join("\\n")"""  # noqa: E501


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_paper")) as made:
        await to_step_7(made, "dinkes", "dinsos")
        await fill(made, "dinkes")
        yield made


def shown(value: int) -> str:
    return f"{value:,}".replace(",", ".")


async def test_the_form_prints_as_its_paper(room: IntakeRoom, browser: Browser, address: str) -> None:
    found = await room.give("GET", f"/submissions/{CASE}", "sri")
    page = await window_of(browser, address, token_of("sri"))
    await page.goto(f"{address}{FORM}")
    await page.locator('[id="kes.balita.served"]').fill("8,6")
    await page.keyboard.press("Tab")
    await expect(page.locator("#salah")).to_contain_text("1 sel ditolak")
    await page.emulate_media(media="print")
    paper = await page.evaluate(ON_PAPER)
    missing = []
    for service, row in found["figures"].items():
        figure = row["figure"]
        numbers = [
            figure[name]
            for name in ("entitled", "served", "budget", "realised")
            if (service, name) != ("kes.balita", "served")
        ]
        numbers += [value for amount in figure["quality"].values() for value in amount.values()]
        missing += [f"{service}: {number}" for number in numbers if shown(number) not in paper]
        missing += [f"{service}: {figure['origin']}"] if figure["origin"] not in paper else []
    assert missing == []
    for words in (
        "DINAS KESEHATAN",
        "Lembar isian Standar Pelayanan Minimal, tahun 2026",
        found["next_digest"],
        "draf, belum diserahkan: 1 sel belum",
        "NIP",
    ):
        assert words.casefold() in paper.casefold(), words
    struck = "(id) => getComputedStyle(document.getElementById(id)).textDecorationLine"
    assert await page.evaluate(struck, "kes.balita.served") == "line-through"
    assert await page.evaluate(struck, "kes.balita.entitled") == "none"
    await expect(page.locator("#serahkan, #bukti, header.frame").first).to_be_hidden()
    pdf = await page.pdf(prefer_css_page_size=True)
    printed, text = pikepdf.open(io.BytesIO(pdf)), text_of(pdf)
    shown_numbers = await page.evaluate(
        "[...document.querySelectorAll('input.figure')].filter((e) => e.checkVisibility()).map((e) => "
        "e.value)"
    )
    assert [number for number in (*shown_numbers, found["next_digest"], "8,6") if number not in text] == []
    assert len(printed.pages) == 1
    assert [round(float(side)) for side in printed.pages[0].mediabox][2:] == [842, 595]


# Long names (social services), large numbers; a row is one line on a laptop, and name above figures where
# that is too narrow.
HIGHEST = {1024: 70, 1280: 55, WIDTHS["laptop"][0]: 40}
CUT = (
    "[...document.querySelectorAll('input.figure')].filter((cell) => cell.scrollWidth > "
    "cell.clientWidth).map((cell) => cell.id)"
)


@pytest.mark.parametrize(("agency", "person", "services"), [("dinkes", "sri", 12), ("dinsos", "wulan", 5)])
async def test_rows_fit_the_screen_and_nothing_scrolls_sideways(
    room: IntakeRoom, browser: Browser, address: str, agency: str, person: str, services: int
) -> None:
    case = f"{CYCLE}-{agency}-tahunan"
    large = {
        "entitled": 1_234_567,
        "served": 1_000_000,
        "budget": 999_999_999_999,
        "realised": 888_888_888_888,
    }
    for entry in next(known for known in data.agencies() if known.id == agency).assigned:
        await room.give("PUT", f"/submissions/{case}/figures/{entry.service}", person, large)
    page = await window_of(browser, address, token_of(person))
    for width, height in ((1024, 768), (1280, 720), WIDTHS["laptop"], WIDTHS["phone"]):
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{address}/isian/{case}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.evaluate(AUDIT) == []
        assert await page.evaluate(CUT) == [], f"numbers are cut at {width}"
        rows = await page.evaluate(
            "[...document.querySelectorAll('tr.figure-row')].map((row) => row.getBoundingClientRect().height)"
        )
        assert len(rows) == services
        first = await page.evaluate("document.querySelector('input.figure').getBoundingClientRect().bottom")
        bar = await page.evaluate("document.querySelector('.bar').getBoundingClientRect().top")
        assert first <= bar, f"the first cell at {width}"
        assert max(rows) <= HIGHEST.get(width, 1000), f"at {width}"
