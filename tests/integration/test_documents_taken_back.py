"""An endorsement that is taken back before a copy is printed: the report is out of every dispatch, waits
again, and of printing and taking back at once exactly one is let through.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import Response

from shared.contracts.verification import EndorsementWithdrawn
from tests.integration.documents_room import CYCLE, ENDORSEMENT, REPORT, DocumentsRoom, documents_room
from tests.support.applications import visiting
from tests.support.events import made
from tests.support.parts import PostgresPart

PATH = f"/cycles/{CYCLE}/documents/laporan"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[DocumentsRoom]:
    async with documents_room(postgres.fresh_database("taken_back")) as opened:
        await opened.hear_of_cycle()
        yield opened


async def take_back(room: DocumentsRoom, digest: str, by: str = "kurnia") -> Response:
    return await room.tell(by, f"{PATH}/withdrawal", {"digest": digest, "reason": "Tabel 3 keliru."})


async def test_who_endorsed_takes_it_back_and_the_report_waits_again(room: DocumentsRoom) -> None:
    digest = await room.hear_ready_to_send()
    assert (await take_back(room, digest)).status_code == 200
    async with visiting(room.app, "kurnia") as kurnia:
        page = await kurnia.get(f"/dokumen/{CYCLE}/laporan")
    assert "Tabel 3 keliru." in page.text
    assert f"/dokumen/{CYCLE}/laporan/tarik" not in page.text
    said = {"document": REPORT, "digest": digest, "by": "kurnia", "reason": "Tabel 3 keliru."}
    await room.hear(made(EndorsementWithdrawn, **said), ENDORSEMENT)
    shown = await room.document("laporan")
    assert (shown["state"], shown["settled_digest"], shown["endorsed_by"]) == ("asked", None, None)
    kinds = {item["document"] for item in (await room.dispatch("gubernur"))["items"]}
    assert "laporan" not in kinds


async def test_somebody_else_and_what_is_printed_are_refused(room: DocumentsRoom) -> None:
    digest = await room.hear_drafted_and_endorsed()
    for person in ("rahmat", "kurnia"):
        async with visiting(room.app, person) as visitor:
            page = await visitor.get(f"/dokumen/{CYCLE}/laporan")
        assert (f"/dokumen/{CYCLE}/laporan/tarik" in page.text) == (person == "kurnia")
    refused = await take_back(room, digest, "rahmat")
    assert refused.json()["type"] == "urn:jejak:problem:other-endorser"
    await room.tell("rahmat", f"{PATH}/copies", {"digest": digest, "copies": 5})
    assert (await take_back(room, digest)).json()["type"] == "urn:jejak:problem:already-printed"


async def test_of_printing_and_taking_back_at_once_exactly_one_is_let_through(room: DocumentsRoom) -> None:
    digest = await room.hear_drafted_and_endorsed()
    copies = room.tell("rahmat", f"{PATH}/copies", {"digest": digest, "copies": 5})
    answers = await asyncio.gather(*(take_back(room, digest) for _ in range(3)), copies)
    codes = [answer.status_code for answer in answers]
    assert (200 in codes[:3]) != (codes[3] == 200), codes
    assert codes.count(200) == 1, codes
