"""The forms of documents on a real PostgreSQL: what a person types becomes a command,
and what is refused stays typed.
"""

import re
from collections.abc import AsyncIterator

import pytest

from tests.integration.documents_room import CYCLE, SCAN, DocumentsRoom, documents_room
from tests.support.parts import PostgresPart


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[DocumentsRoom]:
    async with documents_room(postgres.fresh_database("documents")) as opened:
        await opened.hear_of_cycle()
        yield opened


async def test_a_form_makes_a_draft_and_shows_the_page_of_it(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    path = f"/dokumen/{CYCLE}/sk_tim"
    async with room.browsing("tono") as browser:
        fields = await browser.fields(f"{path}/susun")
        answer = await browser.post(
            f"{path}/susun", {**fields, "bertanggal": "2027-03-10", "isi:signer_name": "H. Contoh, S.Sos."}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        page = await browser.get(path)
        assert "draf selesai" in page.text
        picture = await browser.get(f"{path}/berkas/gambar/1/1.png")
        assert (picture.status_code, picture.content[:4]) == (200, b"\x89PNG")
        assert picture.headers["cache-control"] == "private, no-cache", (
            "the next person at this computer is asked who it is"
        )
        known = await browser.get(
            f"{path}/berkas/gambar/1/1.png", **{"If-None-Match": picture.headers["etag"]}
        )
        assert (known.status_code, known.content) == (304, b"")
        assert (await browser.get(f"{path}/berkas/gambar/1/99.png")).status_code == 404
        editor = await browser.get(f"{path}/susun")
        assert 'value="H. Contoh, S.Sos."' in editor.text


async def test_a_refused_form_keeps_what_was_typed_and_marks_the_field(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    path = f"/dokumen/{CYCLE}/sk_tim/susun"
    async with room.browsing("tono") as browser:
        fields = await browser.fields(path)
        typed = {
            **fields,
            "bertanggal": "2027-03-10",
            "isi:team": "Ketua | Sekda\nAnggota tanpa tanda",
            "isi:about": "Tim yang diketik",
        }
        answer = await browser.post(path, typed)
    assert answer.status_code == 422
    assert 'href="#isi:team"' in answer.text
    assert "Anggota tanpa tanda" in answer.text
    assert "Tim yang diketik" in answer.text


async def test_the_forms_of_hand_over_printing_and_dispatch_work_as_plain_posts(room: DocumentsRoom) -> None:
    digest = await room.hear_ready_to_send()
    async with room.browsing("rahmat") as browser:
        form = await browser.fields(f"/dokumen/{CYCLE}/laporan")
        printed = await browser.post(
            f"/dokumen/{CYCLE}/laporan/cetak",
            {**form, "digest": digest, "copies": "5", "dicetak_pada": "2027-03-20"},
        )
        assert printed.status_code == 303
        page = f"/pengiriman/{CYCLE}"
        hidden = await browser.fields(page)
        said = {"agenda_number": "045/12", "carrier": "Kurir", "occurred_on": "2027-03-26", "digest": digest}
        body = {"_csrf": hidden["_csrf"], **{f"gubernur-{name}": text for name, text in said.items()}}
        wrong = await browser.post(f"{page}/gubernur/kirim", {**body, "gubernur-carrier": " "})
        assert wrong.status_code == 422
        assert 'href="#gubernur-carrier"' in wrong.text
        assert 'value="045/12"' in wrong.text
        beside = {"kemendagri-agenda_number": "045/13", "kemendagri-carrier": "Pos", "gubernur-reference": ""}
        sent = await browser.post(f"{page}/gubernur/kirim", {**body, **beside})
        assert sent.status_code == 200, "what was typed for the other recipient is on the page again"
        assert {'value="045/13"', 'value="Pos"'} <= set(re.findall(r'value="[^"]*"', sent.text))
        assert "nomor agenda 045/12" in sent.text
        stale = {**body, **beside, "_version-gubernur": "1"}
        assert (await browser.post(f"{page}/gubernur/kirim", stale)).status_code == 422, "it moved on"
        receipt = {
            "_csrf": hidden["_csrf"],
            "gubernur-received_by": "Yuni",
            "gubernur-received_on": "2027-03-27",
        }
        missing = await browser.post(f"{page}/gubernur/tanda-terima", receipt)
        assert 'href="#gubernur-scan"' in missing.text
        files = {"gubernur-scan": ("tanda terima.pdf", SCAN, "text/html")}
        done = await browser.post(f"{page}/gubernur/tanda-terima", receipt, files)
        assert done.status_code == 303
        mended = {
            "_csrf": hidden["_csrf"],
            "gubernur-field": "received_by",
            "gubernur-value": "Yani",
            "gubernur-reason": "salah baca",
        }
        assert (await browser.post(f"{page}/gubernur/perbaiki", mended)).status_code == 303
        shown = (await browser.get(page)).text
    assert "<del>Yuni</del>" in shown
    open_, folded = (shown.index(f'<h2 id="{to}-judul">') for to in ("kemendagri", "gubernur"))
    assert open_ < folded, "what still needs an act comes first"
    summary = shown[folded : shown.index("</summary>", folded)]
    assert "diterima</span> Sab, 27 Mar 2027" in summary, summary
    assert shown.count('<details class="printed">') == 1
    assert (await room.dispatch("gubernur"))["scan"]["media_type"] == "application/pdf"


async def test_two_drafts_of_a_letter_are_taken_along_under_two_names(room: DocumentsRoom) -> None:
    """By every way on which a file is handed out."""
    await room.hear_step(4)
    digests = []
    for day in ("2027-03-10", "2027-03-11"):
        await room.draft("tono", "sk_tim", on=day)
        digests.append((await room.document("sk_tim"))["digest"])
    for way in (
        f"/dokumen/{CYCLE}/sk_tim/berkas/{{}}",
        f"/api/documents/cycles/{CYCLE}/documents/sk_tim/files/{{}}",
    ):
        names = {
            (await room.page("tono", way.format(digest))).headers["content-disposition"] for digest in digests
        }
        assert names == {f"inline; filename*=UTF-8''SK-Tim-SPM-2026-revisi-{number}.pdf" for number in (1, 2)}


def sending(digest: str, number: str = "045/12") -> dict[str, object]:
    return {"digest": digest, "agenda_number": number, "carrier": "Kurir", "occurred_on": "2027-03-26"}


async def test_no_two_letters_of_a_cycle_have_one_agenda_number(room: DocumentsRoom) -> None:
    digest, path = await room.hear_ready_to_send(), f"/cycles/{CYCLE}/dispatches"
    taken = "Nomor agenda 045/12 sudah dipakai untuk surat kepada Gubernur; "
    assert (await room.tell("rahmat", f"{path}/gubernur/sending", sending(digest))).status_code == 200
    again = await room.tell("rahmat", f"{path}/kemendagri/sending", sending(digest, " 045 / 12 "))
    told = again.json()
    assert (again.status_code, told["type"]) == (422, "urn:jejak:problem:agenda-number-taken")
    assert taken in again.text
    own = await room.tell("rahmat", f"{path}/kemendagri/sending", sending(digest, "045/13"))
    assert own.status_code == 200
    mended = {"field": "agenda_number", "value": "045/12", "reason": "salah ketik"}
    wrong = await room.tell("rahmat", f"{path}/kemendagri/correction", mended)
    assert (wrong.status_code, taken in wrong.text) == (422, True)


async def test_the_decree_is_handed_over_and_issued_by_form(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    await room.draft("tono", "sk_tim")
    path = f"/dokumen/{CYCLE}/sk_tim"
    async with room.browsing("tono") as browser:
        form = await browser.fields(path)
        future = await browser.post(
            f"{path}/serahkan", {**form, "handed_to": "Bagian Hukum", "diserahkan_pada": "2027-04-29"}
        )
        assert (future.status_code, 'href="#diserahkan_pada"' in future.text) == (422, True)
        handed = await browser.post(
            f"{path}/serahkan", {**form, "handed_to": "Bagian Hukum", "diserahkan_pada": "2027-03-12"}
        )
        assert handed.status_code == 303
        assert "SK belum ditetapkan" in (await browser.get("/dokumen")).text
        form = await browser.fields(path)
        issued = await browser.post(
            f"{path}/tetapkan", {**form, "number": "130/5/HK/2027", "issued_on": "2027-03-20"}
        )
        assert issued.status_code == 303
        assert "130/5/HK/2027" in (await browser.get("/dokumen")).text
