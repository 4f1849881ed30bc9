"""Files in and out: whose they are, what they are, and that their size costs disk and not memory."""

import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.contracts.values import StoredFile
from shared.objects.port import key_of
from shared.objects.spool import fetched
from shared.web.files.file_kinds import LARGEST
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, to_step_7
from tests.support.parts import PostgresPart
from tests.support.rooms import PDF
from tests.unit.test_file_kinds import NOT_TAKEN

DINKES, DINSOS = f"/submissions/{CYCLE}-dinkes-tahunan", f"/submissions/{CYCLE}-dinsos-tahunan"
SECRET_FILE = b"%PDF-1.7 rahasia dinas sosial"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("files")) as made:
        yield made


async def attach(room: IntakeRoom, person: str, case: str, file: Any, *services: str) -> Any:
    return await room.call("POST", f"{case}/evidence", person, {**file, "services": list(services)})


async def test_the_digest_of_a_stranger_opens_nothing_and_attaches_nothing(room: IntakeRoom) -> None:
    await to_step_7(room)
    theirs = await room.upload("wulan", SECRET_FILE, "kohort.pdf")
    # the same answer whether it exists or not
    for file in (theirs, {"digest": "e" * 64, "name": "kohort.pdf"}):
        answer = await attach(room, "sri", DINKES, file, "kes.balita")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:file-unknown")
        assert (await room.call("GET", f"/files/{file['digest']}", "sri")).status_code == 404
    assert (await attach(room, "wulan", DINSOS, theirs, "sos.anak")).status_code == 200
    assert (await attach(room, "sri", DINKES, theirs, "kes.balita")).json()[
        "type"
    ] == "urn:jejak:problem:file-unknown"
    assert (await room.call("GET", f"/files/{theirs['digest']}", "sri")).status_code == 404


async def test_whoever_uploaded_the_same_bytes_has_them_too(room: IntakeRoom) -> None:
    await to_step_7(room)
    await room.upload("wulan", SECRET_FILE, "kohort.pdf")
    mine = await room.upload("sri", SECRET_FILE, "punya saya.pdf")
    assert (await room.call("GET", f"/files/{mine['digest']}", "sri")).content == SECRET_FILE
    assert (await attach(room, "sri", DINKES, mine, "kes.balita")).status_code == 200


async def test_the_arsiparis_reads_papers_of_steps_and_no_evidence_of_agencies(room: IntakeRoom) -> None:
    """The route answers two queries; each keeps its own reach."""
    await to_step_7(room)
    file = await room.upload("wulan", SECRET_FILE, "kohort.pdf")
    await attach(room, "wulan", DINSOS, file, "sos.anak")
    step = (await room.give("GET", f"/cycles/{CYCLE}/timeline", "nur"))["items"]
    assert step
    assert (await room.call("GET", f"/files/{file['digest']}", "nur")).status_code == 404
    assert (await room.call("GET", f"/files/{file['digest']}", "tari")).status_code == 200
    guidance = hashlib.sha256(b"%PDF-1.7 bukti").hexdigest()
    assert (await room.call("GET", f"/files/{guidance}", "nur")).status_code == 200


async def test_one_file_is_evidence_of_several_services(room: IntakeRoom) -> None:
    await to_step_7(room)
    first = await room.upload("sri", SECRET_FILE, "rekap.pdf")
    await attach(room, "sri", DINKES, first, "kes.balita")
    await attach(room, "sri", DINKES, {**first, "name": "nama lain.pdf"}, "kes.lansia")
    (found,) = (await room.give("GET", DINKES, "sri"))["evidence"]
    assert (found["file"]["name"], found["services"]) == ("rekap.pdf", ["kes.balita", "kes.lansia"])


@pytest.mark.parametrize("what", [*NOT_TAKEN, "nothing at all"])
async def test_what_runs_or_cannot_be_read_is_no_evidence(room: IntakeRoom, what: str) -> None:
    content = NOT_TAKEN.get(what, b"")
    answer = await room.call("POST", "/files?name=rekap.pdf", "sri", content, **{"Content-Type": PDF})
    assert answer.status_code == 422, what
    assert answer.json()["errors"][0]["field"] == "file"
    assert key_of(hashlib.sha256(content).hexdigest()) not in room.app.state.objects.work.content


async def test_the_type_comes_from_the_bytes_and_the_name_follows_it(room: IntakeRoom) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"." * 30
    claimed = {"Content-Type": "text/html"}
    answer = await room.call("POST", "/files?name=halaman.html", "sri", png, **claimed)
    assert (answer.json()["media_type"], answer.json()["name"]) == ("image/png", "halaman.png")


async def test_what_an_old_event_calls_a_picture_is_shown_only_if_it_is_one(room: IntakeRoom) -> None:
    """Events of earlier versions carry the type that the sender claimed."""
    content = b"<script>alert(1)</script>"
    digest = hashlib.sha256(content).hexdigest()
    await room.app.state.objects.work.put(content, media_type="image/png", digest=digest)
    async with room.running.pool.connection() as conn:
        claimed = StoredFile(digest=digest, name="gambar.png", media_type="image/png", size=len(content))
        await conn.execute(
            "INSERT INTO upload (digest, person, name, media_type, size) VALUES (%s, 'sri', %s, %s, %s)",
            (digest, claimed.name, claimed.media_type, claimed.size),
        )
    got = await room.call("GET", f"/files/{digest}", "sri")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")


async def test_a_browser_that_kept_a_file_asks_again_and_is_refused_when_it_may_no_longer(
    room: IntakeRoom,
) -> None:
    await to_step_7(room)
    file = await room.upload("sri", SECRET_FILE)
    first = await room.call("GET", f"/files/{file['digest']}", "sri")
    assert first.headers["cache-control"] == "private, no-cache"
    kept = {"If-None-Match": first.headers["etag"]}
    assert (await room.ask("sri", f"/files/{file['digest']}", **kept)).status_code == 304
    assert (await room.ask("wulan", f"/files/{file['digest']}", **kept)).status_code == 404


async def test_a_file_that_is_too_large_is_refused_by_name_of_its_field(room: IntakeRoom) -> None:
    answer = await room.call("POST", "/files?name=besar.pdf", "sri", b"%PDF-" + b"." * LARGEST)
    assert answer.status_code in {413, 422}
    assert "25" in json.dumps(answer.json()) or answer.status_code == 413


async def test_forty_slow_readers_cost_disk_and_no_memory() -> None:
    """All forty hold their file at once; a reader that reads everything first would take 40 × 5 MB."""
    piece = b"." * 50_000

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield piece

    tracemalloc.start()
    try:
        held = [await fetched(pieces()) for _ in range(40)]
        readers = [one.pieces() for one in held]
        for reader in readers:
            assert await anext(reader)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert {one.size for one in held} == {5_000_000}
    assert peak < 40_000_000
    for reader in readers:
        await reader.aclose()
