"""The read models of verification are exactly what its events say: rebuilt beside the live ones, nothing differs."""

from deploy.local.postgres import Database
from services.verification.bootstrap import ROOM
from shared.eventsourcing.rebuild import Certificate, rebuild
from shared.eventsourcing.sql import open_pool
from tests.support.parts import PostgresPart
from tests.support.verification_room import CYCLE, VerificationRoom, case, mended, verification_room
from tests.support.web_room import bearer, visiting


async def a_busy_week(room: VerificationRoom) -> None:
    """One approved, voided and approved again; one returned; the report drafted, endorsed, and its ground lost."""
    await room.hear_of_cycle("dinkes", "dinsos", "tapem")
    for agency, person in (("dinkes", "sri"), ("dinsos", "tono")):
        await decide(room, f"/verifications/{case(agency)}/approval", digest=await room.hear_handed_in(agency, person))
    await room.hear_taken_back("dinkes", "sri")
    digest = await room.hear_handed_in("dinkes", "sri", 2, mended())
    await decide(room, f"/verifications/{case('dinkes')}/approval", digest=digest)
    await room.hear_handed_in("tapem", "budi")
    await decide(room, f"/verifications/{case('tapem')}/return", reason="Lengkapi.")
    await room.hear_drafted()
    await decide(room, f"/endorsements/{CYCLE}/refusal", digest="a" * 64, reason="Bab II kosong.")
    await room.hear_taken_back("dinsos", "tono")


async def decide(room: VerificationRoom, path: str, **body: str) -> None:
    async with visiting(room.app) as http:
        answer = await http.http.post(f"/api/verification{path}", json={**body, "occurred_on": "2026-02-17"}, headers=bearer("wulan"))
    assert answer.status_code == 200, answer.text
    await room.follow_up()


async def rebuilt(room: VerificationRoom, database: Database) -> Certificate:
    foreign = [source for source in ROOM.sources if source != ROOM.name]
    async with open_pool(database.owner, size=1) as pool, pool.connection() as conn:
        return await rebuild(conn, ROOM.name, ROOM.project, ROOM.metadata, foreign, room.feed)


async def test_live_read_models_equal_their_rebuild(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("rebuild")
    async with verification_room(database) as room:
        await a_busy_week(room)
        certificate = await rebuilt(room, database)
    assert {verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing} == {}
    assert {verdict.table for verdict in certificate.tables if verdict.live == 0} == {"calendar_override"}
