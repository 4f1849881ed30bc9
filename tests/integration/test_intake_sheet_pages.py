"""The figure sheet as a browser without script uses it: what is shown again after a mistake,
what is stored first, what is handed in.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from html import unescape

import pytest

from shared.contracts.verification import ReportEndorsed
from shared.sop.calendar import seed
from shared.web.app import UPLOAD_LIMIT
from tests.support.forms import first_form
from tests.support.intake_room import CYCLE, IntakeRoom, figure_body, fill, hand_in, intake_room, to_step_7
from tests.support.parts import PostgresPart

FORM = f"/isian/{CYCLE}-satpolpp-tahunan"
SERVICE = "trantib.trantibum"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_sheet_pages")) as made:
        yield made


async def test_figures_are_saved_and_a_wrong_cell_is_shown_again(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with room.browsing("agus") as http:
        wrong = await http.send(FORM, **{f"{SERVICE}.entitled": "4,075", f"{SERVICE}.served": "12"})
        assert wrong.status_code == 422
        assert 'value="4,075"' in wrong.text
        assert "Berhak: tulis bilangan bulat dengan ribuan seperti 4.075" in wrong.text
        assert 'aria-invalid="true"' in wrong.text
        mended = {f"{SERVICE}.entitled": "4.075", f"{SERVICE}.served": "4.000"}
        saved = await http.post(FORM, data={**first_form(wrong.text).hidden, **mended})
        assert saved.status_code == 303
        assert "98,16 %" in (await http.get(FORM)).text
        refused = await http.send(FORM, **{f"{SERVICE}.entitled": "5", f"{SERVICE}.served": "6"})
        assert "Terlayani (6) melebihi Berhak (5)" in refused.text


async def test_a_cell_that_somebody_else_changed_is_not_overwritten_and_the_person_chooses(
    room: IntakeRoom,
) -> None:
    await to_step_7(room, "dinkes")
    path = f"/isian/{CYCLE}-dinkes-tahunan"
    async with room.browsing("sri") as http:
        page = (await http.get(path)).text
        await room.give(
            "PUT",
            f"/submissions/{CYCLE}-dinkes-tahunan/figures/kes.balita",
            "adi",
            {"served": 7, "budget": 3},
        )
        typed = {"kes.balita.served": "5", "kes.balita.entitled": "9", "kes.lansia.served": "3"}
        answer = await http.post(path, data={**first_form(page).hidden, **typed})
        assert answer.status_code == 422
        assert "Terlayani: Adi Nugroho mengubahnya dari kosong menjadi 7," in answer.text
        assert "Anggaran kosong → 3." in answer.text
        assert 'value="5" data-stored="7"' in answer.text
        figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
        assert {name: figures["kes.balita"]["figure"][name] for name in ("served", "entitled", "budget")} == {
            "served": 7, "entitled": 9, "budget": 3,
        }  # fmt: skip
        assert figures["kes.lansia"]["figure"]["served"] == 3
        again = await http.post(path, data={**first_form(answer.text).hidden, "kes.balita.served": "5"})
        assert again.status_code == 422, "a conflict stays one until the person has chosen"
        choice = re.search(r'name="mine" value="([^"]*)"', again.text)
        assert choice
        mine = {**first_form(again.text).hidden, "kes.balita.served": "5", "mine": unescape(choice[1])}
        assert (await http.post(path, data=mine)).status_code == 303
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert figures["kes.balita"]["figure"]["served"] == 5


async def test_saving_in_the_background_answers_with_what_is_stored(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with room.browsing("agus") as http:
        keys = await http.fields(FORM)
        typed = {f"{SERVICE}.entitled": "10", f"{SERVICE}.served": "9", f"{SERVICE}.budget": "8,6"}
        answer = (await http.post(FORM, data={**keys, **typed}, Accept="application/json")).json()
    assert (answer["saved_at"], answer["editable"]) == ("10.42 WIB", True)
    assert {name: answer["cells"][f"{SERVICE}.{name}"] for name in ("entitled", "served", "budget")} == {
        "entitled": "10", "served": "9", "budget": "",
    }  # fmt: skip
    assert [(trouble["field"], trouble["kind"]) for trouble in answer["troubles"]] == [
        (f"{SERVICE}.budget", "refused")
    ]
    assert "90,00 %" in answer["pieces"]
    assert (
        answer["digest"]
        == (await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", "agus"))["next_digest"]
    )


async def test_evidence_is_attached_and_withdrawn_on_the_page(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with room.browsing("agus") as http:
        pdf = {"evidence": ("rekap.pdf", b"%PDF-1.7 rekap", "application/pdf")}
        refused = await http.send(FORM, f"{FORM}/bukti", files=pdf)
        assert "Pilih layanan yang didukung berkas ini." in refused.text
        nothing = await http.send(FORM, f"{FORM}/bukti", services=SERVICE)
        assert "Pilih sedikitnya satu berkas." in nothing.text
        assert (await http.send(FORM, f"{FORM}/bukti", files=pdf, services=SERVICE)).status_code == 303
        page = (await http.get(FORM)).text
        link = re.search(rf'href="({FORM}/bukti/[0-9a-f]+)"', page)
        assert link
        assert (await http.get(link[1])).content == b"%PDF-1.7 rekap"
        reason = f"reason.{link[1].rpartition('/')[2][:8]}"
        assert (
            "Tulis mengapa berkas ini ditarik."
            in (await http.send(FORM, f"{link[1]}/tarik", **{reason: " "})).text
        )
        assert (await http.send(FORM, f"{link[1]}/tarik", **{reason: "keliru"})).status_code == 303
        assert (await http.get(link[1])).status_code == 404


async def test_handing_in_and_taking_back_on_the_page(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with room.browsing("agus") as http:
        early = await http.send(FORM, f"{FORM}/serahkan")
        assert early.status_code == 422
        assert "Belum diisi: Pelayanan ketenteraman dan ketertiban umum." in early.text
        await fill(room, "satpolpp")
        assert (await http.send(FORM, f"{FORM}/serahkan")).status_code == 303
        page = (await http.get(FORM)).text
        assert "diserahkan" in page
        assert 'id="lembar"' not in page
        assert (
            "Tulis mengapa isian ditarik kembali."
            in (await http.send(FORM, f"{FORM}/tarik", reason=" ")).text
        )
        assert (await http.send(FORM, f"{FORM}/tarik", reason="salah hitung")).status_code == 303
        assert "Ditarik kembali" in (await http.get(FORM)).text


async def test_after_the_endorsement_no_button_promises_what_would_be_refused(room: IntakeRoom) -> None:
    await to_step_7(room)
    await hand_in(room, "satpolpp")
    endorsed = ReportEndorsed(
        cycle=CYCLE, document="x", revision=1, digest="a" * 64, by="hesti", occurred_on=date(2027, 1, 18)
    )
    async with room.browsing("agus") as http:
        assert "Tarik kembali isian" in (await http.get(FORM)).text
        await room.hear(endorsed, f"endorsement-{CYCLE}")
        page = (await http.get(FORM)).text
    assert "Tarik kembali isian" not in page
    assert "Laporan sudah pernah disahkan; isian hanya dapat dikembalikan Tim SPM." in page


async def test_a_stale_hand_in_is_not_done(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    async with room.browsing("agus") as http:
        keys = await http.fields(FORM)
        await room.give(
            "PUT",
            f"/submissions/{CYCLE}-satpolpp-tahunan/figures/{SERVICE}",
            "agus",
            figure_body(SERVICE) | {"served": 1},
        )
        answer = await http.post(f"{FORM}/serahkan", data=keys)
        assert answer.status_code == 422
        assert "Isian berubah sejak Anda melihatnya" in answer.text
        assert "Diubah oleh Agus Riyadi" in answer.text
        again = await http.post(f"{FORM}/serahkan", data=first_form(answer.text).hidden)
        assert again.status_code == 303, "what is seen now may be handed in"


BUTTONS = {
    "": {},
    "/serahkan": {},
    "/bukti": {"services": SERVICE},
    f"/bukti/{'a' * 64}/tarik": {f"reason.{'a' * 8}": "keliru"},
}


@pytest.mark.parametrize("button", BUTTONS)
async def test_every_button_of_the_form_stores_the_sheet_first(room: IntakeRoom, button: str) -> None:
    """And one cell that is refused holds neither the others up nor lets anything be handed in."""
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    async with room.browsing("agus") as http:
        typed = {
            f"{SERVICE}.entitled": "200",
            f"{SERVICE}.served": "8,6",
            f"{SERVICE}.budget": "77",
            **BUTTONS[button],
        }
        files = (
            {"evidence": ("rekap.pdf", b"%PDF-1.7 rekap", "application/pdf")} if button == "/bukti" else None
        )
        answer = await http.send(FORM, f"{FORM}{button}", files=files, **typed)
    assert answer.status_code == 422
    assert 'value="8,6"' in answer.text
    found = await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", "agus")
    assert found["figures"][SERVICE]["figure"]["budget"] == 77
    assert found["standing"] == "open"
    assert ("1 sel belum tersimpan; isian tidak diserahkan." in answer.text) is (button == "/serahkan")


async def test_a_hand_in_without_script_carries_what_was_typed(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    async with room.browsing("agus") as http:
        typed = {f"{SERVICE}.entitled": "100", f"{SERVICE}.served": "86"}
        answer = await http.send(FORM, f"{FORM}/serahkan", **typed)
    assert answer.status_code == 303
    found = await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", "agus")
    assert (found["standing"], found["figures"][SERVICE]["figure"]["served"]) == ("handed_in", 86)


async def test_a_hand_in_that_is_sent_twice_is_one(room: IntakeRoom) -> None:
    """Pressed twice, or sent again after an outage that came after it was done:
    with cells that were typed only then.
    """
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    async with room.browsing("agus") as http:
        keys = await http.fields(FORM)
        sheet = {**keys, f"{SERVICE}.entitled": "100", f"{SERVICE}.served": "86"}
        first, second = [await http.post(f"{FORM}/serahkan", data=sheet) for _ in range(2)]
        assert (first.status_code, second.status_code) == (303, 303), re.sub("<[^>]*>", " ", second.text)[
            :2000
        ]
        other = await http.post(f"{FORM}/serahkan", data={**sheet, "_command": "z" * 32})
        assert other.status_code == 422, "another press of another page is none of these"


async def test_a_file_over_the_limit_throws_nothing_else_away(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    async with room.browsing("agus") as http:
        files = {"evidence": ("rekap.pdf", b"%PDF-1.7" + b"x" * UPLOAD_LIMIT, "application/pdf")}
        typed = {"services": SERVICE, f"{SERVICE}.budget": "77"}
        answer = await http.send(FORM, f"{FORM}/bukti", files=files, **typed)
    assert answer.status_code == 422
    assert "Berkas terlalu besar; paling besar 25 MB." in answer.text
    assert f'name="services" value="{SERVICE}" checked' in answer.text
    figures = (await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", "agus"))["figures"]
    assert figures[SERVICE]["figure"]["budget"] == 77


async def test_a_file_that_was_chosen_but_not_attached_is_said(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    async with room.browsing("agus") as http:
        answer = await http.send(FORM, f"{FORM}/serahkan", evidence="rekap.pdf")
    assert answer.status_code == 422
    assert "Berkas yang Anda pilih belum dilampirkan." in answer.text


async def test_a_late_hand_in_is_said_in_words_also_afterwards(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    room.app.state.clock = room.running.handler.clock = lambda: datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
    async with room.browsing("agus") as http:
        days = seed().working_days(date(2027, 2, 1), date(2027, 3, 1))
        assert f"lewat {days} hari kerja" in (await http.get(FORM)).text
        assert (await http.send(FORM, f"{FORM}/serahkan")).status_code == 303
        room.app.state.clock = lambda: datetime(2027, 4, 1, 3, 0, tzinfo=UTC)
        assert f"diserahkan {days} hari kerja terlambat" in (await http.get(FORM)).text


async def test_the_signed_form_is_attached_to_exactly_the_digest_that_was_handed_in(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await hand_in(room, "satpolpp")
    digest = (await room.give("GET", f"/submissions/{CYCLE}-satpolpp-tahunan", "agus"))["digest"]
    scan = {"signed": ("lembar.pdf", b"%PDF-1.7 lembar", "application/pdf")}
    async with room.browsing("agus") as http:
        keys = await http.fields(FORM)
        assert keys["sheet"] == digest
        other = await http.post(f"{FORM}/lembar", data={**keys, "sheet": "a" * 64}, files=scan)
        assert "Belum ada isian yang diserahkan dengan sidik aaaaaaaa" in other.text
        wrong = await http.send(FORM, f"{FORM}/lembar", files={"signed": ("lembar.csv", b"a;b", "text/csv")})
        assert "Pindaian harus berupa PDF, PNG, atau JPEG." in wrong.text
        assert (await http.send(FORM, f"{FORM}/lembar", files=scan)).status_code == 303
        link = re.search(rf'href="({FORM}/lembar/[0-9a-f]+)"', (await http.get(FORM)).text)
        assert link
        assert (await http.get(link[1])).content == b"%PDF-1.7 lembar"
    async with room.browsing("wulan") as http:
        assert (await http.get(link[1])).status_code == 404
