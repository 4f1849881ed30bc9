"""The findings of a cycle in one list: filtered at the source, leading to their cells, given to somebody and
resolved, taken along as sheets that reckon with nothing.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.demo.stage import OFFICERS
from tests.support.applications import visiting
from tests.support.events import CYCLE
from tests.support.intake_room import IntakeRoom, figure_body, fill, intake_room, to_step_7
from tests.support.parts import PostgresPart

SERVICE = "kes.odgj_berat"
OURS, THEIRS = "dinkes", "satpolpp"
CASE = f"{CYCLE}-{OURS}-tahunan"
LIST = f"/findings?cycle={CYCLE}"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("findings")) as made:
        await to_step_7(made)
        for agency in (OURS, THEIRS):
            await fill(made, agency)
        overspent = figure_body(SERVICE) | {"budget": 100, "realised": 18_000_000, "origin": "=1+1"}
        await made.give("PUT", f"/submissions/{CASE}/figures/{SERVICE}", OFFICERS[OURS], overspent)
        yield made


async def items(room: IntakeRoom, person: str = "tari", more: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await room.give("GET", LIST + more, person))["items"]
    return found


async def test_all_rules_over_all_agencies_those_that_stop_first(room: IntakeRoom) -> None:
    every = await items(room)
    assert {one["agency"] for one in every} >= {OURS, THEIRS}
    assert every[0]["level"] == "block"
    assert {one["rule"] for one in every} >= {"R05", "R07"}
    assert await items(room, more="&rule=R05") == [one for one in every if one["rule"] == "R05"]
    assert {one["agency"] for one in await items(room, more=f"&agency={THEIRS}")} == {THEIRS}


async def test_an_agency_sees_its_own_only(room: IntakeRoom) -> None:
    for path in (LIST, f"{LIST}&agency={OURS}"):
        answer = await room.ask(OFFICERS[THEIRS], path)
        assert OURS not in answer.text
    for path in (f"/temuan?siklus={CYCLE}", f"/temuan/ekspor.csv?siklus={CYCLE}"):
        page = await room.page(OFFICERS[THEIRS], path)
        assert (page.status_code, "Dinas Kesehatan" in page.text) == (200, False)
    assert (await room.page(OFFICERS[THEIRS], f"/temuan/{CASE}")).status_code == 404
    said = {"finding": (await items(room))[0]["finding"], "assignee": "tari"}
    answer = await room.tell(OFFICERS[OURS], f"/submissions/{CASE}/findings/assignment", said)
    assert answer.status_code == 403


async def test_pages_come_one_after_the_other(room: IntakeRoom) -> None:
    every, found, after = await items(room, more="&limit=200"), list[str](), ""
    while True:
        page = await room.give("GET", f"{LIST}&limit=3{after}", "tari")
        found += [one["finding"] + one["case"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == [one["finding"] + one["case"] for one in every]


async def test_a_finding_is_given_resolved_and_another_one_with_other_figures(room: IntakeRoom) -> None:
    (one,) = await items(room, more="&rule=R05")
    path, name = f"/submissions/{CASE}/findings", {"finding": one["finding"]}
    assert (await room.tell("hesti", f"{path}/assignment", name | {"assignee": "sri"})).status_code == 422
    assert (
        await room.tell("hesti", f"{path}/assignment", {"finding": "0" * 16, "assignee": "tari"})
    ).status_code == 422
    await room.give("POST", f"{path}/assignment", "hesti", name | {"assignee": "tari"})
    assert (await items(room, more="&rule=R05&assignee=tari"))[0]["finding"] == one["finding"]
    answers = await asyncio.gather(
        *(room.tell(by, f"{path}/resolution", name | {"text": by}) for by in ("tari", "yoga"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert (await items(room, more="&rule=R05"))[0]["state"] == "resolved"
    other = figure_body(SERVICE) | {"budget": 100, "realised": 17_000_000}
    await room.give("PUT", f"/submissions/{CASE}/figures/{SERVICE}", OFFICERS[OURS], other)
    (another,) = await items(room, more="&rule=R05")
    assert (another["state"], another["finding"] == one["finding"]) == ("stops", False)


async def test_an_explanation_and_a_threshold_show_at_once(room: IntakeRoom) -> None:
    figure = figure_body(SERVICE) | {"budget": 100, "realised": 105}
    await room.give("PUT", f"/submissions/{CASE}/figures/{SERVICE}", OFFICERS[OURS], figure)
    (one,) = await items(room, more="&rule=R05")
    assert (one["level"], one["state"]) == ("warn", "open")
    said = {"service": SERVICE, "rule": "R05", "field": "realised", "text": "Pergeseran."}
    await room.give("POST", f"/submissions/{CASE}/explanations", OFFICERS[OURS], said)
    (one,) = await items(room, more="&rule=R05")
    assert (one["explanation"], one["state"]) == ("Pergeseran.", "explained")
    threshold = {"threshold": "overspent", "limit": 104, "valid_from": "2027-01-18", "source": "Notula"}
    await room.give("POST", "/rules/thresholds", "hesti", threshold)
    assert (await items(room, more="&rule=R05"))[0]["level"] == "block"


async def test_the_forms_of_the_page(room: IntakeRoom) -> None:
    (one,) = await items(room, more="&rule=R05")
    page = await room.page("tari", f"/temuan?siklus={CYCLE}&aturan=R05")
    assert f"/temuan/{CASE}?temuan={one['finding']}" in page.text
    async with visiting(room.app, "tari") as browser:
        at = f"/temuan/{CASE}?temuan={one['finding']}"
        sent = await browser.send(at, f"/temuan/{CASE}/tugaskan", finding=one["finding"], assignee="tari")
        assert sent.status_code == 303
        sent = await browser.send(at, f"/temuan/{CASE}/selesai", about=one["finding"], resolution="")
        assert (sent.status_code, "resolution-salah" in sent.text) == (422, True)
        sent = await browser.send(
            at, f"/temuan/{CASE}/selesai", about=one["finding"], resolution="x" * 1_000_000
        )
        assert sent.status_code in {413, 422}
        sent = await browser.send(at, f"/temuan/{CASE}/selesai", about=one["finding"], resolution="=Cocok")
        assert sent.status_code == 303
    assert (await items(room, more="&rule=R05"))[0]["resolution"] == "=Cocok"


async def test_a_sheet_to_take_along_reckons_with_nothing(room: IntakeRoom) -> None:
    (one,) = await items(room, more="&rule=R05")
    said = {"finding": one["finding"], "text": "=HYPERLINK(1)"}
    await room.give("POST", f"/submissions/{CASE}/findings/resolution", "tari", said)
    answer = await room.page("tari", f"/temuan/ekspor.csv?siklus={CYCLE}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(await items(room, more="&limit=200")) + 1
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    answer = await room.page("tari", f"/temuan/ekspor.xlsx?siklus={CYCLE}")
    assert answer.content[:2] == b"PK"
