"""Two agencies that count the same children: each is asked about its own figure, who may see both sees both,
and nobody finds the figure of another agency on any page, in any answer or event of the own.
"""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from deploy.demo.stage import OFFICERS
from services.intake.domain.submission_commands import OpenSubmission
from shared.eventsourcing import store
from tests.support.events import CYCLE
from tests.support.intake_room import IntakeRoom, figure_body, fill, hand_in_again, intake_room, to_step_7
from tests.support.parts import PostgresPart

HEALTH, SCHOOL = "dinkes", "disdikpora"
CHILDREN, PUPILS = "kes.usia_dikdas", "pend.dasar"
NUMBERS = {HEALTH: 5541, SCHOOL: 4987}
"""More children of school age than children: both can't be."""
LIST = f"/findings?cycle={CYCLE}&rule="


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("neighbours")) as made:
        await to_step_7(made, HEALTH, SCHOOL)
        for agency in (HEALTH, SCHOOL):
            await fill(made, agency)
        pupils = figure_body(PUPILS) | {"entitled": NUMBERS[SCHOOL], "served": 4001}
        await made.give("PUT", f"{path(SCHOOL)}/figures/{PUPILS}", OFFICERS[SCHOOL], pupils)
        yield made


def path(agency: str) -> str:
    return f"/submissions/{CYCLE}-{agency}-tahunan"


async def found(room: IntakeRoom, person: str, rule: str = "R11") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await room.give("GET", LIST + rule, person))["items"]
    return items


async def explain(room: IntakeRoom, agency: str, service: str) -> None:
    said = {"service": service, "rule": "R11", "field": "neighbours", "text": "Sasaran skrining."}
    await room.give("POST", f"{path(agency)}/explanations", OFFICERS[agency], said)


async def told(room: IntakeRoom, person: str, agency: str) -> str:
    """All that a person is told of a submission, whatever way is asked."""
    case = f"{CYCLE}-{agency}-tahunan"
    pages = (f"/isian/{case}?urusan=kesehatan", f"/isian/{case}?urusan=pendidikan", f"/temuan/{case}", "/")
    answers = [await room.ask(person, one) for one in (LIST, path(agency))]
    answers += [await room.page(person, one) for one in (*pages, f"/temuan?siklus={CYCLE}")]
    answers.append(await room.page(person, f"/temuan/ekspor.csv?siklus={CYCLE}"))
    sheet = await room.page(person, f"/temuan/ekspor.xlsx?siklus={CYCLE}")
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as packed:
        cells = [packed.read(name).decode() for name in packed.namelist()]
    assert {answer.status_code for answer in (*answers, sheet)} == {200}
    every = [*(answer.text for answer in answers), *cells]
    return "\n".join(every)


def says(text: str, number: int) -> bool:
    """However a number is written."""
    return bool(re.search(rf"\b{number // 1000}[.,\s]?{number % 1000:03}\b", text))


async def test_each_agency_is_asked_and_only_the_team_sees_both_figures(room: IntakeRoom) -> None:
    assert await found(room, "tari") == [], "a draft is nobody's ground"
    await hand_in_again(room, SCHOOL)
    seen = (await room.give("GET", path(HEALTH), OFFICERS[HEALTH]))["next_digest"]
    said = {"digest": seen, "occurred_on": "2027-01-18"}
    refused = await room.tell(OFFICERS[HEALTH], f"{path(HEALTH)}/hand-in", said)
    assert refused.json()["type"] == "urn:jejak:problem:explanation-missing"
    (own,) = await found(room, OFFICERS[HEALTH])
    assert (own["service"], own["field"], own["level"], own["state"]) == (
        CHILDREN,
        "neighbours",
        "warn",
        "open",
    )
    assert not says(await told(room, OFFICERS[HEALTH], HEALTH) + refused.text, NUMBERS[SCHOOL])
    await explain(room, HEALTH, CHILDREN)
    await hand_in_again(room, HEALTH)
    assert not says(await told(room, OFFICERS[HEALTH], HEALTH), NUMBERS[SCHOOL])
    assert not says(await told(room, OFFICERS[SCHOOL], SCHOOL), NUMBERS[HEALTH])
    for person in ("tari", "hesti"):
        both = await found(room, person)
        assert [(one["service"], one["state"]) for one in both] == [(CHILDREN, "explained"), (PUPILS, "open")]
        assert all(says(one["sentence"], number) for one in both for number in NUMBERS.values())
        text = await told(room, person, HEALTH)
        assert "Dinas Pendidikan, Kepemudaan dan Olahraga menyerahkan 4.987 pada Pendidikan dasar." in text
    await nothing_recorded_names_it(room)


