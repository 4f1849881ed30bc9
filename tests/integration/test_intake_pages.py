"""Pages of intake as a browser without script uses them: forms, what is shown again after a mistake, what is never lost."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import httpx2
import pytest

from shared.access.session import COOKIE
from shared.contracts.verification import ReportEndorsed
from tests.support.intake_acts import fill, hand_in, to_step_6, to_step_7
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, opened
from tests.support.parts import PostgresPart
from tests.support.web_room import HERE, token_of

FORM = f"/isian/{CYCLE}-satpolpp-tahunan"
SERVICE = "trantib.trantibum"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_pages")) as made:
        yield made


@asynccontextmanager
async def browsing(room: IntakeRoom, person: str) -> AsyncIterator[httpx2.AsyncClient]:
    cookies = {COOKIE: token_of(person)}
    transport = httpx2.ASGITransport(app=room.app)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http:
        yield http


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the first form in the main part of a page."""
    main = text[text.index("<main") :]
    form = main[main.index("<form") :]
    return dict(re.findall(r'<input type="hidden"[^>]*?name="([^"]+)" value="([^"]*)"', form[: form.index("</form>")]))


async def send(
    room: IntakeRoom, http: httpx2.AsyncClient, path: str, target: str = "", files: object = None, **typed: str
) -> httpx2.Response:
    """Opens a page and sends its first form with these fields."""
    keys = hidden((await http.get(path)).text)
    answer = await http.post(target or path, data={**keys, **typed}, files=files)
    await room.follow_up()
    return answer


async def test_without_a_cycle_the_board_says_what_will_be_here(room: IntakeRoom) -> None:
    async with browsing(room, "hesti") as http:
        page = await http.get("/")
    assert "Belum ada siklus pelaporan." in page.text
    assert "Buka siklus" in page.text


async def test_the_kabag_opens_a_cycle_and_lands_on_its_board(room: IntakeRoom) -> None:
    typed = {"year": "2026", "region_name": "Kabupaten Bantul", "report_due": "2027-03-31", "occurred_on": "2026-08-03"}
    async with browsing(room, "hesti") as http:
        answer = await send(room, http, "/siklus", **typed)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        board = (await http.get("/")).text
        assert "Perlu Anda kerjakan" in board
        assert f'href="/langkah/{CYCLE}/1"' in board
        again = await send(room, http, "/siklus", **typed)
    assert again.status_code == 422
    assert "Siklus 2026 sudah dibuka." in again.text


async def test_a_year_in_letters_is_shown_again_with_a_sentence(room: IntakeRoom) -> None:
    async with browsing(room, "hesti") as http:
        answer = await send(room, http, "/siklus", year="dua ribu", region_name="X", report_due="2027-03-31", occurred_on="2026-08-03")
    assert answer.status_code == 422
    assert 'value="dua ribu"' in answer.text
    assert "Tulis tahun empat angka" in answer.text


