"""Persons and offices on pages and as sheets: what is shown is what happens, a formula is no figure, and
nobody is found under a name of later.
"""

import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
import xlsxwriter
from httpx2 import Response

from deploy.local.service_process import PEOPLE as FILE
from services.intake.people.seed import seed
from services.intake.people.sheets import COLUMNS
from shared.web.files.sheets import MOST_LINES, XLSX
from tests.support.applications import Browser
from tests.support.events import REGION
from tests.support.forms import posted
from tests.support.intake_room import IntakeRoom, intake_room
from tests.support.parts import PostgresPart

HEAD, PREVIEW, APPLY = ",".join(COLUMNS), "/pegawai/impor", "/pegawai/impor/terapkan"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("people_pages")) as made:
        await seed(made.running, FILE, REGION)
        yield made


def a_csv(*lines: str) -> bytes:
    return "\r\n".join([HEAD, *lines]).encode()


def an_xlsx(*rows: tuple[Any, ...], formula: str = "") -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([tuple(COLUMNS), *rows]):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
        if formula:
            sheet.write_formula(1, 1, formula, None, "Bayu")
    return written.getvalue()


async def looked(browser: Browser, content: bytes, name: str = "pegawai.csv") -> Response:
    fields = await browser.fields(PREVIEW)
    return await browser.post(PREVIEW, fields, {"upload": (name, content, "application/octet-stream")})


async def applied(browser: Browser, page: Response, **typed: str) -> Response:
    form = next(one for one in posted(page.text, PREVIEW) if one.goes_to(APPLY))
    lines: dict[str, Any] = {}
    for field, value in form.filled(typed):
        lines.setdefault(field, []).append(value)
    return await browser.http.post(APPLY, data=lines)


async def events(room: IntakeRoom) -> int:
    async with room.running.pool.connection() as conn:
        row = await (
            await conn.execute(b"SELECT count(*) FROM event WHERE stream LIKE 'people-%'")
        ).fetchone()
    return int(row[0]) if row else 0


def words(page: Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text[page.text.find("<main") :]).split())


# Pages


async def test_a_person_is_found_registered_given_and_ended_on_pages(room: IntakeRoom) -> None:
    async with room.browsing("hesti") as hesti:
        page = "/pegawai/orang/bayu"
        new = {"code": "Bayu", "name": "Bayu Aji", "qualification": "SMA", "agency": "dinkes"}
        answer = await hesti.send("/pegawai", "/pegawai", **new)
        assert answer.headers["location"] == page, words(answer)
        again = await hesti.send("/pegawai", "/pegawai", **new)
        assert again.status_code == 422
        assert "Kode bayu sudah dipakai" in words(again)
        given = await hesti.send(f"{page}/jabatan", role="unsur_opd", agency="dinkes", valid_from="2/1/2027")
        assert given.status_code == 303, words(given)
        shown = words(await hesti.get(page))
        assert "SOP meminta D3" in shown, "a missing schooling is said, and hinders nothing"
        found = await room.ask("hesti", "/people?search=BAYU%20kesehatan")
        assert [one["offices"][0]["lacking"] for one in found.json()["items"]] == ["D3"]
        ended = await hesti.send(f"{page}/jabatan/1/akhir", ended_on="10 Jan 2027", reason="Pindah.")
        assert ended.status_code == 303, words(ended)
        assert "diakhiri Hesti Wulandari: Pindah." in words(await hesti.get(page))


async def test_who_held_which_office_on_a_day_by_the_name_of_then(room: IntakeRoom) -> None:
    async def on(day: str) -> dict[tuple[str, str], str]:
        held = (await room.ask("wening", f"/offices?on={day}")).json()
        return {(one["person"], one["role"]): one["name"] for one in held}

    body = {"name": "Sri Lestari, M.Kes.", "nip": "000000000000000005", "agency": "dinkes"}
    await room.give("PUT", "/people/sri", "hesti", body)
    leaving = {"left_on": "2027-01-17", "reason": "Pensiun."}
    await room.give("POST", "/people/adi/leaving", "hesti", leaving)
    assert (await on("2024-12-31")) == {}
    then, now = await on("2026-06-01"), await on("2027-01-18")
    assert (then["adi", "unsur_opd"], ("adi", "unsur_opd") in now) == ("Adi Nugroho", False)
    assert (then["sri", "unsur_opd"], now["sri", "unsur_opd"]) == ("Sri Lestari", "Sri Lestari, M.Kes.")
    stood_in = await on("2025-12-25")
    assert {("bagus", "kabag"), ("hesti", "kabag")} <= stood_in.keys()
    page = await room.page("wening", "/pegawai/jabatan?tanggal=25/12/2025")
    assert "Plh. Kabag" in words(page)
    assert (await room.page("wening", "/pegawai/jabatan?tanggal=kemarin")).status_code == 422


