"""A word about a figure that is refused comes back where it was typed, with what was typed: on the verifier's
page, and on the agency's sheet, which another service shows. Where it was typed (`dari`) never leads out.
"""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import unquote

import pytest
from markupsafe import escape

from shared.web.frame.given_back import REFUSED
from tests.support.applications import HERE, Browser
from tests.support.forms import leading_nowhere, posted
from tests.support.parts import PostgresPart
from tests.support.verification_room import VerificationRoom, case, verification_room

CASE = case("dinkes")
PATH, API = f"/verifikasi/{CASE}", f"/verifications/{CASE}"
CELL = {"service": "kes.ibu_hamil", "field": "served"}
CELLS = ":".join(CELL.values())
AT = f"jawab:{CELLS}"
SERVICE = CELL["service"]
ABOUT, ASKED = f"{SERVICE}:", f"tanya:{SERVICE}"
TYPED = 'Sumber <angka> & "rekap" puskesmas,\r\nlembar 2.'
LONG = f"{TYPED} {'x' * 4000}"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("talk_back")) as opened:
        await opened.hear_of_cycle("dinkes", "dinsos")
        await opened.hear_handed_in("dinkes", "sri")
        asked = await opened.tell("wulan", f"{API}/questions", {**CELL, "text": "Sumber?"})
        assert asked.status_code == 200
        yield opened


OUT = [
    *("https://jahat.test/", "//jahat.test", "/\\jahat.test", "javascript:alert(1)", "data:text/html,x"),
    *(f"../{case('dinsos')}", f"/isian/{case('dinsos')}", "kesehatan/../../dinsos", "kesehatan?x=//jahat"),
    *("kesehatan#x", "kesehatan\r\nSet-Cookie: a=b", "kese\u2028hatan", "k" * 60_000, "%2f%2fjahat"),
]


async def test_where_it_was_typed_never_leads_out(room: VerificationRoom) -> None:
    async with room.browsing("sri") as sri:
        for sent_from in OUT:
            said = {**await sri.fields(PATH), "utas": CELLS, "dari": sent_from}
            refused = await sri.post(f"{PATH}/jawab", {**said, AT: LONG})
            assert (refused.status_code, "location" in refused.headers) == (422, False), sent_from
            done = await sri.post(f"{PATH}/jawab", {**said, AT: TYPED})
            assert (done.status_code, done.headers["location"]) == (303, f"{PATH}#layanan-kes.ibu_hamil")
        said = {**await sri.fields(PATH), "utas": CELLS, "dari": "k" * 1_000_000}
        for came, back in (
            (f"{HERE}{PATH}?x=1", f"{PATH}?x=1"),
            (f"https://jahat.test{PATH}", "/"),
            ("", "/"),
        ):
            answer = await sri.post(f"{PATH}/jawab", {**said, AT: TYPED}, Referer=came)
            assert (answer.status_code, "location" in answer.headers) == (413, False)
            assert f'<a class="button" href="{back}">Kembali ke halaman tadi</a>' in answer.text
            assert "4.000 huruf" in answer.text


async def test_an_answer_of_the_sheet_goes_back_to_the_sheet(room: VerificationRoom) -> None:
    at = f"/isian/{CASE}?urusan=kesehatan"
    no_cells = ("kes.balita:", "kes.tak_ada:served", "//jahat.test:\r\nX: y", "x" * 60_000)
    told = [*((CELLS, text) for text in ("  ", LONG, "a\u202eb")), *((cell, TYPED) for cell in no_cells)]
    async with room.browsing("sri") as sri:
        for cell, text in told:
            said = {**await sri.fields(PATH), "utas": cell, "dari": "kesehatan", f"jawab:{cell}": text}
            refused = await sri.post(f"{PATH}/jawab", said)
            assert (refused.status_code, refused.headers["location"]) == (307, at), cell[:50]
            assert unquote(refused.cookies[REFUSED]).endswith(".")
        done = await sri.post(f"{PATH}/jawab", {**said, "utas": CELLS, AT: TYPED})
        assert (done.status_code, done.headers["location"]) == (307, f"{at}&jawaban=dikirim")
        assert f'{REFUSED}="' not in done.headers.get("set-cookie", "")


