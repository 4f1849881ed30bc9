"""An approval that is taken back: by who gave it, until the report is endorsed, and when both are tried at
once, exactly one of them is let through.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import Response

from shared.contracts.documents import SettlementWithdrawn
from tests.support.applications import visiting
from tests.support.events import made
from tests.support.parts import PostgresPart
from tests.support.verification_room import CYCLE, REPORT, VerificationRoom, case, verification_room

PATH = f"/verifications/{case('dinkes')}/withdrawal"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("taken_back")) as opened:
        await opened.hear_of_cycle("dinkes")
        await opened.hear_handed_in("dinkes", "sri")
        await opened.approve("dinkes", opened.handed_in["dinkes"])
        yield opened


async def take_back(room: VerificationRoom, by: str = "wulan", reason: str = "Penyebut keliru.") -> Response:
    said = {"digest": room.handed_in["dinkes"], "reason": reason, "occurred_on": "2026-02-17"}
    return await room.tell(by, PATH, said)


async def endorse(room: VerificationRoom) -> Response:
    said = {"digest": REPORT.digest, "occurred_on": "2026-02-17"}
    return await room.tell("zaki", f"/endorsements/{CYCLE}/endorsement", said)


def problem(answer: Response) -> str:
    return str(answer.json()["type"]).removeprefix("urn:jejak:problem:")


async def test_who_approved_takes_it_back_and_the_submission_waits_again(room: VerificationRoom) -> None:
    await room.hear_drafted()
    assert (await take_back(room)).status_code == 200
    assert problem(await endorse(room)) == "endorsement-closed"
    found = (await room.ask("wulan", f"/verifications/{case('dinkes')}")).json()
    assert (found["status"], found["reason"]) == ("waiting", "Penyebut keliru.")
    assert (await room.ask("wulan", f"/rounds/{CYCLE}")).json()["complete_on"] is None
    await room.approve("dinkes", room.handed_in["dinkes"])
    assert (await endorse(room)).status_code == 200


async def test_an_approval_under_an_endorsed_report_stays_until_the_endorsement_is_taken_back(
    room: VerificationRoom,
) -> None:
    await room.hear_drafted()
    assert (await endorse(room)).status_code == 200
    refused = await take_back(room)
    assert (refused.status_code, problem(refused)) == (422, "report-endorsed")
    said = {"digest": REPORT.digest, "by": "zaki", "endorsed_by": "zaki", "reason": "Tabel 3 keliru."}
    await room.hear(made(SettlementWithdrawn, **said), f"document-{CYCLE}-laporan")
    async with visiting(room.app, "zaki") as zaki:
        page = await zaki.get(f"/pengesahan/{CYCLE}")
    assert "Tabel 3 keliru." in page.text
    assert (await take_back(room)).status_code == 200


@pytest.mark.parametrize(
    ("by", "reason", "code"),
    [("yuni", "Salah.", "other-approver"), ("wulan", "", "reason-missing"), ("wulan", " ", "reason-missing")],
)
async def test_an_approval_is_not_taken_back_otherwise(
    room: VerificationRoom, by: str, reason: str, code: str
) -> None:
    assert problem(await take_back(room, by, reason)) == code
    found = (await room.ask("wulan", f"/rounds/{CYCLE}")).json()
    assert found["complete_on"] is not None, "what one stream refused happened in none"


async def test_of_an_endorsement_and_a_withdrawal_at_once_exactly_one_is_let_through(
    room: VerificationRoom,
) -> None:
    await room.hear_drafted()
    both = await asyncio.gather(*(act(room) for act in (endorse, take_back) for _ in range(4)))
    codes = [answer.status_code for answer in both]
    done = {"endorsed": 200 in codes[:4], "taken back": 200 in codes[4:]}
    assert sum(done.values()) == 1, codes
    assert codes.count(200) == 1


async def test_on_the_page_only_who_approved_sees_the_way_back(room: VerificationRoom) -> None:
    for person, sees in (("wulan", True), ("yuni", False), ("sri", False)):
        async with visiting(room.app, person) as visitor:
            page = await visitor.get(f"/verifikasi/{case('dinkes')}")
        assert (f"/verifikasi/{case('dinkes')}/tarik" in page.text) == sees, person
