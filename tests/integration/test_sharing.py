"""Tim SPM shares out what waits: who looks after what, how much each has, and what two do at once. Whoever
was not named may still check.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response

from services.verification.checking import queries
from services.verification.sharing.queries import to_share
from shared.access.permissions import Viewer
from shared.contracts.values import Explanation
from tests.support.applications import Browser, visiting
from tests.support.forms import posted
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    FIGURES,
    VerificationRoom,
    case,
    received,
    submission,
    verification_room,
)

PAGE = f"/verifikasi/pembagian?siklus={CYCLE}"
TICKED = re.compile(r'name="pilihan" value="([^"]+)"')
SAID = Explanation(
    service="kes.balita",
    rule="R09",
    field="entitled",
    sentence="Berhak {now}, tahun lalu {before}: berubah lebih dari {most} %.",
    facts={"now": "12000", "before": "9000", "most": "20"},
    text="Data baru.",
    by="sri",
)
EVERYBODY = Viewer(
    person="wulan", name="", region="3402", agency="tapem", agency_name="", offices=(), reach=None
)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("sharing")) as opened:
        await opened.hear_of_cycle("dinkes", "dinsos", "bpbd")
        for agency in ("dinkes", "dinsos"):
            await opened.hear_handed_in(agency, "sri")
        yield opened


async def assign(room: VerificationRoom, who: str, agency: str, assignee: str, **headers: str) -> Response:
    path = f"/verifications/{case(agency)}/assignment"
    return await room.tell(who, path, {"assignee": assignee}, **headers)


async def shared_out(browser: Browser, assignee: str, *ticked: str) -> Response:
    page = await browser.get(PAGE)
    form = next(one for one in posted(page.text, PAGE) if one.action == "/verifikasi/pembagian")
    said = dict(form.filled({"assignee": assignee}))
    return await browser.http.post(form.action, data={**said, "pilihan": list(ticked)})


async def queued(room: VerificationRoom, who: str = "wulan") -> dict[str, Any]:
    found = (await room.ask(who, f"/verifications?cycle={CYCLE}")).json()["items"]
    return {row["agency"]: row for row in found}


async def loads(room: VerificationRoom) -> dict[str, tuple[int, int]]:
    found = (await room.ask("ina", f"/workload?cycle={CYCLE}")).json()
    return {one["assignee"]: (one["waiting"], one["ahead"]) for one in found}


async def test_what_waits_is_shared_out_on_the_page_and_checked_by_anybody(room: VerificationRoom) -> None:
    async with visiting(room.app, "wulan") as wulan:
        offered = TICKED.findall((await wulan.get(PAGE)).text)
        assert set(offered) == {f"{case(one)}@0" for one in ("dinkes", "dinsos", "bpbd")}
        mine = [one for one in offered if "bpbd" not in one]
        assert (await shared_out(wulan, "yuni", *mine)).headers["location"] == PAGE
        assert (await shared_out(wulan, "wulan", f"{case('bpbd')}@0")).status_code == 303
        assert f"{case('dinkes')}@1" in TICKED.findall((await wulan.get(PAGE)).text)
        assert "petugas Yuni Astuti" in (await wulan.get(f"/verifikasi/{case('dinkes')}")).text
        own = (await wulan.get(f"/verifikasi?siklus={CYCLE}&petugas=wulan")).text
        assert "Hanya tugas saya" in own
        assert case("dinkes") not in own
        nobody = (await wulan.get(f"/verifikasi?siklus={CYCLE}&petugas=-")).text
        assert "Tidak ada isian" in nobody
    assert {agency: row["assignee"] for agency, row in (await queued(room)).items()} == {
        "dinkes": "yuni",
        "dinsos": "yuni",
        "bpbd": "wulan",
    }
    assert await loads(room) == {"wulan": (0, 1), "yuni": (2, 0), "zaki": (0, 0), "": (0, 0)}
    assert (await room.approve("dinkes", room.handed_in["dinkes"], "zaki")).status_code == 200
    assert (await loads(room))["yuni"] == (1, 0)
    assert (await assign(room, "wulan", "dinkes", "zaki")).status_code == 404


async def test_who_looks_sees_and_only_the_team_shares_out(room: VerificationRoom) -> None:
    for person in ("budi", "ina"):
        async with visiting(room.app, person) as browser:
            page = await browser.get(PAGE)
            assert page.status_code == 200
            assert not TICKED.findall(page.text)
        assert (await assign(room, person, "dinkes", "yuni")).status_code == 403
    assert (await assign(room, "sri", "dinkes", "yuni")).status_code == 403
    assert (await room.ask("sri", f"/workload?cycle={CYCLE}")).status_code == 403


@pytest.mark.parametrize(
    ("assignee", "code"),
    [("sri", "assignee-outside-team"), ("budi", "assignee-outside-team"), ("zaki", "R17")],
)
async def test_it_is_given_to_nobody_who_could_not_check(
    room: VerificationRoom, assignee: str, code: str
) -> None:
    await room.hear_handed_in("dinkes", "zaki", 2)
    refused = await assign(room, "wulan", "dinkes", assignee)
    assert refused.json()["type"] == f"urn:jejak:problem:{code}"
    async with visiting(room.app, "wulan") as wulan:
        answer = await shared_out(wulan, assignee, f"{case('dinkes')}@0", f"{case('dinsos')}@0")
    assert answer.status_code == 422
    assert "Dinas Kesehatan: " in answer.text
    assert (await queued(room))["dinsos"]["assignee"] == ("zaki" if assignee == "zaki" else None)


async def test_of_two_who_share_out_at_once_the_second_is_told(room: VerificationRoom) -> None:
    async with visiting(room.app, "wulan") as wulan, visiting(room.app, "zaki") as zaki:
        ticked = f"{case('dinkes')}@0"
        answers = await asyncio.gather(shared_out(wulan, "wulan", ticked), shared_out(zaki, "zaki", ticked))
    assert sorted(one.status_code for one in answers) == [303, 422]
    late = next(one for one in answers if one.status_code == 422)
    assert "baru saja ditugaskan kepada orang lain" in late.text
    assert (await queued(room))["dinkes"]["assignee"] in {"wulan", "zaki"}


@pytest.mark.parametrize(
    "ticked", ["3404-2026-dinkes-tahunan@0", "3402-2025-dinkes-tahunan@0", "3402-2026-tak_ada-tahunan@0", "'"]
)
async def test_nothing_is_given_beside_what_is_not_there(room: VerificationRoom, ticked: str) -> None:
    async with visiting(room.app, "wulan") as wulan:
        assert (await shared_out(wulan, "yuni", f"{case('dinkes')}@0", ticked)).status_code == 404
    assert (await queued(room))["dinkes"]["assignee"] is None


@pytest.mark.parametrize("times", ["", "x", "9" * 400, "\u0663", "-1"])
async def test_what_was_never_seen_is_given_to_nobody(room: VerificationRoom, times: str) -> None:
    async with visiting(room.app, "wulan") as wulan:
        answer = await shared_out(wulan, "yuni", f"{case('dinkes')}@{times}")
    assert answer.status_code == 422
    assert (await queued(room))["dinkes"]["assignee"] is None


async def test_who_is_of_the_team_no_more_looks_after_nothing(room: VerificationRoom) -> None:
    assert (await assign(room, "wulan", "dinkes", "yuni")).status_code == 200
    async with room.running.pool.connection() as conn:
        left = {row["agency"]: row for row in await queries.queue(conn, EVERYBODY, CYCLE, ["wulan"])}
        assert left["dinkes"]["assignee"] is None
        free = await queries.queue(conn, EVERYBODY, CYCLE, ["wulan"], whose=queries.NOBODY)
        assert {row["agency"] for row in free} == {"dinkes", "dinsos", "bpbd"}
        assert await queries.queue(conn, EVERYBODY, CYCLE, ["wulan"], whose="yuni") == []
        rows = {row["agency"]: row for row in await to_share(conn, EVERYBODY, CYCLE, ["wulan"])}
        stream = f"verification-{case('dinkes')}"
        for team, assignee in {("wulan",): None, ("wulan", "yuni"): "yuni"}.items():
            found = await queries.reviewed(conn, EVERYBODY, stream, team)
            assert found
            assert found.case["assignee"] == assignee, "the page of one, as the queue"
    assert (rows["dinkes"]["assignee"], rows["dinkes"]["times"]) == (None, 1)


async def test_the_queue_says_by_level_what_the_rules_found(room: VerificationRoom) -> None:
    """What stops the approval, what was explained and what is only told; nothing about what is not there."""
    full = {name: replace(FIGURES["kes.balita"], served=12_000) for name in ("kes.ibu_hamil", "kes.balita")}
    event = received("bpbd", "sri", 1, full)
    await room.hear(replace(event, evidence=event.evidence[:1], explanations=(SAID,)), submission("bpbd"))
    pages = {}
    for person in ("wulan", "budi", "ina"):
        pages[person] = (await room.page(person, f"/verifikasi?siklus={CYCLE}")).text
        for words in (
            "1 temuan menghalangi persetujuan",
            "1 peringatan, sudah dijelaskan",
            "1 pemberitahuan",
        ):
            assert pages[person].count(words) == 1, (person, words)
        assert f"/temuan?siklus={CYCLE}&amp;opd=bpbd" in pages[person]
    only = (await room.page("wulan", f"/verifikasi?siklus={CYCLE}&keadaan=nothing")).text
    assert "menghalangi" not in only
    assert (await room.page("sri", f"/verifikasi?siklus={CYCLE}")).status_code == 403
    await room.hear_handed_in("bpbd", "sri", 2)
    later = (await room.page("wulan", f"/verifikasi?siklus={CYCLE}")).text
    assert "peringatan, sudah dijelaskan" not in later, "another revision is looked at anew"