async def test_nobody_helps_himself_on_a_page_either(room: IntakeRoom) -> None:
    async with room.browsing("hesti") as hesti:
        given = await hesti.send(
            "/pegawai/orang/hesti/jabatan", role="operator", agency="dinkes", valid_from="2/1/2027"
        )
        assert given.status_code == 422
        assert "kepada dirinya sendiri" in words(given)
    for body, path in (
        ({"left_on": "2027-01-17", "reason": "x"}, "/people/dimas/leaving"),
        ({"ended_on": "2027-01-17", "reason": "x"}, "/people/hesti/offices/1/end"),
    ):
        answer = await room.tell("hesti", path, body)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "last-keeper")


async def test_an_officer_of_an_agency_sees_nobodys_number(room: IntakeRoom) -> None:
    for path in ("/pegawai", "/pegawai/orang/hesti", "/pegawai/jabatan", "/pegawai/ekspor.csv", PREVIEW):
        assert (await room.page("sri", path)).status_code == 403
    assert (await room.page("hesti", "/pegawai/orang/siapa")).status_code == 404
    assert (await room.page("hesti", "/pegawai/orang/hesti/jabatan/7/akhir")).status_code == 404


# Sheets


async def test_what_goes_out_comes_in_again_as_no_change(room: IntakeRoom) -> None:
    before = await events(room)
    async with room.browsing("hesti") as hesti:
        for ending in ("xlsx", "csv"):
            sheet = await hesti.get(f"/pegawai/ekspor.{ending}")
            page = await looked(hesti, sheet.content, f"pegawai.{ending}")
            assert page.status_code == 200, words(page)
            assert page.text.count("tidak berubah") == 15, ending
    assert await events(room) == before


async def test_a_sheet_is_shown_line_by_line_and_then_taken_in_once(room: IntakeRoom) -> None:
    nip = "0" * 17
    content = an_xlsx(
        ("bayu", "Bayu Aji", "198001012005011001", "", "S1", "dinkes", "unsur_opd", "", "2027-01-04"),
        ("sri", "Sri Lestari", nip + "5", "", "D3", "dinkes", "unsur_opd", "", "2025-01-01", "2027-01-17"),
        ("adi", "Adi Nugroho", nip + "6", "", "S1", "dinkes", *[""] * 8, "2027-01-17"),
        ("agus", "Agus Riyadi", nip + "9", "", "D3", "satpolpp"),
    )
    before = await events(room)
    async with room.browsing("hesti") as hesti:
        page = await looked(hesti, content, "pegawai.xlsx")
        assert page.status_code == 200, words(page)
        shown = words(page)
        for said in ("Pegawai didaftarkan", "Jabatan diberikan", "Jabatan berakhir", "Pegawai berhenti"):
            assert said in shown
        assert await events(room) == before, "nothing has happened yet"
        without = await applied(hesti, page)
        assert (without.status_code, await events(room)) == (422, before)
        done = await applied(hesti, page, reason="Mutasi 800/12")
        assert (done.status_code, done.headers["location"]) == (303, "/pegawai"), words(done)
        after = await events(room)
        assert after == before + 5
        again = await applied(hesti, page, reason="Mutasi 800/12")
        assert (again.status_code, await events(room)) == (303, after), words(again)
    held = (await room.ask("hesti", "/offices")).json()
    assert {one["person"] for one in held} & {"bayu", "sri", "adi", "agus"} == {"bayu", "agus"}


async def test_what_changed_since_it_was_looked_over_is_looked_over_again(room: IntakeRoom) -> None:
    async with room.browsing("hesti") as hesti:
        page = await looked(hesti, a_csv("bayu,Bayu Aji,,,S1,dinkes"))
        body = {"name": "Orang Lain", "agency": "dinkes"}
        await room.give("PUT", "/people/lain", "dimas", body)
        before = await events(room)
        moved = await applied(hesti, page, reason="x")
        assert (moved.status_code, await events(room)) == (422, before)
        assert "berubah sejak diperiksa" in words(moved)
        assert (await applied(hesti, moved, reason="x")).status_code == 303


async def test_a_column_that_is_not_there_changes_nothing(room: IntakeRoom) -> None:
    few = b"kode;nama;perangkat_daerah\r\nsri;Sri Lestari, M.Kes.;dinkes"
    async with room.browsing("hesti") as hesti:
        assert (await applied(hesti, await looked(hesti, few), reason="x")).status_code == 303
    one = (await room.ask("hesti", "/people/sri")).json()
    assert (one["name"], one["nip"][-1], one["qualification"]) == ("Sri Lestari, M.Kes.", "5", "D3")


