"""A report that was compiled from figures that are no longer the approved ones:
stale on its page, refused when it is endorsed.
"""

from collections.abc import AsyncIterator

import pytest
from httpx2 import Response

from tests.support.applications import visiting
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    REPORT,
    SCRIPT,
    VerificationRoom,
    case,
    mended,
    verification_room,
)

OVERTAKEN = (
    "This draft was compiled from older figures, not from those that are approved now; "
    "wait for the new draft."
)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("endorsement")) as opened:
        yield opened


async def tell(room: VerificationRoom, person: str, path: str, digest: str) -> Response:
    said = {"digest": digest, "occurred_on": "2026-02-17"}
    return await room.tell(person, path, said, **{"Accept-Language": "en"})


async def endorse(room: VerificationRoom, digest: str = REPORT.digest) -> Response:
    return await tell(room, "zaki", f"/endorsements/{CYCLE}/endorsement", digest)


async def status(room: VerificationRoom) -> str:
    return str((await room.ask("zaki", f"/endorsements/{CYCLE}")).json()["status"])


async def approved(room: VerificationRoom, revision: int = 1, agency: str = "dinkes", by: str = "sri") -> str:
    """The agency hands in, Tim SPM approves it; answers the digest."""
    digest = await room.hear_handed_in(agency, by, revision, mended())
    assert (await tell(room, "wulan", f"/verifications/{case(agency)}/approval", digest)).status_code == 200
    return digest


@pytest.mark.parametrize(
    ("heard", "code"),
    [
        ("before the approval was voided", "endorsement-closed"),
        ("before it was given again", "figures-changed"),
        ("after it was given again", "figures-changed"),
    ],
)
async def test_a_draft_of_the_old_figures_is_stale_whenever_it_is_heard_of(
    room: VerificationRoom, heard: str, code: str
) -> None:
    await room.hear_of_cycle("dinkes")
    old = await approved(room)
    if heard == "before the approval was voided":
        await room.hear_drafted(dinkes=old)
    await room.hear_taken_back("dinkes", "sri")
    if heard == "before it was given again":
        await room.hear_drafted(dinkes=old)
        assert await status(room) == "stale"
    await approved(room, 2)
    if heard == "after it was given again":
        await room.hear_drafted(dinkes=old)
    assert await status(room) == "stale"
    assert (await endorse(room)).json()["type"] == f"urn:jejak:problem:{code}"
    async with visiting(room.app, "zaki") as zaki:
        page = await zaki.get(f"/pengesahan/{CYCLE}")
    assert "naskah usang" in page.text
    assert "/sahkan" not in page.text
    await room.hear_drafted(revision=2, file=SCRIPT)
    assert await status(room) == "waiting"
    assert (await endorse(room, SCRIPT.digest)).status_code == 200


async def test_the_endorser_is_told_that_the_draft_is_of_older_figures(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    old = await approved(room)
    await room.hear_taken_back("dinkes", "sri")
    await approved(room, 2)
    await room.hear_drafted(dinkes=old)
    problem = (await endorse(room)).json()
    assert (problem["type"], problem["detail"]) == ("urn:jejak:problem:figures-changed", OVERTAKEN)


async def test_a_draft_of_figures_that_verification_counts_only_later_is_endorsed_then(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_drafted(dinkes=await room.hear_handed_in("dinkes", "sri"))
    assert await status(room) == "waiting"
    assert (await endorse(room)).json()["type"] == "urn:jejak:problem:figures-not-settled"
    await tell(room, "wulan", f"/verifications/{case('dinkes')}/approval", room.handed_in["dinkes"])
    assert (await endorse(room)).status_code == 200


async def test_a_submission_required_later_keeps_the_report_from_being_endorsed_until_it_is_approved_too(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    await approved(room)
    await room.hear_drafted()
    await room.hear_opened("dinsos")
    assert await status(room) == "stale"
    assert (await endorse(room)).json()["type"] == "urn:jejak:problem:endorsement-closed"
    await approved(room, agency="dinsos", by="tono")
    assert await status(room) == "stale"
    assert (await endorse(room)).json()["type"] == "urn:jejak:problem:endorsement-closed"
    await room.hear_drafted(revision=2, file=SCRIPT)
    assert (await endorse(room, SCRIPT.digest)).status_code == 200


async def test_the_endorser_is_told_when_a_submission_came_to_be_required_after_the_endorsement(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    await approved(room)
    await room.hear_drafted()
    await endorse(room)
    await room.hear_opened("dinsos")
    async with visiting(room.app, "zaki") as zaki:
        page = await zaki.get(f"/pengesahan/{CYCLE}")
    assert "Angka di balik laporan ini berubah sesudah pengesahan." in page.text
