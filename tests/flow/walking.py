"""A kabupaten goes live on its pages: from a Kabag who is in to a figure that was handed in. Nothing is typed
into an address but the one that the terminal printed; whatever comes after is found by links and buttons.
"""

import re
from collections.abc import Callable
from datetime import date
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Page, expect

from tests.browser.windows import AUDIT, sized

SERVICE = "trantib.kebakaran"
PAPER = {"name": "bukti.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 bukti"}
Enter = Callable[[str, str], Page]
"""(id, name) of somebody who has an office → the first page that is seen signed in."""


COMPLAINTS: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()
"""What scripts and the content security policy said, by page."""


def window(browser: Browser) -> Page:
    """A browser of its own, that keeps what scripts and policy complain about."""
    page = browser.new_context(**sized("laptop")).new_page()
    page.set_default_timeout(30_000)
    said = COMPLAINTS[page] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page


def sound(page: Page) -> None:
    """Nothing is wrong by the audit, and nothing was complained about."""
    assert page.evaluate(AUDIT) == [], page.url
    assert COMPLAINTS[page] == [], page.url


def follow(page: Page, name: str) -> None:
    """By a link of the navigation or the page; sound where it leads."""
    link = page.get_by_role("link", name=name, exact=True).first
    if not link.is_visible():
        page.locator("header summary").last.click()
    link.click()
    page.wait_for_load_state()
    sound(page)


def press(page: Page, name: str, told: str) -> None:
    """A button, and what the page says then."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("main")).to_contain_text(told)
    sound(page)


def go_live(kabag: Page, enter: Enter, today: date) -> None:
    """Agency, persons, cycle, the first six steps, a figure. Everything happens today."""
    expect(kabag.get_by_role("heading", name="Sebelum siklus pertama")).to_be_visible()
    an_agency_with_a_service(kabag)
    follow(kabag, "Beranda")
    person(kabag, "bagus", "Bagus Prakoso", "subkoordinator")
    person(kabag, "bayu", "Bayu Aji", "unsur_opd", agency="damkar")
    a_cycle(kabag, today)
    step(kabag, "Pedoman disepakati dengan Provinsi.")
    bagus = enter("bagus", "Bagus Prakoso")
    step(bagus, "Dibagikan kepada pelaksana.")
    step(bagus, "Rencana disusun.")
    a_decree(bagus)
    step(kabag, "Sosialisasi di aula.")
    a_figure(enter("bayu", "Bayu Aji"))


def an_agency_with_a_service(page: Page) -> None:
    follow(page, "OPD")
    page.get_by_label("Kode").fill("damkar")
    page.get_by_label("Nama lengkap").fill("Dinas Pemadam Kebakaran")
    page.get_by_label("Nama singkat").fill("Damkar")
    press(page, "Daftarkan", "Damkar")
    page.locator("#of_agency").select_option("damkar")
    page.locator("#service").select_option(SERVICE)
    press(page, "Tugaskan layanan", "sejak")


def person(page: Page, code: str, name: str, role: str, *, agency: str = "tatapem") -> None:
    follow(page, "Pegawai")
    form = page.locator('form[action="/pegawai"][method=post]')
    form.get_by_label("Kode").fill(code)
    form.get_by_label("Nama lengkap").fill(name)
    form.locator("[name=qualification]").select_option("S1")
    form.locator("[name=agency]").select_option(agency)
    press(page, "Daftarkan", name)
    follow(page, "Beri jabatan")
    page.locator("#role").select_option(role)
    page.locator("#agency").select_option(agency)
    press(page, "Beri jabatan", "Jabatan diberikan")


def a_cycle(page: Page, today: date) -> None:
    follow(page, "Beranda")
    follow(page, "Buka siklus baru")
    page.get_by_label("Nama daerah").fill("Kabupaten Bantul")
    page.get_by_role("button", name="Lihat apa yang akan terjadi").click()
    page.locator("summary", has_text=re.compile("^Buka siklus")).click()
    page.get_by_role("button", name=re.compile("^Ya, buka siklus")).click()
    expect(page.locator("main")).to_contain_text(f"SPM {today.year}")
    sound(page)


def step(page: Page, summary: str) -> None:
    """The step that waits for this person, from home."""
    follow(page, "Beranda")
    page.locator("main a", has_text=re.compile("^(Catat|Selesaikan)")).first.click()
    page.get_by_label("Ringkasan").fill(summary)
    page.set_input_files("#evidence", PAPER)  # type: ignore[arg-type]
    page.get_by_role("button", name=re.compile("^Selesaikan langkah")).click()
    expect(page.locator("main")).to_contain_text(summary)
    sound(page)


def a_decree(page: Page) -> None:
    """Drafted, printed to PDF, and handed to Bagian Hukum."""
    follow(page, "Beranda")
    follow(page, "Susun draf SK Tim SPM")
    follow(page, "Susun draf")
    press(page, "Buat berkas PDF dan catat draf", "revisi 1")
    page.get_by_label("Diterima oleh").fill("Bagian Hukum")
    press(page, "Catat penyerahan", "Bagian Hukum")


def a_figure(page: Page) -> None:
    """Entered, stored and handed in by the officer of the agency."""
    follow(page, "Beranda")
    page.locator("main a", has_text=re.compile("^Isi dan serahkan")).first.click()
    for cell, value in (("entitled", "100"), ("served", "80")):
        page.locator(f'[id="{SERVICE}.{cell}"]').fill(value)
    page.keyboard.press("Tab")
    expect(page.locator("#simpan")).to_contain_text("tersimpan")
    asked = page.locator("textarea[name^='jelas:']")
    expect(asked).to_have_count(3)  # budget, spending and quality are blank
    for number in range(3):
        asked.nth(number).fill("Anggaran dan mutu belum dihitung.")
    page.locator("#serahkan > summary").click()
    press(page, "Ya, serahkan ke Tim SPM", "Isian diserahkan ke Tim SPM.")
