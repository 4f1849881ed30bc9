"""People in a real Chromium: every page of them fits and can be read, and an agency of today hands in today
with a person of today, on pages alone.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from playwright.async_api import Browser, Page, Route, expect

from deploy.local.service_process import PEOPLE as FILE
from services.intake.people.publishing import EVERY_S, Publishing
from services.intake.people.seed import seed
from shared.access.roster import LOOK_S
from shared.background import in_background
from tests.browser.test_sheet_hand_in import explained
from tests.browser.windows import AUDIT, audited, pictured, sized, window_of
from tests.support import access
from tests.support.access import token_of
from tests.support.applications import application, listening, migrated
from tests.support.events import REGION
from tests.support.intake_room import CYCLE, NOW, IntakeRoom, intake_room, to_step_6
from tests.support.memory_bucket import Bucket
from tests.support.parts import PostgresPart

SERVICE = "trantib.kebakaran"
SHEET = (
    b"kode,nama,nip,perangkat_daerah,peran,mulai,sampai\n"
    b"bayu,Bayu Aji,198001012005011001,dinkes,unsur_opd,2027-01-04,\n"
    b"sri,Sri Lestari,000000000000000005,dinkes,unsur_opd,2025-01-01,2027-01-31\n"
    b"adi,Adi Nugroho,000000000000000006,dinkes,unsur_opd,2025-01-01,\n"
    b"salah,Salah Tulis,12,dinkes,raja,kemarin,\n"
)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("people_states")) as made:
        await seed(made.running, FILE, REGION)
        yield made


@pytest.fixture
async def address(room: IntakeRoom) -> AsyncIterator[str]:
    async with listening(room.app) as found:
        yield found


async def test_pages_of_people_fit_and_read_well(room: IntakeRoom, browser: Browser, address: str) -> None:
    long = {"name": "Dr. Raden Ayu " + "Sri Lestari Kusumaningtyas " * 3 + ", S.K.M., M.Kes."}
    body = {**long, "qualification": "SMA", "rank": "Pembina Utama Muda", "agency": "dinkes"}
    await room.give("PUT", "/people/sri", "hesti", body)
    plh = {"role": "tim_spm", "agency": "tatapem", "acting": "plh", "acting_for": "tari"}
    for more in ({"valid_from": "2027-02-01"}, {"valid_from": "2027-01-02", "valid_until": "2027-01-10"}):
        office = {**plh, **more, "letter": "800/12/2027", "letter_on": "2027-01-02"}
        await room.give("POST", "/people/sri/offices", "hesti", office)
    leaving = {"left_on": "2026-12-31", "reason": "Pensiun."}
    await room.give("POST", "/people/adi/leaving", "dimas", leaving)
    one = "/pegawai/orang/sri"
    acts = [f"{one}/{act}" for act in ("ubah", "jabatan", "jabatan/1/akhir", "berhenti")]
    pages = ["/pegawai", "/pegawai?cari=siapa", one, "/pegawai/orang/adi", *acts]
    pages += ["/pegawai/jabatan", "/pegawai/jabatan?tanggal=1/1/2020", "/pegawai/impor"]
    await audited(browser, address, token_of("hesti"), "people", pages)
    await audited(browser, address, token_of("wening"), "people-reading", ["/pegawai", one])


async def test_an_import_is_read_line_by_line_on_a_phone_too(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    good = SHEET.partition(b"salah,")[0]
    for width, sheet in (("laptop", SHEET), ("phone", SHEET), ("laptop", good), ("phone", good)):
        page = await window_of(browser, address, token_of("hesti"), width)
        await page.goto(f"{address}/pegawai/impor")
        await page.set_input_files("#upload", {"name": "p.csv", "mimeType": "text/csv", "buffer": sheet})
        await page.get_by_role("button", name="Periksa").click()
        await expect(page.locator("main h1")).to_have_text("Yang akan berubah")
        await sound(page, f"people-import-{'good' if sheet is good else 'bad'}-{width}")
    await page.get_by_label("Alasan").fill("Mutasi 800/12")
    await page.get_by_role("button", name="Terapkan semuanya").click()
    await expect(page.locator("main")).to_contain_text("3 baris diterapkan.")


async def sound(page: Page, name: str) -> None:
    assert await page.evaluate(AUDIT) == [], name
    if place := pictured(name):
        await page.screenshot(path=place, full_page=True)


@asynccontextmanager
async def living(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    """Intake whose people are what it publishes, as in life."""
    database = postgres.fresh_database("people_alone")
    migrated("intake", database)
    with psycopg.connect(access.database().owner, autocommit=True) as conn:
        conn.execute("DELETE FROM people")  # of other tests, whose versions are greater
    async with application("intake", database, SimpleNamespace(work=Bucket()), people=None, now=NOW) as app:
        made = IntakeRoom(app=app, database=database)
        for _seeded_then_published in range(2):
            await Publishing(made.running).now()
        async with in_background(Publishing(made.running).run()):
            yield made


async def signed_in(browser: Browser, address: str, name: str, **more: Any) -> Page:
    page = await (await browser.new_context(**sized("laptop"), **more)).new_page()
    await page.goto(f"{address}/masuk")
    button = page.get_by_role("button", name=name)
    await expect(button).to_be_visible()
    await button.click()
    return page


async def submitted(page: Page, address: str, path: str, button: str, **typed: str) -> None:
    await page.goto(f"{address}{path}")
    for name, value in typed.items():
        field = page.locator(f'form[method=post] [name="{name}"]:visible').last
        if await field.evaluate("e => e.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)
    await page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_an_agency_of_today_hands_in_today_with_a_person_of_today(
    postgres: PostgresPart, browser: Browser, script: bool
) -> None:
    async with living(postgres) as room, listening(room.app) as address:
        hesti = await signed_in(browser, address, "Hesti Wulandari", java_script_enabled=script)
        await to_step_6(room, "dinsos")
        names = {"name": "Dinas Pemadam Kebakaran", "short_name": "Damkar"}
        await submitted(hesti, address, "/opd", "Daftarkan", code="damkar", **names)
        since = {"valid_from": "1/1/2026"}
        told = {"of_agency": "damkar", "service": SERVICE, **since}
        await submitted(hesti, address, "/opd", "Tugaskan layanan", **told)
        person = {"code": "bayu", "name": "Bayu Aji", "qualification": "S1", "agency": "damkar"}
        await submitted(hesti, address, "/pegawai", "Daftarkan", **person)
        await expect(hesti.locator("main h1")).to_have_text("Bayu Aji")
        await hesti.get_by_role("link", name="Beri jabatan").click()
        await hesti.locator("#role").select_option("unsur_opd")
        await hesti.get_by_role("button", name="Beri jabatan").click()
        await expect(hesti.locator("main")).to_contain_text("Jabatan diberikan")
        held = {"summary": "Sosialisasi di aula.", "occurred_on": "18/1/2027"}
        await hesti.goto(f"{address}/langkah/{CYCLE}/socialisation")
        for name, value in held.items():
            await hesti.locator(f"#{name}").fill(value)
        paper = {"name": "hadir.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 hadir"}
        await hesti.set_input_files("#evidence", paper)
        await hesti.get_by_role("button", name="Selesaikan langkah 6").click()
        await expect(hesti.locator("main")).to_contain_text("Langkah")
        await room.follow_up()
        await asyncio.sleep(EVERY_S + LOOK_S + 0.2)
        bayu = await signed_in(browser, address, "Bayu Aji", java_script_enabled=script)
        await bayu.goto(f"{address}/isian/{CYCLE}-damkar-tahunan")
        for cell, value in (("entitled", "100"), ("served", "80")):
            await bayu.locator(f'[id="{SERVICE}.{cell}"]').fill(value)
        await bayu.keyboard.press("Tab")
        if script:
            await expect(bayu.locator("#simpan")).to_contain_text("tersimpan")
        else:
            await bayu.locator("#simpan-isian").click()
        await expect(bayu.locator("textarea[name^='jelas:']").first).to_be_visible()
        await explained(bayu)
        await bayu.locator("#serahkan > summary").click()
        await bayu.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()
        await expect(bayu.locator("main")).to_contain_text("Isian diserahkan ke Tim SPM.")
        row = (await room.ask("hesti", f"/submissions/{CYCLE}-damkar-tahunan")).json()
        assert (row["standing"], row["handed_in_by"], row["handed_in_on"]) == (
            "handed_in",
            "bayu",
            date(2027, 1, 18).isoformat(),
        )


async def test_the_audit_looks_at_the_finished_page(room: IntakeRoom, browser: Browser, address: str) -> None:
    """A page whose style is still on its way is not judged by what it looks like without."""
    page = await window_of(browser, address, token_of("hesti"), "phone")

    async def late(route: Route) -> None:
        await asyncio.sleep(1)
        await route.continue_()

    await page.route(re.compile(r"\.css"), late)
    await page.goto(f"{address}/pegawai", wait_until="commit")
    assert await page.evaluate(AUDIT) == []
