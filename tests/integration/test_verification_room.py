"""Verification on a real PostgreSQL: from what intake says to what its pages and routes answer."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from httpx2 import Response

from deploy.local.postgres.databases import Database
from services.verification import tables
from tests.support.applications import migrated
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    KOHORT,
    REPORT,
    SCRIPT,
    VerificationRoom,
    case,
    mended,
    verification_room,
)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("verification")) as opened:
        yield opened


async def names(room: VerificationRoom, stream: str) -> list[str]:
    return [type(event).__name__ for event in await room.own_events(stream)]


def test_the_migrations_make_the_tables_that_the_read_models_name(postgres: PostgresPart) -> None:
    database: Database = postgres.fresh_database("schema")
    migrated("verification", database)
    with psycopg.connect(database.owner) as conn:
        query = (
            b"SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' "
            b"AND table_name = %s"
        )
        made = {table: dict(conn.execute(query, (table,)).fetchall()) for table in tables.metadata.tables}
    named = {
        name: {column.name: "YES" if column.nullable else "NO" for column in table.columns}
        for name, table in tables.metadata.tables.items()
    }
    assert made == named


async def test_the_queue_shows_what_is_expected_and_what_waits(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes", "dinsos")
    digest = await room.hear_handed_in("dinkes", "sri")
    answer = await room.ask("wulan", f"/verifications?cycle={CYCLE}")
    rows = {row["agency"]: row for row in answer.json()["items"]}
    assert (rows["dinkes"]["status"], rows["dinkes"]["digest"], rows["dinkes"]["handed_in_by"]) == (
        "waiting",
        digest,
        "sri",
    )
    assert (rows["dinsos"]["status"], rows["dinsos"]["revision"]) == ("nothing", None)


async def test_the_queue_is_paged_by_key_and_filtered_by_status(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes", "dinsos", "tapem")
    await room.hear_handed_in("dinsos", "tono")
    first = (await room.ask("wulan", f"/verifications?cycle={CYCLE}&limit=2")).json()
    rest = (await room.ask("wulan", f"/verifications?cycle={CYCLE}&limit=2&after={first['next']}")).json()
    assert [row["agency"] for row in first["items"] + rest["items"]] == ["dinkes", "dinsos", "tapem"]
    assert rest["next"] is None
    waiting = (await room.ask("wulan", f"/verifications?cycle={CYCLE}&status=waiting")).json()
    assert [row["agency"] for row in waiting["items"]] == ["dinsos"]


async def test_an_approval_is_recorded_with_what_was_seen_and_completes_the_round(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    digest = await room.hear_handed_in("dinkes", "sri")
    seen = await room.ask("wulan", f"/verifications/{case('dinkes')}")
    answer = await room.approve("dinkes", digest, **{"If-Match": seen.headers["ETag"]})
    assert answer.status_code == 200
    assert [event["type"] for event in answer.json()["events"]] == ["submission-approved"]
    assert await names(room, f"round-{CYCLE}") == [
        "ApprovalRequired",
        "ApprovalCounted",
        "AllSubmissionsApproved",
    ]
    assert await names(room, f"endorsement-{CYCLE}") == ["FiguresSettled"]
    counted = (await room.ask("wulan", f"/rounds/{CYCLE}")).json()
    assert (counted["counts"], counted["complete_on"], counted["due"]["due_on"]) == (
        {"approved": 1},
        "2026-02-16",
        "2026-02-24",
    )


async def test_a_stale_if_match_is_refused_before_any_rule(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    await room.hear_taken_back("dinkes", "sri")
    digest = await room.hear_handed_in("dinkes", "sri", 2, mended())
    answer = await room.approve("dinkes", digest, **{"If-Match": f'"verification-{case("dinkes")}@1"'})
    assert answer.status_code == 412
    assert [change["type"] for change in answer.json()["changed"]] == [
        "verification-withdrawn",
        "verification-opened",
    ]


async def test_an_approval_of_the_revision_before_is_a_conflict_that_names_both_digests(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    old = await room.hear_handed_in("dinkes", "sri")
    await room.hear_taken_back("dinkes", "sri")
    new = await room.hear_handed_in("dinkes", "sri", 2, mended())
    answer = await room.approve("dinkes", old)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:jejak:problem:digest-conflict")
    assert old[:8] in answer.json()["detail"]
    assert new[:8] in answer.json()["detail"]


async def test_taking_back_an_approved_submission_voids_it_and_the_next_revision_says_what_changed(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    await room.approve("dinkes", await room.hear_handed_in("dinkes", "sri"))
    await room.hear_taken_back("dinkes", "sri")
    await room.hear_handed_in("dinkes", "sri", 2, mended())
    shown = (await room.ask("wulan", f"/verifications/{case('dinkes')}")).json()
    assert (shown["status"], shown["revision"]) == ("waiting", 2)
    assert shown["changes"] == [
        {"service": "kes.balita", "field": "served", "before": "11230", "after": "11320"}
    ]
    assert (await names(room, f"round-{CYCLE}"))[-2:] == ["AllSubmissionsApproved", "ApprovalUncounted"]
    assert await names(room, f"endorsement-{CYCLE}") == ["FiguresSettled", "FiguresUnsettled"]


async def test_a_return_names_the_field_it_cannot_take(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    body = {
        "reason": "Periksa.",
        "fields": [{"service": "kes.hipertensi", "field": "served", "note": "?"}],
        "occurred_on": "2026-02-16",
    }
    answer = await room.tell("wulan", f"/verifications/{case('dinkes')}/return", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "fields.0.service")


async def test_another_agency_does_not_learn_that_a_submission_exists(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    own, other, nowhere = [
        (await room.ask(person, f"/verifications/{of}")).status_code
        for person, of in (("sri", case("dinkes")), ("tono", case("dinkes")), ("tono", case("disdik")))
    ]
    assert (own, other, nowhere) == (200, 404, 404)
    assert (await room.ask("sri", f"/verifications?cycle={CYCLE}")).status_code == 403
    assert (await room.ask("op", f"/verifications/{case('dinkes')}")).status_code == 403


async def test_evidence_is_handed_out_only_as_named_and_never_runs_as_a_page(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    base = f"/verifications/{case('dinkes')}/evidence"
    pdf, html, other = [
        await room.ask("wulan", f"{base}/{digest}")
        for digest in (KOHORT.digest, SCRIPT.digest, REPORT.digest)
    ]
    assert (pdf.content, pdf.headers["Content-Type"]) == (b"%PDF-1.7 kohort", "application/pdf")
    assert html.headers["Content-Type"] == "application/octet-stream"
    assert html.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert other.status_code == 404


async def endorsable(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.approve("dinkes", await room.hear_handed_in("dinkes", "sri"))
    await room.hear_drafted()


async def endorse(room: VerificationRoom, person: str, digest: str = REPORT.digest) -> Response:
    said = {"digest": digest, "occurred_on": "2026-02-17"}
    return await room.tell(person, f"/endorsements/{CYCLE}/endorsement", said)


async def test_the_report_is_endorsed_by_somebody_who_had_no_hand_in_it(room: VerificationRoom) -> None:
    await endorsable(room)
    waiting = (await room.ask("zaki", f"/endorsements/{CYCLE}")).json()
    assert (waiting["status"], waiting["settled"], waiting["involved"]) == (
        "waiting",
        True,
        ["sri", "wulan", "yuni"],
    )
    for person in ("wulan", "yuni"):
        assert (await endorse(room, person)).json()["type"] == "urn:jejak:problem:R17"
    assert (await endorse(room, "zaki")).status_code == 200
    done = (await room.ask("zaki", f"/endorsements/{CYCLE}")).json()
    assert (done["status"], done["decided_by"], done["digest"]) == ("endorsed", "zaki", REPORT.digest)


async def test_a_report_whose_figures_changed_waits_for_a_new_draft(room: VerificationRoom) -> None:
    await endorsable(room)
    await room.hear_taken_back("dinkes", "sri")
    assert (await room.ask("zaki", f"/endorsements/{CYCLE}")).json()["status"] == "stale"
    assert (await endorse(room, "zaki")).json()["type"] == "urn:jejak:problem:endorsement-closed"


async def test_the_report_is_read_as_the_bytes_of_its_digest(room: VerificationRoom) -> None:
    assert (await room.ask("zaki", f"/endorsements/{CYCLE}/file")).status_code == 404
    await endorsable(room)
    assert (await room.ask("zaki", f"/endorsements/{CYCLE}/file")).content == b"%PDF-1.7 laporan"
