"""Two regions in one installation with the same agency, and whoever reaches both: nothing of one is in the
other, and what is of one is done in that one.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.people import beginning
from services.intake.people.orders import person_elsewhere
from shared.access import people as people_file
from shared.access.people import People
from tests.support.applications import application, migrated, person_in
from tests.support.intake_room import NOW, IntakeRoom
from tests.support.parts import PostgresPart

FOLDER = """
[agencies]
dinkes = "Dinas Kesehatan Kota Yogyakarta"
tapem = "Bagian Tata Pemerintahan Kota"

[[person]]
id = "kota"
name = "Kepala di kota"
nip = "198001012006041099"
agency = "tapem"
office = [{ role = "kabag", valid_from = 2025-01-01 }]
"""
DAYS = '[[day]]\nday = 2026-10-07\nkind = "holiday"\nname = "Ulang tahun kota"\nsource = "SE 12/2026"\n'
DINKES = {"name": "Dinas Kesehatan", "short_name": "Dinkes"}


def known(region: str, *persons: dict[str, object]) -> People:
    agencies = {"dinkes": f"Dinas Kesehatan {region}", "tapem": f"Bagian Tata Pemerintahan {region}"}
    return people_file.parse({"agencies": agencies, "person": persons}, region)


PEOPLE = People.together(
    {
        "3402": known(
            "3402",
            person_in("tapem", "desa", "Kepala di desa", "kabag"),
            person_in("tapem", "awas", "Pengawas", "inspektur"),
        ),
        "3471": known("3471", person_in("tapem", "kota", "Kepala di kota", "kabag")),
        "0000": known("0000", person_in("tapem", "pusat", "Operator pusat", "operator")),
    }
)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    database = postgres.fresh_database("regions")
    migrated("intake", database)
    async with application("intake", database, people=PEOPLE, now=NOW) as app:
        yield IntakeRoom(app=app, database=database)


async def streams_of(room: IntakeRoom) -> set[str]:
    async with room.running.pool.connection() as conn:
        rows = await (await conn.execute("SELECT DISTINCT stream FROM event")).fetchall()
    return {stream for (stream,) in rows}


def person(agency: str = "dinkes") -> dict[str, Any]:
    return {"name": "Sri Lestari", "agency": agency}


async def test_the_same_agency_id_is_two_agencies(room: IntakeRoom) -> None:
    await room.give("PUT", "/agencies/dinkes", "desa", DINKES)
    await room.give("PUT", "/agencies/dinkes", "kota", {"name": "Dinas Kota", "short_name": "Kota"})
    assert await streams_of(room) == {"agency-dinkes", "agency-3471-dinkes"}
    for who, name in (("desa", "Dinas Kesehatan"), ("kota", "Dinas Kota")):
        assert [one["name"] for one in (await room.ask(who, "/agencies")).json()] == [name]
    assert (await room.rebuilt()).identical


async def test_a_holiday_of_one_region_is_a_working_day_in_the_other(room: IntakeRoom) -> None:
    day = {"day": "2026-10-07", "kind": "holiday", "name": "Ulang tahun kota", "source": "SE 12/2026"}
    await room.give("POST", "/calendar/days", "kota", day)
    kept = {who: (await room.ask(who, "/calendar?year=2026")).json() for who in ("desa", "kota")}
    assert ("2026-10-07" in kept["kota"]["holidays"], "2026-10-07" in kept["desa"]["holidays"]) == (
        True,
        False,
    )


async def test_a_cycle_of_another_region_is_not_there(room: IntakeRoom) -> None:
    said = {"year": 2026, "region_name": "Kota Yogyakarta", "occurred_on": "2026-08-03"}
    await room.give("POST", "/cycles", "kota", said)
    assert (await room.ask("desa", "/cycles")).json() == []
    never, foreign = [await room.ask("desa", f"/cycles/{name}") for name in ("3402-2019", "3471-2026")]
    assert (never.status_code, foreign.status_code) == (404, 404)
    elsewhere = await room.tell("desa", "/cycles", {**said, "region": "3471", "year": 2027})
    assert elsewhere.status_code == 404
    feed = (await room.ask("awas", "/events")).json()
    assert feed["events"] == []
    assert (await room.ask("awas", "/heads")).json()["streams"] == []
    assert (await room.ask("awas", "/events?stream=cycle-3471-2026")).status_code == 404
    assert "3471" not in (await room.page("desa", "/siklus")).text


async def test_a_code_is_one_person_of_the_installation(room: IntakeRoom) -> None:
    for who in ("desa", "kota"):
        await room.give("PUT", "/agencies/dinkes", who, DINKES)
    await room.give("PUT", "/people/sri", "desa", person())
    taken = await room.call("PUT", "/people/sri", "kota", person())
    assert taken.status_code == 422
    assert str(person_elsewhere("sri")) in taken.text
    assert (await room.ask("kota", "/people/sri")).status_code == 404
    assert "people-3471" not in await streams_of(room)


async def test_two_regions_at_once_make_one_person(room: IntakeRoom) -> None:
    for who in ("desa", "kota"):
        await room.give("PUT", "/agencies/dinkes", who, DINKES)
    for number in range(6):
        path = f"/people/p{number}"
        both = await asyncio.gather(*(room.call("PUT", path, who, person()) for who in ("desa", "kota")))
        assert sorted(answer.status_code for answer in both) == [200, 422], [one.text for one in both]
    assert (await room.rebuilt()).identical


async def test_a_form_acts_where_it_was_shown(room: IntakeRoom) -> None:
    """Whatever is chosen in another window meanwhile."""
    async with room.browsing("pusat") as browser:
        chosen = await browser.http.get("/daerah?daerah=3471")
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/pegawai")
        fields = await browser.fields("/pegawai")
        assert fields["_region"] == "3471"
        await room.give("PUT", "/agencies/dinkes", "kota", DINKES)
        await browser.http.get("/daerah?daerah=3402")
        typed = {"code": "rina", "name": "Rina Astuti", "agency": "dinkes", "nip": "", "rank": ""}
        sent = await browser.post("/pegawai", {**fields, **typed, "qualification": ""})
        assert sent.status_code == 303, sent.text
        assert (await browser.get("/daerah?daerah=34")).status_code == 404
    assert "people-3471" in await streams_of(room)
    assert "people-3402" not in await streams_of(room)
    assert (await room.ask("kota", "/people/rina")).status_code == 200
    assert (await room.page("desa", "/daerah?daerah=3471")).status_code in {403, 404}


async def test_a_region_begins_from_a_folder_once(room: IntakeRoom, tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(FOLDER, encoding="utf-8")
    (tmp_path / "holidays.toml").write_text(DAYS, encoding="utf-8")
    orders = beginning.orders_in(tmp_path, "3471", "3402", NOW.date())
    assert await beginning.fault_in(room.running, "3471", orders) == ""
    assert await streams_of(room) == set()
    for _twice in range(2):
        await beginning.begin(room.running, orders)
    begun = {"agency-3471-dinkes", "agency-3471-tapem", "people-3471", "settings-3471-calendar"}
    assert await streams_of(room) == begun
    assert await beginning.fault_in(room.running, "3471", orders)
    again = beginning.orders_in(tmp_path, "3404", "3402", NOW.date())
    assert "kota" in await beginning.fault_in(room.running, "3404", again)
    listed = (await room.page("pusat", "/daerah")).text
    assert "3471" in listed
