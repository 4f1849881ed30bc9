"""Cycles on a real PostgreSQL: opened after a look, withdrawn while empty, never hidden by a newer one,
due dates under a newer calendar.
"""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from tests.support.applications import visiting
from tests.support.forms import first_form
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, opened, registered, to_step_6
from tests.support.parts import PostgresPart


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_cycles")) as made:
        yield made


BUKA = "/siklus/buka?region_name=Kabupaten+Bantul&year=2026&report_due=2027-03-31&occurred_on=2026-08-03"


async def test_a_cycle_is_opened_after_a_look_at_what_will_happen(room: IntakeRoom) -> None:
    await registered(room, "satpolpp")
    async with room.browsing("hesti") as http:
        home = (await http.get("/")).text
        assert '<a class="button primary" href="/siklus/buka">Buka siklus baru</a>' in home
        look = (await http.get(BUKA)).text
        assert "1 OPD akan diminta mengisi" in look
        form = look.partition('action="/siklus/buka"')[2].partition("</form>")[0]
        said = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
        assert "Sen, 3 Agu 2026" in said.values(), "the form reads a day back as people write it"
        assert (
            "Langkah pertama mulai Sen, 3 Agu 2026"
            in (await http.get(f"/siklus/buka?{urlencode(said)}")).text
        )
        assert "Yang akan terjadi: SPM 2026" in look
        assert look.count('data-label="Pelaksana"') == 13
        answer = await http.send(BUKA, "/siklus")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/siklus/{CYCLE}")
        board = (await http.get("/")).text
        assert "Menunggu Anda" in board
        assert f'href="/langkah/{CYCLE}/guidance">Catat langkah 1: Koordinasi pedoman' in board
        again = await http.post("/siklus", data={**first_form(look).hidden})
        assert again.status_code == 422
        assert "Siklus 2026 sudah dibuka." in (await http.get(BUKA)).text


@pytest.mark.parametrize("year", ["1999", "2023", "2029", "dua ribu", "٢٠٢٦"])
async def test_no_door_opens_a_cycle_of_a_senseless_year(room: IntakeRoom, year: str) -> None:
    async with room.browsing("hesti") as http:
        answer = await http.post("/siklus", data={**await http.fields(BUKA), "year": year})
        assert answer.status_code == 422
        assert f'value="{year}"' in answer.text
        assert (
            "Buka siklus"
            not in (await http.get(BUKA.replace("2026", year, 1))).text.partition("Yang akan terjadi")[2]
        )
    if year.isascii() and year.isdigit():
        asked = {
            "year": int(year),
            "region_name": "X",
            "report_due": "2027-03-31",
            "occurred_on": "2026-08-03",
        }
        assert (await room.call("POST", "/cycles", "hesti", asked)).status_code == 422
    elsewhere = {"year": 2026, "region": "3471", "region_name": "X"}
    assert (await room.call("POST", "/cycles", "hesti", elsewhere)).status_code == 404
    assert (await room.give("GET", "/cycles", "hesti")) == []


async def test_a_cycle_in_which_nothing_has_happened_is_withdrawn_and_may_be_opened_again(
    room: IntakeRoom,
) -> None:
    await opened(room, "satpolpp")
    async with room.browsing("hesti") as http:
        assert f'href="/siklus/{CYCLE}/tarik"' in (await http.get("/")).text
        page = f"/siklus/{CYCLE}/tarik"
        assert (await http.send(page, reason=" ")).status_code == 422
        answer = await http.send(page, reason="Nama daerah keliru.")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "Belum ada siklus pelaporan." in (await http.get("/")).text
        assert (await http.get(f"/siklus/{CYCLE}")).status_code == 404
    await to_step_6(room, "satpolpp")
    async with room.browsing("hesti") as http:
        assert f'href="/siklus/{CYCLE}/tarik"' not in (await http.get("/")).text
    late = await room.call("POST", f"/cycles/{CYCLE}/withdrawal", "hesti", {"reason": "Keliru."})
    assert (late.status_code, late.json()["type"]) == (422, "urn:jejak:problem:cycle-begun")


async def test_right_after_opening_the_first_step_is_awaited_and_not_nothing(room: IntakeRoom) -> None:
    async with visiting(room.app, "hesti") as http:  # before anything follows
        await http.post("/siklus", data=await http.fields(BUKA))
        for person in ("hesti", "bagus", "agus"):
            async with room.browsing(person) as other:
                home = (await other.get("/")).text
            assert "langkah 1, Koordinasi pedoman, sedang disiapkan" in home


async def test_a_new_cycle_does_not_hide_the_work_of_an_older_one(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    await room.give(
        "POST",
        "/cycles",
        "hesti",
        {"year": 2027, "region_name": "Kabupaten Bantul", "occurred_on": "2027-01-18"},
    )
    async with room.browsing("hesti") as http:
        home = (await http.get("/")).text
        first, second = (home.index(f"/langkah/3402-{year}/guidance") for year in (2026, 2027))
        assert first < second
        assert 'href="/siklus/3402-2027"' in home
        assert "Siklus 2026</h2>" in home
        assert "Siklus 2027</h2>" in (await http.get("/siklus/3402-2027")).text
        assert 'href="/isian?siklus=3402-2027"' in (await http.get("/siklus/3402-2027")).text


async def test_a_due_date_follows_a_newer_calendar_only_when_somebody_takes_it_over(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    await room.give(
        "POST",
        "/calendar/days",
        "bagus",
        {
            "day": "2026-08-04",
            "kind": "holiday",
            "name": "Cuti bersama",
            "source": "SKB 5/2026",
            "occurred_on": "2026-08-03",
        },
    )
    path = f"/langkah/{CYCLE}/guidance"
    async with room.browsing("bagus") as http:
        page = (await http.get(path)).text
        assert "Menurut kalender sekarang: Kam, 6 Agu 2026." in page
        assert "Rab, 5 Agu 2026" in page
        assert f'href="{path}#tenggat-baru"' in (await http.get("/")).text
        answer = await http.send(path, f"{path}/tenggat", source="SKB 5/2026")
        assert answer.status_code == 303
        after = (await http.get(path)).text
    assert "Kalender berubah" not in after
    assert "tenggat menjadi Kam, 6 Agu 2026: SKB 5/2026" in after
    again = await room.call("POST", f"/cycles/{CYCLE}/steps/guidance/due-date", "bagus", {"source": "SKB"})
    assert (again.status_code, again.json()["type"]) == (422, "urn:jejak:problem:due-date-holds")