async def test_two_keepers_who_remove_each_other_in_a_sheet_are_refused(room: IntakeRoom) -> None:
    lines = (
        "hesti,Hesti Wulandari,000000000000000001,,,tatapem,kabag,,2025-01-01,2027-01-17",
        "dimas,Dimas Saputra,000000000000000014,,,kominfo,operator,,2025-01-01,2027-01-17",
    )
    before = await events(room)
    async with room.browsing("dimas") as dimas:
        page = await looked(dimas, a_csv(*lines))
    assert page.status_code == 422
    assert "tidak ada lagi Kabag atau operator" in words(page)
    assert not [form for form in posted(page.text) if form.goes_to(APPLY)]
    held = {"valid_from": "2025-01-01", "valid_until": "2027-01-17"}
    rows = [
        {
            "person": person,
            "name": person,
            "agency": agency,
            "offices": [{**held, "role": role, "agency": agency}],
        }
        for person, agency, role in (("hesti", "tatapem", "kabag"), ("dimas", "kominfo", "operator"))
    ]
    answer = await room.tell("dimas", "/people/import", {"rows": rows, "reason": "x"})
    assert (answer.status_code, await events(room)) == (422, before)


FORMULA = '=HYPERLINK("http://jahat")'
HOSTILE = [
    (b"", "pegawai.csv", "judul kolom"),
    (b"a,b\n1,2", "pegawai.csv", "tidak ada kolom kode"),
    (HEAD.encode(), "pegawai.csv", "Tidak ada baris"),
    (a_csv("bayu," + "x" * 1_000_000), "pegawai.csv", "tidak dapat dibaca"),
    (a_csv(*["bayu,Bayu,,,,dinkes"] * (MOST_LINES + 1)), "pegawai.csv", "Terlalu banyak baris"),
    (b"x" * 2_100_000, "pegawai.csv", "terlalu besar"),
    (b"PK\x03\x04rusak", "pegawai.xlsx", "tidak dapat dibaca"),
    (b"%PDF-1.7", "pegawai.pdf", "Hanya berkas .xlsx dan .csv"),
    (
        an_xlsx(("bayu", "x", "", "", "", "dinkes"), formula=FORMULA),
        "pegawai.xlsx",
        "Rumus",
    ),
    (an_xlsx(("bayu", "Bayu", 198001012005011001, "", "", "dinkes")), "pegawai.xlsx", "sebagai teks"),
    (a_csv('bayu,"=1+1",,,,dinkes'), "pegawai.csv", "Rumus tidak diterima"),
    (a_csv("bayu,+62 Bayu,,,,dinkes"), "pegawai.csv", "Jangan memulai"),
    (a_csv("bayu,Bayu\u202ea,,,,dinkes"), "pegawai.csv", "tidak dapat disimpan"),
    (a_csv("bayu,Bayu,,,,mars"), "pegawai.csv", "mars belum terdaftar"),
    (a_csv("bayu,Bayu,,,profesor,dinkes"), "pegawai.csv", "Pilih salah satu"),
    (a_csv("bayu,Bayu,,,,dinkes,raja,,2027-01-01"), "pegawai.csv", "Pilih salah satu"),
    (a_csv("bayu,Bayu,,,,dinkes,unsur_opd,,kemarin"), "pegawai.csv", "kemarin bukan tanggal"),
    (a_csv("Bayu Aji!,Bayu,,,,dinkes"), "pegawai.csv", "Bentuknya bukan"),
    (a_csv("bayu," + "x" * 300 + ",,,,dinkes"), "pegawai.csv", "Terlalu panjang"),
]


@pytest.mark.parametrize(("content", "name", "sentence"), HOSTILE)
async def test_a_hostile_sheet_is_told_in_a_sentence(
    room: IntakeRoom, content: bytes, name: str, sentence: str
) -> None:
    before = await events(room)
    async with room.browsing("hesti") as hesti:
        page = await looked(hesti, content, name)
    assert (page.status_code, await events(room)) == (422, before)
    assert sentence in words(page)


async def test_a_sheet_that_unpacks_to_too_much_is_not_unpacked(room: IntakeRoom) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    async with room.browsing("hesti") as hesti:
        page = await looked(hesti, written.getvalue(), "pegawai.xlsx")
    assert page.status_code == 422
    assert "terlalu besar" in words(page)


async def test_what_could_be_taken_for_a_formula_goes_out_quoted(room: IntakeRoom) -> None:
    """No name of a person can be one; that of an agency can, and so could what was written before."""
    async with room.running.pool.connection() as conn:
        await conn.execute(b"UPDATE person SET rank = '=1+1', name = '@SUM(A1)' WHERE person = 'sri'")
    async with room.browsing("hesti") as hesti:
        text = (await hesti.get("/pegawai/ekspor.csv")).content.decode("utf-8-sig")
        sheet = await hesti.get("/pegawai/ekspor.xlsx")
    (row,) = [one for one in csv.DictReader(io.StringIO(text)) if one["kode"] == "sri"]
    assert (row["nama"], row["pangkat"]) == ("'@SUM(A1)", "'=1+1")
    assert sheet.headers["content-type"] == XLSX
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")