async def test_a_file_that_was_uploaded_survives_a_mistake_in_the_form(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    path = f"/langkah/{CYCLE}/1"
    pdf = {"evidence": ("notulen.pdf", b"%PDF-1.7 notulen", "application/pdf")}
    async with browsing(room, "hesti") as http:
        refused = await send(room, http, path, files=pdf, summary=" ", occurred_on="2026-08-04")
        assert refused.status_code == 422
        assert "Tulis ringkas apa yang dilakukan" in refused.text
        assert "notulen.pdf" in refused.text
        kept = hidden(refused.text)
        answer = await http.post(path, data={**kept, "summary": "Pedoman diterima.", "occurred_on": "2026-08-04"})
        assert answer.status_code == 303
        await room.follow_up()
        page = (await http.get(path)).text
        link = re.search(rf'href="({path}/berkas/[0-9a-f]+)"', page)
        assert link
        assert (await http.get(link[1])).content == b"%PDF-1.7 notulen"
        assert (await http.get(f"{path}/berkas/{'0' * 64}")).status_code == 404


async def test_the_work_plan_is_proposed_and_can_be_changed(room: IntakeRoom) -> None:
    await to_step_6(room, "satpolpp")
    plan = await room.give("GET", f"/cycles/{CYCLE}/steps/12", "bagus")
    assert plan["planned_on"] == "2027-03-31"
    async with browsing(room, "bagus") as http:
        history = (await http.get(f"/siklus/{CYCLE}/riwayat")).text
        assert "Rab, 31 Mar 2027" in history
        assert "draf SK diserahkan kepada Bagian Hukum" in history


async def test_somebody_of_another_office_sees_whose_step_it_is(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    async with browsing(room, "bagus") as http:
        page = (await http.get(f"/langkah/{CYCLE}/1")).text
        assert "Langkah ini dicatat oleh Kabag Tata Pemerintahan." in page
        assert "Catat langkah ini" not in page
        assert "Langkah ini mulai setelah langkah 1 selesai." in (await http.get(f"/langkah/{CYCLE}/2")).text


async def test_figures_are_saved_and_a_wrong_cell_is_shown_again(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with browsing(room, "agus") as http:
        wrong = await send(room, http, FORM, **{f"{SERVICE}.entitled": "4,075", f"{SERVICE}.served": "12"})
        assert wrong.status_code == 422
        assert 'value="4,075"' in wrong.text
        assert "Tulis bilangan bulat, misalnya 4.075" in wrong.text
        saved = await http.post(FORM, data={**hidden(wrong.text), f"{SERVICE}.entitled": "4.075", f"{SERVICE}.served": "4.000"})
        assert saved.status_code == 303
        assert "98,16 %" in (await http.get(FORM)).text
        refused = await send(room, http, FORM, **{f"{SERVICE}.entitled": "5", f"{SERVICE}.served": "6"})
        assert "Yang terlayani (6) melebihi yang berhak (5)" in refused.text


async def test_a_row_that_somebody_else_changed_is_not_overwritten(room: IntakeRoom) -> None:
    await to_step_7(room, "dinkes")
    path = f"/isian/{CYCLE}-dinkes-tahunan"
    async with browsing(room, "sri") as http:
        page = (await http.get(path)).text
        await room.give("PUT", f"/submissions/{CYCLE}-dinkes-tahunan/figures/kes.balita", "adi", {"served": 7, "entitled": 9})
        answer = await http.post(
            path, data={**hidden(page), "kes.balita.served": "5", "kes.balita.entitled": "9", "kes.lansia.served": "3"}
        )
        assert answer.status_code == 422
        assert "Baris ini baru saja diubah oleh Adi Nugroho." in answer.text
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert figures["kes.balita"]["figure"]["served"] == 7
    assert figures["kes.lansia"]["figure"]["served"] == 3


async def test_saving_in_the_background_answers_with_what_was_computed(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with browsing(room, "agus") as http:
        keys = hidden((await http.get(FORM)).text)
        typed = {f"{SERVICE}.entitled": "10", f"{SERVICE}.served": "9"}
        answer = await http.post(FORM, data={**keys, **typed}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert "tersimpan 10.42" in answer.text
        assert "90,00 %" in answer.text
        fresh = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text))
        assert fresh["_command"] != keys["_command"]
        again = await http.post(FORM, data={**fresh, **typed, f"{SERVICE}.served": "8"}, headers={"HX-Request": "true"})
    assert "80,00 %" in again.text


async def test_evidence_is_attached_and_withdrawn_on_the_page(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with browsing(room, "agus") as http:
        pdf = {"evidence": ("rekap.pdf", b"%PDF-1.7 rekap", "application/pdf")}
        refused = await send(room, http, FORM, f"{FORM}/bukti", files=pdf)
        assert "Pilih layanan yang didukung berkas ini." in refused.text
        nothing = await send(room, http, FORM, f"{FORM}/bukti", services=SERVICE)
        assert "Pilih sedikitnya satu berkas." in nothing.text
        assert (await send(room, http, FORM, f"{FORM}/bukti", files=pdf, services=SERVICE)).status_code == 303
        page = (await http.get(FORM)).text
        link = re.search(rf'href="({FORM}/bukti/[0-9a-f]+)"', page)
        assert link
        assert (await http.get(link[1])).content == b"%PDF-1.7 rekap"
        assert "Tulis mengapa berkas ini ditarik." in (await send(room, http, FORM, f"{link[1]}/tarik", reason=" ")).text
        assert (await send(room, http, FORM, f"{link[1]}/tarik", reason="keliru")).status_code == 303
        assert (await http.get(link[1])).status_code == 404


async def test_handing_in_and_taking_back_on_the_page(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with browsing(room, "agus") as http:
        early = await send(room, http, FORM, f"{FORM}/serahkan")
        assert early.status_code == 422
        assert "Belum diisi: Pelayanan ketenteraman dan ketertiban umum." in early.text
        await fill(room, "satpolpp")
        assert (await send(room, http, FORM, f"{FORM}/serahkan")).status_code == 303
        page = (await http.get(FORM)).text
        assert "diserahkan" in page
        assert "readonly" in page
        assert "Tulis mengapa isian ditarik kembali." in (await send(room, http, FORM, f"{FORM}/tarik", reason=" ")).text
        assert (await send(room, http, FORM, f"{FORM}/tarik", reason="salah hitung")).status_code == 303
        assert "Ditarik kembali" in (await http.get(FORM)).text


async def test_after_the_endorsement_no_button_promises_what_would_be_refused(room: IntakeRoom) -> None:
    await to_step_7(room)
    await hand_in(room, "satpolpp")
    endorsed = ReportEndorsed(cycle=CYCLE, document="x", revision=1, digest="a" * 64, by="hesti", occurred_on=date(2027, 1, 18))
    async with browsing(room, "agus") as http:
        assert "Tarik kembali isian" in (await http.get(FORM)).text
        await room.hear(endorsed, f"endorsement-{CYCLE}")
        page = (await http.get(FORM)).text
    assert "Tarik kembali isian" not in page
    assert "Laporan sudah disahkan; isian tidak dapat ditarik lagi." in page


async def test_a_stale_hand_in_is_not_done(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    async with browsing(room, "agus") as http:
        main = (await http.get(FORM)).text
        button = main[main.index(f'action="{FORM}/serahkan') :]
        keys = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', button[: button.index("</form>")]))
        await room.give("PUT", f"/submissions/{CYCLE}-satpolpp-tahunan/figures/{SERVICE}", "agus", {"served": 1, "entitled": 2})
        answer = await http.post(f"{FORM}/serahkan", data=keys)
    assert answer.status_code == 422
    assert "Isian ini berubah sejak Anda membukanya." in answer.text


async def test_an_agency_is_registered_and_given_a_service(room: IntakeRoom) -> None:
    async with browsing(room, "bagus") as http:
        bad = await send(room, http, "/opd", agency="Damkar Mat!", name="X", short_name="X")
        assert "Tulis kode pendek dari huruf kecil" in bad.text
        assert (await send(room, http, "/opd", agency="damkarmat", name="Dinas Pemadam", short_name="Damkarmat")).status_code == 303
        typed = {"of_agency": "damkarmat", "service": "trantib.kebakaran", "valid_from": "2027-01-01", "valid_until": "2026-01-01"}
        assert "Tanggal akhir mendahului tanggal mulai." in (await send(room, http, "/opd", "/opd/layanan", **typed)).text
        assert (await send(room, http, "/opd", "/opd/layanan", **{**typed, "valid_until": ""})).status_code == 303
        page = (await http.get("/opd")).text
    assert "Dinas Pemadam" in page
    assert "28 layanan tidak ditugaskan kepada siapa pun:" in page


async def test_a_decree_is_recorded_in_the_calendar(room: IntakeRoom) -> None:
    async with browsing(room, "bagus") as http:
        typed = {"day": "2027-08-18", "kind": "holiday", "name": "Cuti bersama", "source": ""}
        assert "Tulis keputusan yang menetapkannya" in (await send(room, http, "/kalender", **typed)).text
        answer = await send(room, http, "/kalender", **{**typed, "source": "SKB 2027"})
        assert answer.headers["location"] == "/kalender?tahun=2027"
        page = (await http.get("/kalender?tahun=2027")).text
        assert "libur-id-0.109+1" in page
        assert "SKB 2027" in page
        assert "Cuti bersama 2030 belum ditetapkan" in (await http.get("/kalender?tahun=2030")).text


async def test_every_page_speaks_english_where_it_is_asked_to(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with browsing(room, "agus") as http:
        for path in ("/", "/isian", FORM, f"/langkah/{CYCLE}/7", f"/siklus/{CYCLE}/riwayat", "/siklus", "/opd", "/kalender"):
            page = await http.get(f"{path}?lang=en")
            assert page.status_code == 200
            assert '<html lang="en">' in page.text
        assert "For you to do" in (await http.get("/?lang=en")).text