REFUSED_ACTS = [
    ("wulan", "tanya", {"utas": ABOUT, f"tentang:{SERVICE}": CELLS, ASKED: LONG}),
    ("wulan", "tanya", {"utas": "kes.tak_ada:served", "tanya:kes.tak_ada": TYPED}),
    ("wulan", "selesai", {"utas": "kes.balita:"}),
    ("wulan", "terima", {"utas": "kes.ibu_hamil:", "digest": "0" * 64}),
    ("wulan", "terima", {"utas": "kes.ibu_hamil:"}),
    ("sri", "jawab", {"utas": CELLS, AT: LONG}),
    ("sri", "jawab", {"utas": "kes.balita:", "jawab:kes.balita:": TYPED}),
]
REFUSED_LATE = [
    ("wulan", "tanya", {"utas": "kes.balita:", "tanya:kes.balita": TYPED}),
    ("wulan", "kembalikan", {"reason": TYPED, "dikembalikan_pada": "16 Feb 2026"}),
    ("sri", "jawab", {"utas": CELLS, AT: TYPED}),
]
"""Acts whose form the page no longer shows, once the submission is approved."""


async def test_what_the_verifiers_page_refuses_stays_on_it(room: VerificationRoom) -> None:
    async with room.browsing("wulan") as wulan, room.browsing("sri") as sri:
        by = {"wulan": wulan, "sri": sri}
        fields = {who: await browser.fields(PATH) for who, browser in by.items()}
        for who, act, said in REFUSED_ACTS:
            await _stays(by[who], act, fields[who], said)
        await room.tell("yuni", f"{API}/settlements", CELL)
        await room.approve("dinkes", room.handed_in["dinkes"], "yuni")
        for number, (who, act, said) in enumerate([*REFUSED_ACTS, *REFUSED_LATE]):
            await _stays(by[who], act, {**fields[who], "_command": f"{number:032}"}, said)


async def _stays(browser: Browser, act: str, fields: Mapping[str, str], said: Mapping[str, str]) -> None:
    answer = await browser.post(f"{PATH}/{act}", {**fields, "_version": "", **said})
    assert answer.status_code == 422, (act, said, answer.status_code)
    assert leading_nowhere(answer.text) == [], (act, said)
    for name in [one for one in said if one.startswith(("tanya:", "jawab:", "reason"))]:
        shown = [one.value for form in posted(answer.text) for one in form.fields if one.name == name]
        assert said[name] in shown or 'id="diketik"' in answer.text, (act, said)
        assert "&lt;angka&gt;" in answer.text


BESIDE = {
    "catatan:kes.balita:served": "Penyebut <dari> mana?",
    "tanya:kes.balita": "Bukti mana yang dipakai?",
    "jawab:kes.balita:": "Lembar 3.",
    "reason": "Tiga angka perlu diperiksa.",
}
"""Texts of the one form of the page that stand beside what a button is about."""
DONE = [
    ("tanya", {"utas": ABOUT, ASKED: TYPED}, ASKED),
    ("selesai", {"utas": CELLS}, ""),
    ("selesai", {"utas": ABOUT}, ""),
    ("terima", {"utas": "kes.balita:"}, ""),
    ("kembalikan", {"dikembalikan_pada": "16 Feb 2026"}, "reason"),
]


async def test_an_act_that_is_done_gives_back_what_stood_beside_it(room: VerificationRoom) -> None:
    """Every button of the page, in a browser without script: what it did not send is on the page again."""
    async with room.browsing("wulan") as wulan:
        for act, said, sent in DONE:
            form = await wulan.fields(PATH)
            answer = await wulan.post(f"{PATH}/{act}", {**form, **BESIDE, **said})
            assert answer.status_code == 200, (act, said)
            assert '<p class="notice" role="status">' in answer.text, act
            shown = {one.name: one.value for each in posted(answer.text) for one in each.fields}
            left = BESIDE.keys() - {sent} - ({"catatan:kes.balita:served"} if act == "kembalikan" else set())
            for name in left:
                given_back = shown.get(name) == BESIDE[name] or f">{escape(BESIDE[name])}</dd>" in answer.text
                assert given_back, (act, name)
            assert escape(TYPED) not in answer.text.partition('id="diketik"')[2].partition("</section>")[0]
            assert leading_nowhere(answer.text) == []
            assert form["_command"] in answer.headers["set-cookie"], "what the browser kept may be forgotten"
        async with room.browsing("sri") as sri:
            plain = await sri.post(f"{PATH}/jawab", {**await sri.fields(PATH), "utas": CELLS, AT: TYPED})
            assert plain.status_code == 422, "settled already"
    assert (await room.ask("wulan", API)).json()["status"] == "returned"
