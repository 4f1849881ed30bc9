"""The points of a return on the sheet: each with its answer beside the figure, and none left before the next
hand-in.
"""

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import quote

import pytest
from markupsafe import escape

from shared.contracts.talk import QuestionAnswered, QuestionSettled
from shared.contracts.values import FieldNote
from shared.contracts.verification import SubmissionReturned
from shared.web.frame.given_back import REFUSED
from tests.integration.test_intake_sheet_pages import FORM, SERVICE, room
from tests.support.applications import Browser
from tests.support.events import made
from tests.support.forms import Form, first_form, leading_nowhere, posted
from tests.support.intake_room import CYCLE, IntakeRoom, fill, hand_in, to_step_7

__all__ = ["room"]
AT = "jawab:pu.air_minum:entitled"


async def returned(room: IntakeRoom, agency: str, *services: str) -> tuple[str, dict[str, str]]:
    """What an agency handed in comes back with a point on each of these services; answers the case, and what
    events say of it.
    """
    await to_step_7(room, agency)
    await hand_in(room, agency)
    case, whose = f"{CYCLE}-{agency}-tahunan", {"cycle": CYCLE, "agency": agency, "period": "tahunan"}
    whose |= {"submission": f"submission-{case}"}
    said = {"by": "tari", "occurred_on": date(2027, 1, 19)}
    points = tuple(FieldNote(service=service, field="entitled", note="Sumber?") for service in services)
    event = SubmissionReturned(**whose, revision=1, reason="Periksa.", fields=points, **said)
    await room.hear(event, f"verification-{case}")
    return case, whose


async def test_a_point_of_a_return_is_answered_beside_its_figure_before_handing_in(room: IntakeRoom) -> None:
    case, whose = await returned(room, "satpolpp", SERVICE)
    about = {"service": SERVICE, "field": "entitled"}
    at, path = f"jawab:{SERVICE}:entitled", f"/submissions/{case}"
    seen = {"digest": (await room.give("GET", path, "agus"))["next_digest"]}
    refused = await room.call("POST", f"{path}/hand-in", "agus", seen)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, at)
    async with room.browsing("agus") as http:
        page = (await http.get(FORM)).text
        assert f'<textarea form="lembar" id="{at}" name="{at}"' in page
        assert f'formaction="/verifikasi/{case}/jawab" name="utas" value="{SERVICE}:entitled"' in page
        assert f'href="#{at}"' in page
        answer = await http.post(f"{FORM}/serahkan", data=first_form(page).hidden)
        assert answer.status_code == 422
        assert "1 catatan Tim SPM belum dijawab dan angkanya belum berubah" in answer.text
        told = made(QuestionAnswered, **whose, **about, text="Register 2026.", by="agus")
        await room.hear(told, f"verification-{case}")
        page = (await http.get(FORM)).text
        assert f'id="{at}"' not in page
        assert (await http.post(f"{FORM}/serahkan", data=first_form(page).hidden)).status_code == 303


def answering(page: str) -> Form:
    """The sheet, as the button beside its point sends it."""
    return next(form for form in posted(page) if form.action.endswith("/jawab"))


async def test_an_answer_that_was_refused_comes_back_beside_its_point(room: IntakeRoom) -> None:
    """Verification refuses it and sends the form on, with its sentence in a cookie."""
    case, whose = await returned(room, "dpupkp", "pu.air_minum", "perkim.relokasi")
    sheet = f"/isian/{case}?urusan=pekerjaan_umum"
    typed, why = "Register <2026> &\r\nrekap.", "Terlalu panjang: paling banyak 4000 huruf."
    async with room.browsing("joko") as http:
        answer = answering((await http.get(sheet)).text)
        sent = {**answer.hidden, "utas": "pu.air_minum:entitled", AT: typed}
        http.http.cookies.set(REFUSED, quote(why))
        page = await http.post(sheet, sent)
        again = answering(page.text)
        assert (page.status_code, dict(again.filled({}))[AT]) == (422, typed)
        assert f'<a href="#{AT}">{why}</a>' in page.text
        assert f'{REFUSED}=""' in page.headers["set-cookie"], "it is said once"
        http.http.cookies.delete(REFUSED)
        bare = await http.post(sheet, sent)
        assert "Jawaban ini belum diterima" in bare.text
        other = {"utas": "perkim.relokasi:entitled", "jawab:perkim.relokasi:entitled": typed}
        elsewhere = await http.post(sheet, {**answer.hidden, **other})
        where = f"/isian/{case}?urusan=perumahan_rakyat"
        assert f'<a href="{where}#jawab:perkim.relokasi:entitled">' in elsewhere.text
        assert 'id="diketik"' in elsewhere.text
        settled = made(QuestionSettled, **whose, service="pu.air_minum", field="entitled", by="tari")
        await room.hear(settled, f"verification-{case}")
        page = await http.post(sheet, sent)
        assert (page.status_code, leading_nowhere(page.text)) == (422, [])
        assert f'<dd class="as-typed">{escape(typed)}</dd>' in page.text
        for hostile in ("//jahat.test", "x" * 60_000, "<script>alert(1)</script>", ""):
            page = await http.post(sheet, {**sent, "utas": hostile})
            assert (page.status_code, leading_nowhere(page.text)) == (422, []), hostile[:40]
            assert "<script>alert" not in page.text
        stranger = await room.page("adi", f"/isian/{case}")
        assert stranger.status_code == 404


@pytest.mark.parametrize("service", ["pu.air_minum", "perkim.relokasi"])
async def test_what_stops_the_hand_in_is_led_to_in_whichever_urusan_it_is(
    room: IntakeRoom, service: str
) -> None:
    """Every kind of stop, from the page of the one urusan and of the other."""
    await to_step_7(room, "dpupkp")
    case = f"{CYCLE}-dpupkp-tahunan"
    figure = {"entitled": 10, "served": 9, "budget": 10, "realised": 9}
    stops: Mapping[str, Mapping[str, object]] = {
        "entitled": {},
        "answer": {**figure, "answer": "not_yet", "reason": "Menunggu rekap."},
        "served": {**figure, "served": None},
        "realised": {**figure, "realised": 10**9},
    }
    async with room.browsing("joko") as http:
        for cell, said in stops.items():
            if said:
                await fill(room, "dpupkp")
                await room.give("PUT", f"/submissions/{case}/figures/{service}", "joko", said)
            first = service if said else "perkim.relokasi"
            assert await _led_to(http, f"/isian/{case}") == {f"{first}.{cell}"}


async def _led_to(http: Browser, sheet: str) -> set[str]:
    """The fields that the summary leads to when the sheet is handed in: each is on the page it leads to."""
    found = set[str]()
    for shown in ("pekerjaan_umum", "perumahan_rakyat"):
        page = f"{sheet}?urusan={shown}"
        fields = first_form((await http.get(page)).text).hidden
        refused = await http.post(f"{sheet}/serahkan?urusan={shown}", fields)
        assert (refused.status_code, leading_nowhere(refused.text)) == (422, [])
        summary = refused.text.partition('id="kesalahan"')[2].partition("</section>")[0]
        (link,) = re.findall('<a href="([^"]*)">', summary)
        where, _hash, at = link.partition("#")
        assert f'id="{at}"' in ((await http.get(where)).text if where else refused.text)
        found.add(at)
    return found
