"""Documents on a real PostgreSQL with the real typesetter:
from what the other services say to what its pages and routes answer.
"""

import hashlib
from collections.abc import AsyncIterator

import psycopg
import pytest

from services.documents import tables
from shared.objects.port import key_of
from tests.integration.documents_room import CYCLE, SCAN, DocumentsRoom, documents_room
from tests.support.applications import migrated
from tests.support.parts import PostgresPart
from tests.support.report_figures import LATE

API = f"/cycles/{CYCLE}"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[DocumentsRoom]:
    async with documents_room(postgres.fresh_database("documents")) as opened:
        await opened.hear_of_cycle()
        yield opened


async def names(room: DocumentsRoom, stream: str) -> list[str]:
    return [type(event).__name__ for event in await room.own_events(stream)]


def sending(digest: str, number: str = "045/12") -> dict[str, object]:
    return {"digest": digest, "agenda_number": number, "carrier": "Kurir", "occurred_on": "2027-03-26"}


async def gone(room: DocumentsRoom, digest: str) -> None:
    """The report is no longer printed, and lies in no dispatch."""
    assert (await room.document("laporan"))["state"] == "stale"
    assert (
        "Angka di balik draf ini tidak berlaku lagi."
        in (await room.page("rahmat", f"/dokumen/{CYCLE}/laporan")).text
    )
    assert [item["document"] for item in (await room.dispatch("gubernur"))["items"]] == ["pengantar_gubernur"]
    printing = await room.tell(
        "rahmat", f"/cycles/{CYCLE}/documents/laporan/copies", {"digest": digest, "copies": 3}
    )
    assert printing.json()["type"] == "urn:jejak:problem:figures-withdrawn"
    sent = await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/sending", sending(digest))
    assert sent.json()["type"] == "urn:jejak:problem:report-not-settled"


