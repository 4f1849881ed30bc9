"""Single figures are accepted on the page, and several submissions are approved at once: each by itself."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response

from services.verification.queue import found, ready
from shared.eventsourcing.sql import Connection
from shared.spm.digest import digest
from tests.support.applications import Browser, visiting
from tests.support.forms import first_form, posted
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    VerificationRoom,
    case,
    received,
    submission,
    verification_room,
)

QUEUE = f"/verifikasi?siklus={CYCLE}"
TICKED = re.compile(r'name="pilihan" value="([^"]+)"')


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("acceptance")) as opened:
        await opened.hear_of_cycle("dinkes", "dinsos", "bpbd")
        for agency in ("dinkes", "dinsos", "bpbd"):
            await opened.hear_handed_in(agency, "sri")
        yield opened


async def ask_about(room: VerificationRoom, agency: str) -> None:
    said = {"service": "kes.ibu_hamil", "field": "served", "text": "Sumber angka ini?"}
    assert (await room.tell("wulan", f"/verifications/{case(agency)}/questions", said)).status_code == 200


async def approve(browser: Browser, *ticked: str) -> Response:
    page = await browser.get(QUEUE)
    form = next(one for one in posted(page.text, QUEUE) if one.action == "/verifikasi/setujui")
    said = dict(form.filled({"disetujui_pada": "16/2/2026"}))
    return await browser.http.post(form.action, data={**said, "pilihan": list(ticked)})


def accepting(page: str, path: str) -> dict[str, dict[str, str]]:
    """What the buttons that accept a figure send, by its service."""
    buttons = re.findall(f'formaction="{path}/terima" name="utas" value="([^"]+):"', page)
    return {service: {**first_form(page).hidden, "utas": f"{service}:"} for service in buttons}


async def statuses(room: VerificationRoom) -> dict[str, str]:
    found = (await room.ask("wulan", f"/verifications?cycle={CYCLE}")).json()["items"]
    return {row["agency"]: row["status"] for row in found}


async def test_a_figure_is_accepted_until_somebody_asks_about_it(room: VerificationRoom) -> None:
    path = f"/verifikasi/{case('dinkes')}"
    async with visiting(room.app, "wulan") as wulan:
        page = await wulan.get(path)
        offered = accepting(page.text, path)
        assert len(offered) == page.text.count('<section class="panel service')
        answer = await wulan.http.post(f"{path}/terima", data=offered["kes.ibu_hamil"])
        assert answer.headers["location"] == path
        page = await wulan.get(path)
        assert accepting(page.text, path).keys() == offered.keys() - {"kes.ibu_hamil"}
        assert page.text.count(" data-accepted ") == 1
        await ask_about(room, "dinkes")
        page = await wulan.get(path)
        assert page.text.count(" data-accepted ") == 0
        assert accepting(page.text, path).keys() == offered.keys() - {"kes.ibu_hamil"}
        late = {**offered["kes.ibu_hamil"], "_command": "baru"}
        refused = await wulan.http.post(f"{path}/terima", data=late)
        assert refused.status_code == 422
        assert "berubah sejak Anda membukanya" in refused.text
    said = {"service": "kes.ibu_hamil", "digest": room.handed_in["dinkes"]}
    refused = await room.tell("wulan", f"/verifications/{case('dinkes')}/acceptances", said)
    assert refused.json()["type"] == "urn:jejak:problem:figure-questioned"
    async with visiting(room.app, "sri") as sri:
        assert f"{path}/terima" not in (await sri.get(path)).text


async def test_only_where_nothing_is_open_several_are_offered(room: VerificationRoom) -> None:
    await ask_about(room, "dinkes")
    async with visiting(room.app, "wulan") as wulan:
        offered = TICKED.findall((await wulan.get(QUEUE)).text)
    assert {one.partition("@")[0] for one in offered} == {case("dinsos"), case("bpbd")}
    async with visiting(room.app, "budi") as budi:
        assert not TICKED.findall((await budi.get(QUEUE)).text)


async def test_each_is_decided_by_itself(room: VerificationRoom) -> None:
    """One that somebody asks about in the meantime stays, with its reason; the others are approved."""
    async with visiting(room.app, "wulan") as wulan:
        offered = TICKED.findall((await wulan.get(QUEUE)).text)
        assert len(offered) == 3
        await ask_about(room, "dinsos")
        answer = await approve(wulan, *offered)
        assert answer.status_code == 422
        assert "1 pertanyaan belum selesai" in answer.text
        assert await statuses(room) == {"dinkes": "approved", "dinsos": "waiting", "bpbd": "approved"}


@pytest.mark.parametrize("digest", ["b" * 64, "", "x" * 3_000, "\u0663"])
async def test_only_what_was_seen_is_approved(room: VerificationRoom, digest: str) -> None:
    async with visiting(room.app, "wulan") as wulan:
        answer = await approve(wulan, f"{case('dinkes')}@{digest}")
        assert answer.status_code == 422
        assert "Dinas Kesehatan" in answer.text
    assert set((await statuses(room)).values()) == {"waiting"}


@pytest.mark.parametrize(
    "ticked", ["3402-2026-tak_ada-tahunan", "3404-2026-dinkes-tahunan", "3402-2025-dinkes-tahunan", "x", "'"]
)
async def test_nothing_is_approved_beside_what_is_not_there(room: VerificationRoom, ticked: str) -> None:
    async with visiting(room.app, "wulan") as wulan:
        sound = TICKED.findall((await wulan.get(QUEUE)).text)
        assert (await approve(wulan, *sound, f"{ticked}@{'a' * 64}")).status_code == 404
    assert set((await statuses(room)).values()) == {"waiting"}


async def test_nothing_ticked_is_said_beside_the_field(room: VerificationRoom) -> None:
    async with visiting(room.app, "wulan") as wulan:
        answer = await approve(wulan)
    assert answer.status_code == 422
    assert 'id="pilihan-salah"' in answer.text


async def test_who_had_a_hand_in_it_approves_none(room: VerificationRoom) -> None:
    await room.hear_handed_in("dinsos", "wulan", 2)
    async with visiting(room.app, "wulan") as wulan:
        offered = TICKED.findall((await wulan.get(QUEUE)).text)
        assert case("dinsos") not in {one.partition("@")[0] for one in offered}
        digest = room.handed_in["dinsos"]
        answer = await approve(wulan, f"{case('dinsos')}@{digest}")
    assert "verifikasi harus dilakukan orang lain" in answer.text
    assert (await statuses(room))["dinsos"] == "waiting"


async def test_what_is_decided_while_the_queue_is_read_is_left_out(
    room: VerificationRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, decided = ready.fetch, list[str]()

    async def then_decided(conn: Connection, statement: Any) -> list[dict[str, Any]]:
        rows = await fetch(conn, statement)
        if not decided and rows and "explanations" in rows[0]:
            decided.append("dinkes")
            await conn.execute(b"UPDATE verification SET status = 'approved' WHERE agency = 'dinkes'")
        return rows

    monkeypatch.setattr(ready, "fetch", then_decided)
    async with visiting(room.app, "wulan") as wulan:
        page = await wulan.get(QUEUE)
    assert page.status_code == 200
    assert decided == ["dinkes"]
    offered = {one.partition("@")[0] for one in TICKED.findall(page.text)}
    assert offered == {case("dinsos"), case("bpbd")}


@pytest.mark.parametrize("most", [found.MOST_KEPT, 0])
async def test_each_revision_is_looked_at_for_its_own_evidence(
    room: VerificationRoom, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whether numbers have their evidence is read once a revision, as long as not too many are kept."""
    monkeypatch.setattr(found, "MOST_KEPT", most)
    for revision, evidence in ((2, False), (3, True)):
        await room.hear_taken_back("dinkes", "sri", revision - 1)
        event = received("dinkes", "sri", revision)
        if not evidence:
            event = replace(event, evidence=(), digest=digest(event.figures, (), revision))
        await room.hear(event, submission("dinkes"))
        for _again in range(2):
            async with visiting(room.app, "wulan") as wulan:
                page = await wulan.get(QUEUE)
            offered = {one.partition("@")[0] for one in TICKED.findall(page.text)}
            assert (case("dinkes") in offered, case("dinsos") in offered) == (evidence, True)
            rows = (await room.ask("wulan", f"/verifications?cycle={CYCLE}")).json()["items"]
            stops = {row["agency"]: row["levels"] and row["levels"]["block"] > 0 for row in rows}
            assert (stops["dinkes"], stops["dinsos"]) == (not evidence, False), "the same in JSON"
