"""Pages of intake as a browser without script uses them:
forms, what is shown again after a mistake, what is never lost.
"""

import re
from collections.abc import AsyncIterator

import pytest

from tests.support.forms import first_form
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, opened, to_step_6, to_step_7
from tests.support.parts import PostgresPart

FORM = f"/isian/{CYCLE}-satpolpp-tahunan"
SERVICE = "trantib.trantibum"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_pages")) as made:
        yield made


async def test_without_a_cycle_the_board_says_what_will_be_here(room: IntakeRoom) -> None:
    async with room.browsing("hesti") as http:
        page = await http.get("/")
    assert "Belum ada siklus pelaporan." in page.text
    assert "Buka siklus" in page.text


async def test_a_file_that_was_uploaded_survives_a_mistake_in_the_form(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    path = f"/langkah/{CYCLE}/guidance"
    pdf = {"evidence": ("notulen.pdf", b"%PDF-1.7 notulen", "application/pdf")}
    async with room.browsing("hesti") as http:
        refused = await http.send(path, files=pdf, summary=" ", occurred_on="2026-08-04")
        assert refused.status_code == 422
        assert "Tulis ringkas apa yang dilakukan" in refused.text
        assert "notulen.pdf" in refused.text
        kept = first_form(refused.text).hidden
        answer = await http.post(
            path, data={**kept, "summary": "Pedoman diterima.", "occurred_on": "2026-08-04"}
        )
        assert answer.status_code == 303
        await room.follow_up()
        page = (await http.get(path)).text
        link = re.search(rf'href="({path}/berkas/[0-9a-f]+)"', page)
        assert link
        assert (await http.get(link[1])).content == b"%PDF-1.7 notulen"
        assert (await http.get(f"{path}/berkas/{'0' * 64}")).status_code == 404


async def test_the_work_plan_is_proposed_and_can_be_changed(room: IntakeRoom) -> None:
    await to_step_6(room, "satpolpp")
    plan = await room.give("GET", f"/cycles/{CYCLE}/steps/dispatch", "bagus")
    assert plan["planned_on"] == "2027-03-31"
    async with room.browsing("bagus") as http:
        history = (await http.get(f"/siklus/{CYCLE}/riwayat")).text
        assert "Rab, 31 Mar 2027" in history
        assert "draf SK diserahkan kepada Bagian Hukum" in history


async def test_somebody_of_another_office_sees_whose_step_it_is(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    async with room.browsing("bagus") as http:
        page = (await http.get(f"/langkah/{CYCLE}/guidance")).text
        assert "Langkah ini dicatat oleh Kabag Tata Pemerintahan." in page
        assert "Catat langkah ini" not in page
        assert (
            "Langkah ini mulai setelah langkah 1 selesai."
            in (await http.get(f"/langkah/{CYCLE}/follow_up")).text
        )


async def test_an_agency_is_registered_and_given_a_service(room: IntakeRoom) -> None:
    async with room.browsing("bagus") as http:
        bad = await http.send("/opd", code="Damkar Mat!", name="X", short_name="X")
        assert "Tulis kode pendek dari huruf kecil" in bad.text
        assert (
            await http.send("/opd", code="damkarmat", name="Dinas Pemadam", short_name="Damkarmat")
        ).status_code == 303
        typed = {
            "of_agency": "damkarmat",
            "service": "trantib.kebakaran",
            "valid_from": "2027-01-01",
            "valid_until": "2026-01-01",
        }
        assert (
            "Tanggal akhir mendahului tanggal mulai."
            in (await http.send("/opd", "/opd/layanan", **typed)).text
        )
        assert (await http.send("/opd", "/opd/layanan", **{**typed, "valid_until": ""})).status_code == 303
        page = (await http.get("/opd")).text
    assert "Dinas Pemadam" in page
    assert "28 layanan tidak ditugaskan kepada siapa pun:" in page


async def test_a_decree_is_recorded_in_the_calendar(room: IntakeRoom) -> None:
    async with room.browsing("bagus") as http:
        typed = {"day": "2027-08-18", "kind": "holiday", "name": "Cuti bersama", "source": ""}
        assert "Tulis keputusan yang menetapkannya" in (await http.send("/kalender", **typed)).text
        answer = await http.send("/kalender", **{**typed, "source": "SKB 2027"})
        assert answer.headers["location"] == "/kalender?tahun=2027"
        page = (await http.get("/kalender?tahun=2027")).text
        assert "versi 0.109+1" in page
        assert "libur-id" not in page
        assert "SKB 2027" in page
        assert "Cuti bersama 2030 belum ditetapkan" in (await http.get("/kalender?tahun=2030")).text


async def test_every_page_speaks_english_where_it_is_asked_to(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with room.browsing("agus") as http:
        for path in (
            "/",
            "/isian",
            FORM,
            f"/langkah/{CYCLE}/filling",
            f"/siklus/{CYCLE}/riwayat",
            "/siklus",
            "/opd",
            "/kalender",
        ):
            page = await http.get(f"{path}?lang=en")
            assert page.status_code == 200
            assert '<html lang="en">' in page.text
        assert "Waiting for you" in (await http.get("/?lang=en")).text
