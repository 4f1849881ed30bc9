"""The read models of verification are exactly what its events say:
rebuilt beside the live ones, nothing differs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from deploy.local.postgres.databases import Database
from shared.contracts.intake import SignedSheetAttached
from shared.contracts.replayed.certificate import CertificateAsked
from tests.contracts.collect import sample_of
from tests.support.applications import migrated
from tests.support.events import made
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    REPORT,
    VerificationRoom,
    case,
    cycle_opened,
    mended,
    submission,
    verification_room,
)

RECORD = """
INSERT INTO event (stream, version, case_id, type, schema, data, metadata, recorded_at)
VALUES ('endorsement-3402-2025', %s, '3402-2025', %s, 1, %s,
        '{"actor": {"person": "jejak:verification", "role": "system", "agency": ""}, "command_id": "c", "correlation": "c"}', now())
"""  # noqa: E501
PROJECTED = """
INSERT INTO endorsement (cycle, stream, version, settled, figures_by, status, document, revision, digest, file, involved, drafted_by, drafted_on)
SELECT '3402-2025', 'endorsement-3402-2025', 2, true, settled -> 'involved', 'waiting', asked ->> 'document', (asked ->> 'revision')::integer,
       asked ->> 'digest', asked -> 'file', asked -> 'involved', asked ->> 'drafted_by', (asked ->> 'drafted_on')::date
FROM (SELECT %s::jsonb AS settled, %s::jsonb AS asked) AS told
"""  # noqa: E501


async def a_busy_week(room: VerificationRoom) -> None:
    """One approved, voided and approved again; one returned;
    the report drafted, endorsed, and its ground lost.
    """
    await room.hear_of_cycle("dinkes", "dinsos", "tapem")
    for assignee in ("wulan", "yuni"):
        await room.give(
            "POST", f"/verifications/{case('dinsos')}/assignment", "wulan", {"assignee": assignee}
        )
    for agency, person in (("dinkes", "sri"), ("dinsos", "tono")):
        await decide(
            room, f"/verifications/{case(agency)}/approval", digest=await room.hear_handed_in(agency, person)
        )
    signed = SignedSheetAttached(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        revision=1,
        sheet="d" * 64,
        file=REPORT,
        by="sri",
        occurred_on=date(2026, 2, 17),
    )
    await room.hear(signed, submission("dinkes"))
    await room.hear_taken_back("dinkes", "sri")
    digest = await room.hear_handed_in("dinkes", "sri", 2, mended())
    await decide(room, f"/verifications/{case('dinkes')}/approval", digest=digest)
    await room.hear_handed_in("tapem", "budi")
    await decide(room, f"/verifications/{case('tapem')}/return", reason="Lengkapi.")
    await room.hear_drafted()
    await decide(room, f"/endorsements/{CYCLE}/refusal", digest="a" * 64, reason="Bab II kosong.")
    await room.hear_taken_back("dinsos", "tono")


async def a_draft_of_old_figures(room: VerificationRoom) -> None:
    """Approved, voided and approved again, when the report that was compiled from the first figures comes."""
    await room.hear_of_cycle("dinkes")
    old = await room.hear_handed_in("dinkes", "sri")
    await decide(room, f"/verifications/{case('dinkes')}/approval", digest=old)
    await room.hear_taken_back("dinkes", "sri")
    new = await room.hear_handed_in("dinkes", "sri", 2, mended())
    await decide(room, f"/verifications/{case('dinkes')}/approval", digest=new)
    await room.hear_drafted(dinkes=old)


async def a_late_requirement(room: VerificationRoom) -> None:
    """The report of one agency waits for its endorsement, when another agency has to hand in too."""
    await room.hear_of_cycle("dinkes")
    digest = await room.hear_handed_in("dinkes", "sri")
    await decide(room, f"/verifications/{case('dinkes')}/approval", digest=digest)
    await room.hear_drafted()
    await room.hear_opened("dinsos")


def written_by_version_1(database: Database) -> None:
    """What the events and the read model of an endorsement were before drafts
    named the figures they were compiled from.
    """
    told = {
        name: sample_of("verification", name, 1)
        .read_text(encoding="utf-8")
        .replace("2026-02-20", "2026-02-16")
        for name in ("figures-settled", "endorsement-requested")
    }
    migrated("verification", database, "verification_0001")
    with psycopg.connect(database.owner) as owner:
        for version, (name, data) in enumerate(told.items(), 1):
            owner.execute(RECORD, (version, name, data))
        owner.execute(PROJECTED, tuple(told.values()))


async def decide(
    room: VerificationRoom, path: str, person: str = "wulan", on: str = "2026-02-17", **body: str
) -> None:
    await room.give("POST", path, person, {**body, "occurred_on": on})


async def test_live_read_models_equal_their_rebuild(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("rebuild")
    async with verification_room(database) as room:
        await a_busy_week(room)
        await room.hear(made(CertificateAsked), "certificate-replay")
        certificate = await room.rebuilt()
    assert {verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing} == {}
    assert {verdict.table for verdict in certificate.tables if verdict.live == 0} == {
        "calendar_override",
        "was.calendar_override",
    }


@pytest.mark.parametrize(
    ("happened", "settled"), [(a_draft_of_old_figures, True), (a_late_requirement, False)]
)
async def test_a_draft_of_old_figures_is_rebuilt_as_it_was(
    postgres: PostgresPart, happened: Callable[[VerificationRoom], Awaitable[None]], settled: bool
) -> None:
    database = postgres.fresh_database("stale")
    async with verification_room(database) as room:
        await happened(room)
        certificate = await room.rebuilt()
        shown = await room.give("GET", f"/endorsements/{CYCLE}", "zaki")
    assert certificate.identical
    assert (shown["status"], shown["settled"]) == ("stale", settled)


async def test_what_version_1_wrote_needs_no_rebuild_and_can_still_be_endorsed(
    postgres: PostgresPart,
) -> None:
    database = postgres.fresh_database("version1")
    written_by_version_1(database)
    async with verification_room(database) as room:
        await room.hear(replace(cycle_opened(), cycle="3402-2025"), "cycle-3402-2025")
        certificate = await room.rebuilt()
        digest = "1cfe71cd595d3baacf3813947cd7e5600a83e5483d57e1bb8a8ad36a0aeabf5d"
        await decide(room, "/endorsements/3402-2025/endorsement", "zaki", "2026-02-17", digest=digest)
    assert (certificate.identical, certificate.events) == (True, 3)
