"""Archive on a real PostgreSQL and a real store with Object Lock: expecting, filing, closing, sealing, exporting; routes and pages."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from httpx2 import Response

from services.archive import queries, tables, verifier
from shared.contracts.archive import CycleArchived, ItemFiled, ItemSealed, StoreProbed
from shared.contracts.registry import decode
from shared.objects.port import Denied
from tests.support.archive_room import CYCLE, Served, installed, plain, served
from tests.support.archive_story import CONTENT, ITEMS, put_files, settled, story
from tests.support.lock_stores import LockStore
from tests.support.parts import PostgresPart
from tests.support.second_verifier import accepts
from tests.support.web_room import bearer, visiting

API = "/api/archive"


@pytest.fixture
async def archive(postgres: PostgresPart, lock_store: LockStore, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(postgres.fresh_database("archive"), tmp_path, lock_store.address) as opened:
        yield opened


@pytest.fixture
async def expecting(archive: Served) -> Served:
    """After documents did all its work, and the store was probed."""
    await archive.works.filing.probe()
    await archive.hear(*story(await put_files(archive.objects.work)))
    return archive


async def ask(archive: Served, person: str, path: str, **headers: str) -> Response:
    async with visiting(archive.app) as browser:
        return await browser.http.get(f"{API}{path}", headers={**bearer(person), **headers})


async def tell(archive: Served, path: str, body: dict[str, object], person: str = "tri", **headers: str) -> Response:
    async with visiting(archive.app) as browser:
        return await browser.http.post(f"{API}{path}", json=body, headers={**bearer(person), **headers})


async def file_all(archive: Served) -> None:
    for item in ITEMS:
        answer = await tell(archive, f"/cycles/{CYCLE}/items/{item}/file", {"occurred_on": "2027-03-12"})
        assert answer.status_code == 200, answer.text
    answer = await tell(archive, f"/cycles/{CYCLE}/hard-copy", {"location": "Rak 3", "copies": 2, "occurred_on": "2027-03-12"})
    assert answer.status_code == 200, answer.text


async def close(archive: Served, **headers: str) -> Response:
    return await tell(archive, f"/cycles/{CYCLE}/close", {"occurred_on": "2027-03-12"}, **headers)


async def own_events(archive: Served) -> list[object]:
    async with archive.archive.running.pool.connection() as conn:
        found = await conn.execute(b"SELECT type, data::text FROM event ORDER BY position")
        return [decode("archive", row[0], 1, row[1]) for row in await found.fetchall()]


def test_the_migrations_make_the_tables_that_the_read_models_name(postgres: PostgresPart, tmp_path: Path) -> None:
    database = postgres.fresh_database("schema")
    installed(database, tmp_path)
    with psycopg.connect(database.owner) as conn:
        query = b"SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        made = {table: dict(conn.execute(query, (table,)).fetchall()) for table in tables.metadata.tables}
    named = {
        name: {column.name: "YES" if column.nullable else "NO" for column in table.columns}
        for name, table in tables.metadata.tables.items()
    }
    assert made == named


# Expecting and filing


async def test_what_documents_made_final_or_received_is_expected_on_the_shelf(expecting: Served) -> None:
    shelf = (await ask(expecting, "tri", f"/cycles/{CYCLE}")).json()
    assert [item["item"] for item in shelf["items"]] == list(ITEMS)
    assert all(item["filed_digest"] is None for item in shelf["items"])


async def test_a_filed_item_lies_under_lock_in_the_archive_bucket_byte_for_byte(expecting: Served) -> None:
    answer = await tell(expecting, f"/cycles/{CYCLE}/items/laporan/file", {"occurred_on": "2027-03-12"})
    assert [event["type"] for event in answer.json()["events"]] == ["item-filed"]
    item = (await ask(expecting, "tri", f"/cycles/{CYCLE}")).json()["items"][0]
    assert (item["mode"], item["lock_enforced"], item["retain_until"][:10]) == ("governance", True, "2029-03-11")
    archive = expecting.objects.archive
    assert await archive.get(item["object_key"], item["object_version"]) == CONTENT["laporan"]
    with pytest.raises(Denied):
        await archive.remove(item["object_key"], item["object_version"])
    assert (await ask(expecting, "ina", f"/cycles/{CYCLE}/items/laporan/file")).content == CONTENT["laporan"]


async def test_without_a_probe_nothing_is_said_to_be_enforced(archive: Served) -> None:
    await archive.hear(*story(await put_files(archive.objects.work)))
    await tell(archive, f"/cycles/{CYCLE}/items/laporan/file", {"occurred_on": "2027-03-12"})
    item = (await ask(archive, "tri", f"/cycles/{CYCLE}")).json()["items"][0]
    assert (item["mode"], item["lock_enforced"]) == ("governance", False)
    assert (await ask(archive, "tri", "/store")).json()["enforced"] is False


async def test_filing_twice_under_one_key_is_one_event_and_one_copy(expecting: Served) -> None:
    path, body = f"/cycles/{CYCLE}/items/laporan/file", {"occurred_on": "2027-03-12"}
    first = await tell(expecting, path, body, **{"Idempotency-Key": "satu"})
    again = await tell(expecting, path, body, **{"Idempotency-Key": "satu"})
    another = await tell(expecting, path, body)
    assert (again.json(), another.json()["events"]) == (first.json(), [])
    assert len(await expecting.objects.archive.listing("sha256")) == 1


async def test_a_file_that_is_not_in_the_work_bucket_is_refused_and_nothing_is_recorded(expecting: Served) -> None:
    lost = settled((await expecting.objects.work.put(b"x", media_type="application/pdf")).as_file("x.pdf"), version=2)
    gone = lost.data.replace(b"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", b"0" * 64)
    await expecting.hear(type(lost)(**{name: getattr(lost, name) for name in lost.__slots__} | {"data": gone}))
    answer = await tell(expecting, f"/cycles/{CYCLE}/items/laporan/file", {})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:file-missing")
    assert not any(isinstance(event, ItemFiled) for event in await own_events(expecting))


async def test_an_item_that_nobody_expects_is_not_found(expecting: Served) -> None:
    assert (await tell(expecting, f"/cycles/{CYCLE}/items/entah/file", {})).status_code == 404
    assert (await ask(expecting, "tri", f"/cycles/{CYCLE}/items/laporan/file")).status_code == 404


@pytest.mark.parametrize("person", ["ina", "sri", "operator"])
async def test_only_the_arsiparis_files_and_closes(expecting: Served, person: str) -> None:
    assert (await tell(expecting, f"/cycles/{CYCLE}/items/laporan/file", {}, person)).status_code == 403
    assert (await tell(expecting, f"/cycles/{CYCLE}/hard-copy", {"location": "x", "copies": 1}, person)).status_code == 403
    assert (await tell(expecting, f"/cycles/{CYCLE}/close", {}, person)).status_code == 403


# Closing and sealing


async def test_a_cycle_with_something_missing_is_not_closed(expecting: Served) -> None:
    answer = await close(expecting)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Belum diarsipkan: laporan, tanda terima Gubernur, tanda terima Kemendagri, naskah asli."


async def test_a_complete_cycle_is_closed_once_and_its_locks_become_final(expecting: Served) -> None:
    await file_all(expecting)
    answer = await close(expecting, **{"Idempotency-Key": "tutup"})
    assert [event["type"] for event in answer.json()["events"]] == ["cycle-archived"]
    await expecting.hear(*(plain(number) for number in range(3)))
    assert (await close(expecting, **{"Idempotency-Key": "tutup"})).json() == answer.json()
    assert (await close(expecting)).status_code == 409
    assert await expecting.works.filing.seal() == len(ITEMS)
    assert await expecting.works.filing.seal() == 0
    events = await own_events(expecting)
    assert [event.checkpoint_size for event in events if isinstance(event, CycleArchived)] == [6]
    sealed = [event for event in events if isinstance(event, ItemSealed)]
    assert {event.mode for event in sealed} == {"compliance"}
    with pytest.raises(Denied):
        await expecting.objects.archive.remove(sealed[0].object_key, sealed[0].object_version, bypass=True)


async def test_the_probe_is_recorded_as_an_event(expecting: Served) -> None:
    probed = [event for event in await own_events(expecting) if isinstance(event, StoreProbed)]
    assert [(event.failed, event.checks > 5) for event in probed] == [((), True)]
    assert (await ask(expecting, "tri", "/store")).json()["enforced"] is True


# The log over HTTP


async def exported(archive: Served, folder: Path) -> Path:
    answer = await ask(archive, "ina", "/export")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(folder)
        return folder / packed.namelist()[0].split("/")[0]


async def test_an_export_of_a_closed_cycle_is_accepted_by_both_verifiers(expecting: Served, tmp_path: Path) -> None:
    await file_all(expecting)
    await close(expecting)
    await expecting.follow_up()
    folder = await exported(expecting, tmp_path / "ekspor")
    assert {file.name for file in folder.iterdir()} == {"events.ndjson", "checkpoint", "vkey", "verifier.py", "BACA-DULU.txt", "berkas"}
    assert sorted(file.stem for file in (folder / "berkas" / CYCLE).iterdir()) == sorted(ITEMS)
    report = verifier.verify(folder, vkey=str(expecting.works.key))
    assert (report.verified, report.refuted) == (True, [])
    assert len([sentence for sentence in report.proven if "isinya persis" in sentence]) == len(ITEMS)
    assert "WORM: ditegakkan" in report.not_proven[-1]
    assert accepts(folder)


async def test_a_changed_receipt_in_the_export_is_found_by_both_verifiers(expecting: Served, tmp_path: Path) -> None:
    await file_all(expecting)
    await expecting.follow_up()
    folder = await exported(expecting, tmp_path / "ekspor")
    (folder / "berkas" / CYCLE / "tanda_terima_gubernur.pdf").write_bytes(b"%PDF palsu")
    assert (verifier.verify(folder).verified, accepts(folder)) == (False, False)


async def test_the_log_as_one_file_extends_an_older_checkpoint_of_another_hand(expecting: Served, tmp_path: Path) -> None:
    (tmp_path / "lama").write_text((await ask(expecting, "sri", "/checkpoint")).text, encoding="utf-8")
    await expecting.hear(*(plain(number) for number in range(9)))
    (tmp_path / "log").write_bytes((await ask(expecting, "ina", "/log")).content)
    report = verifier.verify(tmp_path / "log", vkey=(await ask(expecting, "ina", "/key")).text, older=[tmp_path / "lama"])
    assert (report.verified, report.size) == (True, 15)


async def test_tree_lines_proof_and_consistency_answer(expecting: Served) -> None:
    tree = (await ask(expecting, "ina", "/tree")).json()
    assert (tree["size"], tree["key"]) == (6, str(expecting.works.key))
    lines = (await ask(expecting, "ina", "/lines?limit=4")).json()
    assert [row["index"] for row in lines["items"]] == [5, 4, 3, 2]
    rest = (await ask(expecting, "ina", f"/lines?after={lines['next']}")).json()
    assert ([row["index"] for row in rest["items"]], rest["next"]) == ([1, 0], None)
    assert (await ask(expecting, "ina", "/lines?search=receipt+documents")).json()["items"] == []
    assert len((await ask(expecting, "ina", "/lines?search=receipt+gubernur")).json()["items"]) == 1
    assert (await ask(expecting, "ina", "/proof/5")).text.startswith("c2sp.org/tlog-proof@v1\nindex 5\n")
    assert (await ask(expecting, "ina", "/proof/6")).status_code == 404
    assert len((await ask(expecting, "ina", "/consistency?older=3&size=6")).json()["hashes"]) == 4
    assert (await ask(expecting, "ina", "/consistency?older=3&size=7")).status_code == 404
    assert [row["size"] for row in (await ask(expecting, "ina", "/checkpoints")).json()["items"]] == [6]
    assert (await ask(expecting, "ina", "/verification")).json()["verified"] is True


async def test_a_position_is_waited_for_in_the_log_itself(expecting: Served) -> None:
    answer = await ask(expecting, "ina", "/lines", **{"Jejak-Position": "documents:document-3402-2026-laporan@1"})
    assert answer.status_code == 200


async def test_an_empty_log_has_no_checkpoint(archive: Served) -> None:
    assert (await ask(archive, "ina", "/checkpoint")).status_code == 404
    assert (await ask(archive, "ina", "/checkpoint?size=3")).status_code == 404


@pytest.mark.parametrize(
    ("path", "person"), [("/export", "sri"), ("/log", "operator"), ("/lines", "sri"), ("/proof/0", "sri"), ("/verification", "operator")]
)
async def test_who_has_no_office_for_it_gets_nothing_of_the_log(expecting: Served, path: str, person: str) -> None:
    assert (await ask(expecting, person, path)).status_code == 403


async def test_the_trail_shows_only_agencies_within_reach(expecting: Served) -> None:
    from dataclasses import replace

    from shared.access.permissions import Viewer

    await expecting.hear(*(plain(number) for number in range(2)))
    viewer = Viewer(person="sri", name="Sri", agency="dinkes", agency_name="Dinkes", offices=())
    async with expecting.archive.running.pool.connection() as conn:
        own = await queries.trail(conn, replace(viewer, reach=frozenset({"dinkes"})), limit=50)
        assert {row["agency"] for row in own} == {"dinkes"}
        assert await queries.one_leaf(conn, replace(viewer, reach=frozenset({"dinkes"})), 0) is None
        assert await queries.trail(conn, viewer, limit=50) == []


# Pages


async def test_the_arsiparis_files_and_closes_on_the_page(expecting: Served) -> None:
    async with visiting(expecting.app, "tri") as browser:
        page = (await browser.get("/arsip")).text
        assert "WORM: ditegakkan" not in page, "the probe is not fresh on the clock of this test"
        assert page.count("menunggu Arsiparis") == 5
        for item in ITEMS:
            fields = await browser.fields("/arsip")
            assert (await browser.post(f"/arsip/{CYCLE}/{item}/arsipkan", fields)).status_code == 303
        refused = await browser.post(
            f"/arsip/{CYCLE}/naskah-asli",
            {**await browser.fields("/arsip"), "location": "Rak 3", "copies": "dua", "occurred_on": "2027-03-12"},
        )
        assert (refused.status_code, "Rak 3" in refused.text, "bilangan bulat" in refused.text) == (422, True, True)
        done = await browser.post(
            f"/arsip/{CYCLE}/naskah-asli",
            {**await browser.fields("/arsip"), "location": "Rak 3", "copies": "2", "occurred_on": "2027-03-12"},
        )
        assert done.status_code == 303, done.text
        assert (await browser.post(f"/arsip/{CYCLE}/tutup", await browser.fields("/arsip"))).status_code == 303
        assert "siklus ditutup" in (await browser.get("/arsip")).text


async def test_a_store_that_let_something_through_is_said_so_on_the_page(expecting: Served) -> None:
    expecting.archive.tamper("UPDATE store_probe SET failed = '[\"shorten\"]', at = '2026-02-17T03:00:00Z'")
    async with visiting(expecting.app, "ina") as browser:
        page = (await browser.get("/arsip")).text
    assert "WORM: tidak ditegakkan oleh penyimpanan" in page
    assert "membiarkan: shorten" in page


async def test_a_fresh_probe_that_let_nothing_through_is_said_so_on_the_page(expecting: Served) -> None:
    expecting.archive.tamper("UPDATE store_probe SET at = '2026-02-17T03:00:00Z'")
    async with visiting(expecting.app, "ina") as browser:
        assert "WORM: ditegakkan" in (await browser.get("/arsip")).text


async def test_the_inspector_reads_the_trail_one_event_and_the_check(expecting: Served) -> None:
    async with visiting(expecting.app, "ina") as browser:
        trail = (await browser.get("/jejak-audit?cari=receipt")).text
        assert trail.count("Tanda terima dicatat") == 2
        event = (await browser.get("/jejak-audit/1")).text
        assert "Naskah final ditetapkan" in event
        proven = (await browser.get("/jejak-audit/verifikasi")).text
        assert "Terbukti utuh" in proven
        assert "tangan lain" in proven
        assert (await browser.get("/jejak-audit/99")).status_code == 404


async def test_tampering_is_shown_in_red_by_the_check_on_the_page(expecting: Served) -> None:
    await ask(expecting, "ina", "/checkpoint")
    expecting.archive.tamper("UPDATE leaf SET line = line || ' '::bytea WHERE index = 2")
    async with visiting(expecting.app, "ina") as browser:
        assert "Tidak terbukti" in (await browser.get("/jejak-audit/verifikasi")).text


async def test_the_operator_sees_what_is_stuck_and_no_case(expecting: Served) -> None:
    async with visiting(expecting.app, "operator") as browser:
        page = (await browser.get("/macet")).text
        assert page.count("/macet") >= 4
        assert (await browser.get("/jejak-audit")).status_code == 403