async def nothing_recorded_names_it(room: IntakeRoom) -> None:
    """In an explanation, what is handed in, and what the team does with the finding."""
    for one in await found(room, "tari"):
        said = {"finding": one["finding"], "assignee": "tari"}
        where = f"/submissions/{one['case']}/findings"
        await room.give("POST", f"{where}/assignment", "tari", said)
        await room.give("POST", f"{where}/resolution", "tari", {"finding": one["finding"], "text": "Cocok."})
    assert {one["state"] for one in await found(room, "tari")} == {"resolved"}
    streams = [f"{kind}-{CYCLE}-{HEALTH}-tahunan" for kind in ("submission", "finding")]
    async with room.running.pool.connection() as conn:
        events = await store.events_of(conn, "intake", streams)
    assert all(events[stream] for stream in streams)
    assert not [one for said in events.values() for one in said if says(repr(one), NUMBERS[SCHOOL])]


async def test_what_was_explained_holds_whatever_the_other_agency_mends(room: IntakeRoom) -> None:
    await hand_in_again(room, SCHOOL)
    await explain(room, HEALTH, CHILDREN)
    await hand_in_again(room, HEALTH)
    said = {"reason": "Salah ketik.", "occurred_on": "2027-01-18"}
    await room.give("POST", f"{path(SCHOOL)}/taking-back", OFFICERS[SCHOOL], said)
    (left,) = await found(room, "tari")
    assert (left["service"], left["state"]) == (PUPILS, "open"), "against what still lies with Tim SPM"
    pupils = figure_body(PUPILS) | {"entitled": 5002, "served": 4001}
    await room.give("PUT", f"{path(SCHOOL)}/figures/{PUPILS}", OFFICERS[SCHOOL], pupils)
    await explain(room, SCHOOL, PUPILS)
    await hand_in_again(room, SCHOOL)
    of_health, of_school = await found(room, "tari")
    assert (of_health["state"], of_school["state"]) == ("explained", "explained")
    assert says(of_health["sentence"], 5002), "the list says what lies with Tim SPM now"
    assert not says(of_health["sentence"], NUMBERS[SCHOOL])


async def test_a_quarter_before_is_the_ground_of_the_year(room: IntakeRoom) -> None:
    """No step of the SOP opens one by itself; where a cycle has one, the year takes nothing of it back."""
    stream = f"submission-{CYCLE}-{HEALTH}-tw4"
    said: dict[str, Any] = {
        "cycle": CYCLE,
        "catalogue": 1,
        "agency": HEALTH,
        "agency_name": "Dinas Kesehatan",
    }
    opened = OpenSubmission(**said, period="tw4", services=(CHILDREN,), occurred_on=date(2027, 1, 5))
    await room.order(stream, opened)
    figure = figure_body(CHILDREN)
    before = figure | {"served": figure["served"] + 1}
    where = f"/submissions/{CYCLE}-{HEALTH}-tw4/figures/{CHILDREN}"
    for body, cells in ((before, ["served"]), (figure, []), (figure | {"served": 1}, [])):
        await room.give("PUT", where, OFFICERS[HEALTH], body)
        year = await found(room, "tari", "R08")
        assert [(one["service"], one["field"]) for one in year] == [(CHILDREN, cell) for cell in cells]
        sheet = await room.give("GET", path(HEALTH), OFFICERS[HEALTH])
        rules = [one["rule"] for one in sheet["figures"][CHILDREN]["findings"]]
        assert rules.count("R08") == len(cells), "the officer is asked what the team sees"
