"""The audit log of archive over HTTP and on pages, on a real PostgreSQL and a real store with Object Lock."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from services.archive.log import queries as log
from services.archive.log.regions import Seen
from services.archive.proof import verifier
from services.archive.trail import queries
from services.archive.trail.searching import Search
from shared.access.permissions import Viewer
from tests.support.applications import visiting
from tests.support.archive_room import (
    CYCLE,
    ITEMS,
    Archive,
    plain,
)
from tests.support.second_verifier import accepts


async def exported(archive: Archive, folder: Path) -> Path:
    answer = await archive.ask("ina", "/export")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(folder)
        return folder / packed.namelist()[0].split("/")[0]


async def test_an_export_of_a_closed_cycle_is_accepted_by_both_verifiers(
    expecting: Archive, tmp_path: Path
) -> None:
    await expecting.file_all()
    await expecting.close()
    await expecting.log_own()
    folder = await exported(expecting, tmp_path / "ekspor")
    assert {file.name for file in folder.iterdir()} == {
        "events.ndjson",
        "checkpoint",
        "vkey",
        "verifier.py",
        "BACA-DULU.txt",
        "leaf-hashes",
        "berkas",
    }
    assert sorted(file.stem for file in (folder / "berkas" / CYCLE).iterdir()) == sorted(ITEMS)
    report = verifier.verify(folder, vkey=str(expecting.signing.key))
    assert (report.verified, report.refuted) == (True, [])
    assert len([sentence for sentence in report.proven if "isinya persis" in sentence]) == len(ITEMS)
    assert "WORM: ditegakkan" in report.not_proven[-1]
    assert accepts(folder)


async def test_a_changed_receipt_in_the_export_is_found_by_both_verifiers(
    expecting: Archive, tmp_path: Path
) -> None:
    await expecting.file_all()
    await expecting.log_own()
    folder = await exported(expecting, tmp_path / "ekspor")
    (folder / "berkas" / CYCLE / "tanda_terima_gubernur.pdf").write_bytes(b"%PDF palsu")
    assert (verifier.verify(folder).verified, accepts(folder)) == (False, False)


async def test_the_log_as_one_file_extends_an_older_checkpoint_of_another_hand(
    expecting: Archive, tmp_path: Path
) -> None:
    (tmp_path / "lama").write_text((await expecting.ask("sri", "/checkpoint")).text, encoding="utf-8")
    await expecting.hear(*(plain(number) for number in range(9)))
    (tmp_path / "log").write_bytes((await expecting.ask("ina", "/log")).content)
    report = verifier.verify(
        tmp_path / "log", vkey=(await expecting.ask("ina", "/key")).text, older=[tmp_path / "lama"]
    )
    assert (report.verified, report.size) == (True, 15)


async def test_tree_lines_proof_and_consistency_answer(expecting: Archive) -> None:
    tree = (await expecting.ask("ina", "/tree")).json()
    assert (tree["size"], tree["key"]) == (6, str(expecting.signing.key))
    lines = (await expecting.ask("ina", "/lines?limit=4")).json()
    assert [row["index"] for row in lines["items"]] == [5, 4, 3, 2]
    rest = (await expecting.ask("ina", f"/lines?after={lines['next']}")).json()
    assert ([row["index"] for row in rest["items"]], rest["next"]) == ([1, 0], None)
    assert (await expecting.ask("ina", "/lines?search=receipt+surabaya")).json()["items"] == []
    assert len((await expecting.ask("ina", "/lines?search=receipt+gubernur")).json()["items"]) == 1
    assert (await expecting.ask("ina", "/proof/5")).text.startswith("c2sp.org/tlog-proof@v1\nindex 5\n")
    assert (await expecting.ask("ina", "/proof/6")).status_code == 404
    assert len((await expecting.ask("ina", "/consistency?older=3&size=6")).json()["hashes"]) == 4
    assert (await expecting.ask("ina", "/consistency?older=3&size=7")).status_code == 404
    assert [row["size"] for row in (await expecting.ask("ina", "/checkpoints")).json()["items"]] == [6]
    assert (await expecting.ask("ina", "/verification")).json()["verified"] is True


async def test_the_search_line_understands_the_words_of_the_office(expecting: Archive) -> None:
    async def found(words: str) -> list[str]:
        return [row["type"] for row in (await expecting.ask("ina", f"/lines?search={words}")).json()["items"]]

    assert await found("tanda+terima+gubernur") == ["receipt-recorded"]
    assert await found("naskah+final+2026") == ["document-settled"]
    assert await found("Bantul") == ["cycle-opened"], "a word of the content"
    assert await found("100%25") == []


async def test_a_position_is_waited_for_in_the_log_itself(expecting: Archive) -> None:
    answer = await expecting.ask(
        "ina", "/lines", **{"Jejak-Position": "documents:document-3402-2026-laporan@1"}
    )
    assert answer.status_code == 200


async def test_an_empty_log_has_no_checkpoint(archive: Archive) -> None:
    assert (await archive.ask("ina", "/checkpoint")).status_code == 404
    assert (await archive.ask("ina", "/checkpoint?size=3")).status_code == 404


@pytest.mark.parametrize(
    ("path", "person"),
    [
        ("/export", "sri"),
        ("/log", "operator"),
        ("/lines", "sri"),
        ("/proof/0", "sri"),
        ("/verification", "operator"),
    ],
)
async def test_who_has_no_office_for_it_gets_nothing_of_the_log(
    expecting: Archive, path: str, person: str
) -> None:
    assert (await expecting.ask(person, path)).status_code == 403


async def test_the_trail_shows_only_agencies_within_reach(expecting: Archive) -> None:
    await expecting.hear(*(plain(number) for number in range(2)))
    said = {"person": "sri", "name": "Sri", "region": "3402", "agency": "dinkes", "agency_name": "Dinkes"}
    viewer = Viewer(**said, offices=())
    seen = Seen(replace(viewer, reach=frozenset({"dinkes"})), ("3402",), whole=True)
    async with expecting.running.pool.connection() as conn:
        own = await queries.trail(conn, seen, limit=50)
        assert {row["agency"] for row in own} == {"dinkes"}
        assert await log.one_leaf(conn, seen, 0) is None
        assert await queries.trail(conn, replace(seen, viewer=viewer), limit=50) == []


# Pages


async def test_the_arsiparis_files_and_closes_on_the_page(expecting: Archive) -> None:
    async with visiting(expecting.app, "tri") as browser:
        page = (await browser.get("/arsip")).text
        assert "Kunci arsip ditegakkan" not in page, "the probe is not fresh on the clock of this test"
        assert page.count("menunggu Arsiparis") == 5
        for item in ITEMS:
            fields = await browser.fields("/arsip")
            assert (await browser.post(f"/arsip/{CYCLE}/{item}/arsipkan", fields)).status_code == 303
        refused = await browser.post(
            f"/arsip/{CYCLE}/naskah-asli",
            {
                **await browser.fields("/arsip"),
                "location": "Rak 3",
                "copies": "dua",
                "occurred_on": "2027-03-12",
            },
        )
        assert (refused.status_code, "Rak 3" in refused.text, "bilangan bulat" in refused.text) == (
            422,
            True,
            True,
        )
        done = await browser.post(
            f"/arsip/{CYCLE}/naskah-asli",
            {
                **await browser.fields("/arsip"),
                "location": "Rak 3",
                "copies": "2",
                "occurred_on": "2027-03-12",
            },
        )
        assert done.status_code == 303, done.text
        assert (
            await browser.post(f"/arsip/{CYCLE}/tutup", await browser.fields("/arsip"))
        ).status_code == 303
        assert "siklus ditutup" in (await browser.get("/arsip")).text


async def test_a_store_that_let_something_through_is_said_so_on_the_page(expecting: Archive) -> None:
    expecting.tamper("UPDATE store_probe SET failed = '[\"shorten\"]', at = '2026-02-17T03:00:00Z'")
    async with visiting(expecting.app, "ina") as browser:
        page = (await browser.get("/arsip")).text
    assert "Kunci arsip tidak ditegakkan oleh penyimpanan" in page
    assert "membiarkan: shorten" in page


async def test_a_fresh_probe_that_let_nothing_through_is_said_so_on_the_page(expecting: Archive) -> None:
    expecting.tamper("UPDATE store_probe SET at = '2026-02-17T03:00:00Z'")
    async with visiting(expecting.app, "ina") as browser:
        assert "Kunci arsip ditegakkan" in (await browser.get("/arsip")).text


async def test_the_inspector_reads_the_trail_one_event_and_the_check(expecting: Archive) -> None:
    async with visiting(expecting.app, "ina") as browser:
        trail = (await browser.get("/jejak-audit?cari=receipt")).text
        assert trail.count("<strong>Tanda terima dicatat") == 2
        assert (
            "penerima Gubernur, diterima oleh Loket, tanggal terima Rab, 10 Mar 2027, "
            "nomor rujukan TT-gubernur"
        ) in trail
        event = (await browser.get("/jejak-audit/1")).text
        assert "Naskah final ditetapkan" in event
        assert 'Terjadi<br><code class="quiet wrap">occurred_on</code>' in event
        assert 'Sen, 1 Mar 2027<br><code class="quiet">2027-03-01</code>' in event
        proven = (await browser.get("/jejak-audit/verifikasi")).text
        assert "Terbukti utuh" in proven
        assert "tangan lain" in proven
        assert (await browser.get("/jejak-audit/99")).status_code == 404


async def test_tampering_is_shown_in_red_by_the_check_on_the_page(expecting: Archive) -> None:
    await expecting.ask("ina", "/checkpoint")
    expecting.tamper("UPDATE leaf SET line = line || ' '::bytea WHERE index = 2")
    async with visiting(expecting.app, "ina") as browser:
        assert "Tidak terbukti" in (await browser.get("/jejak-audit/verifikasi")).text


async def test_the_operator_sees_what_is_stuck_and_no_case(expecting: Archive) -> None:
    async with visiting(expecting.app, "operator") as browser:
        page = (await browser.get("/macet")).text
        assert page.count("/macet") >= 4
        trail = (await browser.get("/jejak-audit")).text
        assert "Belum ada peristiwa." in trail, "there is none of the installation"
        assert (await browser.get("/jejak-audit/0")).status_code == 404


async def test_what_is_searched_is_found_by_full_names_printed_numbers_and_days(expecting: Archive) -> None:
    await expecting.hear(
        *(plain(number) for number in range(3)),
        plain(0, stream="lain", data=b'{"service": "kes.ibu_hamil", "number": 4074}'),
    )
    searches = {
        "Sri Lestari": 10, "sri": 10, "Tri Wahyuni": 0, "Pelayanan kesehatan ibu hamil": 1,
        "Pelayanan kesehatan balita": 0, "4.074": 1, "4074": 1,
        "407": 0, "tanda terima dicatat": 2, "Dinas Kesehatan": 4, "23 November 2026": 10, "23/11/2026": 10,
        "24 Nov 2026": 0, "Loket gubernur": 1, "lest": 10, "kemen": 2, "l": 0,
        "tidak ada yang begini": 0, "": 10, "' | \\": 0,
    }  # fmt: skip
    found = {
        typed: len((await expecting.ask("ina", f"/lines?search={quote(typed)}")).json()["items"])
        for typed in searches
    }
    assert found == searches
    only = (await expecting.ask("ina", f"/lines?search=sri&stream=document-{CYCLE}-laporan")).json()["items"]
    assert [row["stream"] for row in only] == [f"document-{CYCLE}-laporan"]


async def test_neither_search_nor_trail_reads_the_whole_log(archive: Archive) -> None:
    await archive.hear(*(plain(number) for number in range(1500)))
    archive.tamper("ANALYZE")
    async with archive.running.pool.connection() as conn, conn.transaction():
        # a log this short is read as a whole for good reason
        await conn.execute(b"SET LOCAL enable_seqscan = off")
        for words in (("'sri'",), ("'4074'",), ("'v:sri'", "'7'")):
            asked = queries.asked(Search(tuple((word,) for word in words)), ("3402",), None, 26)
            cursor = await conn.execute(b"EXPLAIN " + queries.BLOCKS, asked)
            plan = "\n".join(row[0] for row in await cursor.fetchall())
            assert "leaf_lookup_words" in plan, plan
        cursor = await conn.execute(
            b"EXPLAIN SELECT index FROM leaf WHERE stream = 'x' ORDER BY index DESC LIMIT 26"
        )
        assert "leaf_stream" in str(await cursor.fetchall())
        assert await log.count_of_sources(conn) == {"intake": 1500}
