"""A thread beside a figure: asked on the page of the verifier, answered on that of the agency, seen by nobody
else.
"""

from collections.abc import AsyncIterator

import pytest

from tests.support.applications import visiting
from tests.support.parts import PostgresPart
from tests.support.verification_room import VerificationRoom, case, verification_room

PATH, API = f"/verifikasi/{case('dinkes')}", f"/verifications/{case('dinkes')}"
CELL = {"service": "kes.ibu_hamil", "field": "served"}
EVIL = "<script>alert(1)</script> Sumber angka ini?"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("talk")) as opened:
        await opened.hear_of_cycle("dinkes", "dinsos")
        await opened.hear_handed_in("dinkes", "sri")
        yield opened


async def test_a_question_is_answered_beside_its_figure_and_then_settled(room: VerificationRoom) -> None:
    asked = await room.tell("wulan", f"{API}/questions", {**CELL, "text": EVIL})
    assert asked.status_code == 200
    async with visiting(room.app, "sri") as sri:
        page = await sri.get(PATH)
    assert f'formaction="{PATH}/jawab"' in page.text
    assert f'formaction="{PATH}/tanya"' not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    answered = await room.tell("sri", f"{API}/answers", {**CELL, "text": "Kohort puskesmas."})
    assert answered.status_code == 200
    refused = await room.approve("dinkes", room.handed_in["dinkes"])
    assert refused.json()["type"] == "urn:jejak:problem:questions-open"
    async with visiting(room.app, "wulan") as wulan:
        page = await wulan.get(PATH)
    assert "Kohort puskesmas." in page.text
    assert f'formaction="{PATH}/selesai"' in page.text
    assert (await room.tell("wulan", f"{API}/settlements", CELL)).status_code == 200
    assert (await room.approve("dinkes", room.handed_in["dinkes"])).status_code == 200


@pytest.mark.parametrize(
    ("who", "act", "said"),
    [
        ("tono", "answers", {**CELL, "text": "Bukan milik saya."}),
        ("tono", "questions", {**CELL, "text": "?"}),
        ("sri", "questions", {**CELL, "text": "?"}),
        ("wulan", "answers", {**CELL, "text": "?"}),
        ("sri", "settlements", CELL),
    ],
)
async def test_nobody_speaks_for_the_other_side(
    room: VerificationRoom, who: str, act: str, said: dict[str, str]
) -> None:
    await room.tell("wulan", f"{API}/questions", {**CELL, "text": "Sumber angka ini?"})
    assert (await room.tell(who, f"{API}/{act}", said)).status_code in {403, 404}
    assert (await room.ask("tono", API)).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {**CELL, "text": "x" * 1_000_000},
        {**CELL, "text": ""},
        {**CELL, "service": "kes.tak_ada", "text": "?"},
        {**CELL, "field": "quality.tak_ada", "text": "?"},
        {**CELL, "text": "a\u202eb"},
    ],
)
async def test_what_is_no_question_about_a_cell_is_refused_with_a_sentence(
    room: VerificationRoom, said: dict[str, str]
) -> None:
    refused = await room.tell("wulan", f"{API}/questions", said)
    assert refused.status_code in {413, 422}
    assert refused.json()["detail"]
    assert (await room.ask("wulan", API)).json()["version"] == 1
