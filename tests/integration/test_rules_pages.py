"""What a region sets about its rules: on the page and in JSON the same, kept by what was handed in, and held
against what is open.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
import xlsxwriter
from httpx2 import Response

from deploy.demo import data
from deploy.demo.stage import OFFICERS
from tests.support.applications import Browser, visiting
from tests.support.events import CYCLE
from tests.support.forms import posted
from tests.support.intake_room import IntakeRoom, fill, hand_in_again, intake_room, to_step_7
from tests.support.parts import PostgresPart

TODAY = "2027-01-18"
CASE = f"{CYCLE}-dinkes-tahunan"
SERVICE = "kes.odgj_berat"
PAGE, CHECK, APPLY = "/aturan/penduduk", "/aturan/penduduk/periksa", "/aturan/penduduk/terapkan"
HEAD = "layanan,tahun,jumlah,tanggal_data,dasar"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("rules_pages")) as made:
        yield made


def threshold(limit: int, day: str = TODAY, name: str = "population") -> dict[str, object]:
    return {"threshold": name, "limit": limit, "valid_from": day, "source": "Notula 1/2027"}


def people(number: int, year: int = 2026) -> dict[str, object]:
    row = {"service": SERVICE, "year": year, "population": number}
    return {"rows": [row | {"counted_on": "2026-06-30", "source": "DKB"}]}


async def warned(room: IntakeRoom) -> bool:
    page = await room.page(OFFICERS["dinkes"], f"/isian/{CASE}?urusan=kes")
    return f"jelas:{SERVICE}:R10:entitled" in page.text or "penduduk acuan" in page.text


async def test_the_page_says_what_holds_and_who_set_it(room: IntakeRoom) -> None:
    page = await room.page("hesti", "/aturan")
    assert "usulan" in page.text
    await room.give("POST", "/rules/thresholds", "hesti", threshold(25, name="entitled"))
    await room.give("POST", "/rules/thresholds", "hesti", threshold(30, "2027-02-01", "entitled"))
    page = await room.page("hesti", "/aturan")
    assert "Notula 1/2027" in page.text
    found = await room.give("GET", "/rules", "wulan")
    assert (found["version"], found["thresholds"]["entitled"], len(found["settings"])) == (1, 25, 2)


async def test_what_makes_no_sense_is_refused_with_a_sentence(room: IntakeRoom) -> None:
    for said in (threshold(-5), threshold(10**9), threshold(25, "2027-01-17"), threshold(5, name="umur")):
        answer = await room.tell("hesti", "/rules/thresholds", said)
        assert answer.status_code == 422, answer.text
    assert (await room.tell("hesti", "/rules/populations", people(0))).status_code == 422
    assert (await room.tell("wulan", "/rules/thresholds", threshold(7))).status_code == 403
    found = await room.give("GET", "/rules", "hesti")
    assert (found["settings"], found["populations"]) == ([], [])


async def test_of_two_who_set_one_threshold_at_once_one_is_refused(room: IntakeRoom) -> None:
    said = [room.tell(by, "/rules/thresholds", threshold(n)) for by, n in (("hesti", 7), ("bagus", 9))]
    answers: list[Response] = await asyncio.gather(*said)
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert len((await room.give("GET", "/rules", "hesti"))["settings"]) == 1


async def test_a_population_is_held_against_what_is_open_and_a_threshold_against_what_is_not_handed_in(
    room: IntakeRoom,
) -> None:
    await to_step_7(room)
    await fill(room, "dinkes")
    assert not await warned(room)
    entitled = data.figures()[SERVICE].entitled or 0
    await room.give("POST", "/rules/populations", "hesti", people(entitled * 100 // 107, 2026))
    assert await warned(room)
    await room.give("POST", "/rules/thresholds", "hesti", threshold(10))
    assert not await warned(room)
    await hand_in_again(room, "dinkes")
    async with room.running.pool.connection() as conn:
        rows = await (
            await conn.execute("SELECT data->>'thresholds' FROM event WHERE type = 'submission-received'")
        ).fetchall()
    assert [row[0] for row in rows] == ["1"]
    await room.give("POST", "/rules/populations", "hesti", people(entitled * 100 // 107, 2025))
    tomorrow = threshold(3, "2027-01-19")
    await room.give("POST", "/rules/thresholds", "hesti", tomorrow)
    assert not await warned(room)


async def test_a_sheet_is_looked_over_and_then_taken_in(room: IntakeRoom) -> None:
    async with visiting(room.app, "hesti") as browser:
        looked = await _looked(
            browser, f"{HEAD}\n{SERVICE},2026,226,2026-06-30,DKB\nkes.balita,2026,0,2026-06-30,DKB"
        )
        assert looked.status_code == 422
        assert not [form for form in posted(looked.text, CHECK) if form.goes_to(APPLY)]
        looked = await _looked(browser, f"{HEAD}\n{SERVICE},2026,226,2026-06-30,DKB")
        assert looked.status_code == 200
        form = next(one for one in posted(looked.text, CHECK) if one.goes_to(APPLY))
        sent: dict[str, Any] = {}
        for field, value in form.filled({}):
            sent.setdefault(field, []).append(value)
        answer = await browser.post(APPLY, sent)
        assert answer.status_code == 303
        assert "226" in (await browser.get(PAGE)).text
    found = await room.give("GET", "/rules", "hesti")
    assert [row["population"] for row in found["populations"]] == [226]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        f"{HEAD}\n".encode(),
        b"layanan;tahun\n",
        f"{HEAD}\n{SERVICE},2026,=1+1,2026-06-30,DKB".encode(),
        f"{HEAD}\n{SERVICE},2026,200.558,2026-06-30,DKB".encode(),
        f"{HEAD}\n{SERVICE},x,1,kemarin,DKB".encode(),
        (f"{HEAD}\n" + f"{SERVICE},2026,1,2026-06-30,DKB\n" * 1100).encode(),
        b"a" * 2_100_000,
    ],
)
async def test_what_is_no_such_sheet_is_told(room: IntakeRoom, content: bytes) -> None:
    async with visiting(room.app, "hesti") as browser:
        assert (await _looked(browser, content.decode("latin-1"))).status_code == 422
    assert (await room.give("GET", "/rules", "hesti"))["populations"] == []


async def test_an_xlsx_with_a_formula_is_refused(room: IntakeRoom) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, heading in enumerate(HEAD.split(",")):
            sheet.write(0, column, heading)
        sheet.write_formula(1, 2, "=1+1", None, 2)
    async with visiting(room.app, "hesti") as browser:
        fields = await browser.fields(PAGE)
        file = ("penduduk.xlsx", written.getvalue(), "application/octet-stream")
        assert (await browser.post(CHECK, fields, {"upload": file})).status_code == 422


async def _looked(browser: Browser, content: str) -> Response:
    fields = {name: value for name, value in (await browser.fields(PAGE)).items() if name.startswith("_")}
    return await browser.post(
        CHECK, fields, {"upload": ("penduduk.csv", content.encode("latin-1"), "text/csv")}
    )