def test_the_migrations_make_the_tables_that_the_read_models_name(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("schema")
    migrated("documents", database)
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


async def test_a_document_opens_when_its_step_starts(room: DocumentsRoom) -> None:
    assert (await room.document("sk_tim"))["state"] == "closed"
    await room.hear_step(4)
    shown = await room.document("sk_tim")
    assert (shown["state"], shown["due"]["due_on"]) == ("open", "2027-03-30")


async def test_a_drafted_file_lies_in_the_work_bucket_under_its_digest_with_the_data_it_was_made_from(
    room: DocumentsRoom,
) -> None:
    await room.hear_step(4)
    answer = await room.draft("tono", "sk_tim")
    assert [event["type"] for event in answer.json()["events"]] == ["document-drafted"]
    draft = (await room.document("sk_tim"))["drafts"][0]
    content, media_type = room.app.state.objects.work.content[key_of(draft["file"]["digest"])]
    assert (hashlib.sha256(content).hexdigest(), media_type) == (draft["file"]["digest"], "application/pdf")
    data, _ = room.app.state.objects.work.content[key_of(draft["data_digest"])]
    assert hashlib.sha256(data).hexdigest() == draft["data_digest"]
    got = await room.ask("ina", f"{API}/documents/sk_tim/files/{draft['file']['digest']}")
    assert got.content == content
    assert got.headers["content-disposition"] == "inline; filename*=UTF-8''SK-Tim-SPM-2026-revisi-1.pdf"


async def test_the_same_draft_again_is_no_new_revision(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    await room.draft("tono", "sk_tim")
    again = await room.draft("tono", "sk_tim")
    assert (again.status_code, again.json()["events"]) == (200, [])


async def test_the_same_call_with_the_same_key_has_one_effect(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    body = {"fields": {"signer_name": "H. Contoh"}, "occurred_on": "2027-03-10"}
    path = f"/cycles/{CYCLE}/documents/sk_tim/draft"
    first = await room.tell("tono", path, body, **{"Idempotency-Key": "k1"})
    second = await room.tell("tono", path, body, **{"Idempotency-Key": "k1"})
    assert first.json() == second.json()
    assert (await names(room, f"document-{CYCLE}-sk_tim")) == ["DocumentOpened", "DocumentDrafted"]


async def test_each_kind_is_drafted_by_the_office_that_owns_its_step(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    refused = await room.draft("rahmat", "sk_tim")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:jejak:problem:forbidden")
    assert (await room.draft("sri", "sk_tim")).status_code == 403


async def test_a_report_waits_for_all_approvals_and_rests_on_exactly_them(room: DocumentsRoom) -> None:
    await room.hear_step(9)
    early = await room.draft("rahmat", "laporan")
    assert (early.status_code, early.json()["type"]) == (422, "urn:jejak:problem:figures-not-released")
    assert (await room.document("laporan"))["state"] == "waiting"
    await room.hear_approvals()
    assert (await room.draft("rahmat", "laporan")).status_code == 200
    assert (await room.document("laporan"))["state"] == "drafted"


async def test_a_voided_approval_makes_the_draft_stale_and_takes_it_out_of_every_dispatch(
    room: DocumentsRoom,
) -> None:
    digest = await room.hear_ready_to_send()
    await room.hear_voided()
    await gone(room, digest)
    assert (await room.draft("rahmat", "laporan")).json()["type"] == "urn:jejak:problem:figures-not-released"


async def test_a_submission_that_is_required_later_does_the_same_and_the_new_report_lies_ready_in_its_place(
    room: DocumentsRoom,
) -> None:
    digest = await room.hear_ready_to_send()
    await room.hear_approvals(LATE)
    await gone(room, digest)
    await room.hear_endorsed()
    assert (await room.document("laporan"))["state"] == "stale"
    assert (await room.draft("rahmat", "laporan")).status_code == 200
    new = await room.hear_endorsed()
    assert (await names(room, f"dispatch-{CYCLE}-gubernur"))[-2:] == [
        "DispatchItemWithdrawn",
        "DispatchItemReady",
    ]
    assert (
        {item["document"]: item["digest"] for item in (await room.dispatch("gubernur"))["items"]}["laporan"]
        == new
        != digest
    )
    assert (
        await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/sending", sending(new))
    ).status_code == 200


async def test_an_endorsement_settles_the_report_and_a_refusal_shows_its_reason(room: DocumentsRoom) -> None:
    await room.hear_approvals()
    await room.hear_step(9)
    await room.draft("rahmat", "laporan")
    await room.hear_refused()
    assert (await room.document("laporan"))["state"] == "refused"
    page = await room.page("rahmat", f"/dokumen/{CYCLE}/laporan")
    assert "Tabel 8 keliru." in page.text
    await room.draft("rahmat", "laporan", {"closing": "Demikian."})
    digest = await room.hear_endorsed()
    shown = await room.document("laporan")
    assert (shown["state"], shown["revision"], shown["settled_digest"]) == ("settled", 2, digest)


async def test_copies_are_recorded_against_the_endorsed_digest_only(room: DocumentsRoom) -> None:
    digest = await room.hear_drafted_and_endorsed()
    path = f"/cycles/{CYCLE}/documents/laporan/copies"
    other = await room.tell("rahmat", path, {"digest": "0" * 64, "copies": 5})
    assert (other.status_code, other.json()["type"]) == (409, "urn:jejak:problem:digest-conflict")
    assert (await room.tell("rahmat", path, {"digest": digest, "copies": 5})).status_code == 200
    more = {"digest": digest, "copies": 2}
    twice = await room.tell("rahmat", path, more)
    assert (twice.status_code, twice.json()["type"]) == (422, "urn:jejak:problem:copies-recorded")
    assert (await room.tell("rahmat", path, more | {"reason": "rusak"})).status_code == 200
    shown = await room.document("laporan")
    assert (shown["state"], shown["copies"]) == ("printed", 7)


async def test_the_draft_decree_is_handed_over_with_its_receipt_and_then_issued(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    await room.draft("tono", "sk_tim")
    digest = (await room.document("sk_tim"))["digest"]
    scan = await room.upload("tono", SCAN)
    handed = {"digest": digest, "handed_to": "Bagian Hukum", "occurred_on": "2027-03-12"}
    answer = await room.tell(
        "tono", f"/cycles/{CYCLE}/documents/sk_tim/hand-over", {**handed, "receipt": scan}
    )
    assert answer.status_code == 200
    assert (await room.document("sk_tim"))["state"] == "handed_over"
    assert (await room.ask("ina", f"{API}/documents/sk_tim/files/{scan['digest']}")).content == SCAN
    decree = {"number": "130/5/HK/2027", "issued_on": "2027-03-20", "occurred_on": "2027-03-22"}
    assert (await room.tell("tono", f"/cycles/{CYCLE}/documents/sk_tim/decree", decree)).status_code == 200
    shown = await room.document("sk_tim")
    assert (shown["state"], shown["decree_number"], shown["decree_on"]) == (
        "issued",
        "130/5/HK/2027",
        "2027-03-20",
    )


async def test_both_dispatches_are_queued_sent_and_receipted_each_by_itself(room: DocumentsRoom) -> None:
    digest = await room.hear_ready_to_send()
    for recipient in ("gubernur", "kemendagri"):
        queued = await room.dispatch(recipient)
        assert (queued["status"], sorted(item["document"] for item in queued["items"])) == (
            "queued",
            ["laporan", f"pengantar_{recipient}"],
        )
        assert (
            await room.tell(
                "rahmat",
                f"/cycles/{CYCLE}/dispatches/{recipient}/sending",
                sending(digest, f"045/{recipient}"),
            )
        ).status_code == 200
    scan = await room.upload("rahmat", SCAN)
    receipt = {
        "received_by": "Yuni",
        "received_on": "2027-03-27",
        "scan": scan,
        "occurred_on": "2027-03-28",
    }
    assert (
        await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/receipt", receipt)
    ).status_code == 200
    governor, ministry = await room.dispatch("gubernur"), await room.dispatch("kemendagri")
    assert (governor["status"], governor["received_by"], governor["scan"]["digest"]) == (
        "received",
        "Yuni",
        scan["digest"],
    )
    assert (ministry["status"], ministry["received_by"]) == ("sent", None)
    assert (await room.ask("ina", f"{API}/dispatches/gubernur/files/{scan['digest']}")).content == SCAN


async def test_a_correction_shows_the_right_value_and_keeps_the_wrong_one_in_the_trail(
    room: DocumentsRoom,
) -> None:
    digest = await room.hear_ready_to_send()
    await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/sending", sending(digest))
    mended = {"field": "agenda_number", "value": "045/13", "reason": "salah ketik"}
    assert (
        await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/correction", mended)
    ).status_code == 200
    shown = await room.dispatch("gubernur")
    assert shown["agenda_number"] == "045/13"
    assert [
        (act["facts"]["before"], act["facts"]["after"])
        for act in shown["trail"]
        if act["act"] == "dispatch-corrected"
    ] == [("045/12", "045/13")]


async def test_a_scan_must_have_been_uploaded_and_be_a_pdf_or_a_picture(room: DocumentsRoom) -> None:
    digest = await room.hear_ready_to_send()
    await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/sending", sending(digest))
    unknown = {
        "received_by": "Yuni",
        "received_on": "2027-03-27",
        "scan": {"digest": "0" * 64, "name": "x.pdf"},
    }
    answer = await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/receipt", unknown)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "scan")
    script = await room.call("POST", "/files?name=x.pdf", "rahmat", b"<script>alert(1)</script>")
    assert script.json()["type"] == "urn:jejak:problem:file-kind"


async def test_what_cannot_be_printed_is_refused_beside_its_field(room: DocumentsRoom) -> None:
    await room.hear_step(4)
    answer = await room.draft("tono", "sk_tim", {"signer_name": "Sri ꦱꦿꦶ"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:glyph-missing")
    assert answer.json()["errors"][0]["field"] == "signer_name"
    assert "Sri ꦱꦿꦶ" in answer.json()["detail"]
    assert (await room.document("sk_tim"))["revision"] is None


async def test_officers_of_an_agency_see_no_document_and_unknown_files_are_not_there(
    room: DocumentsRoom,
) -> None:
    await room.hear_step(4)
    assert (await room.ask("sri", f"{API}/documents")).status_code == 403
    assert (await room.ask("ina", f"{API}/documents/sk_tim/files/{'0' * 64}")).status_code == 404
    assert (await room.ask("ina", f"{API}/dispatches/raja")).status_code == 404
    assert (await room.ask("ina", "/cycles/9999-2026/documents/sk_tim/fields")).status_code == 404
