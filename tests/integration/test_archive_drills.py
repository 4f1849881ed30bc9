"""Drills: whatever is changed at a source, in the log or in the store, by whoever has all rights,
is named with its place.

On pages, on *Macet*, in the readiness answer's troubles, and by fsck:
one table of what is done and what is said.
"""

import asyncio
import json
from collections.abc import AsyncIterator

import psycopg
import pytest

from services.archive.log import checkpoints
from services.archive.log.checkpoints import Inconsistent
from shared.messaging.envelope import received
from shared.messaging.receiving.feed_client import FeedAway, FeedPage
from tests.integration.archive_drills import Watched, watching
from tests.support.applications import visiting
from tests.support.parts import ObjectStorePart, PostgresPart


@pytest.fixture
async def watched(postgres: PostgresPart, object_store: ObjectStorePart) -> AsyncIterator[Watched]:
    async with watching(postgres, object_store) as both:
        yield both


async def page(watched: Watched, path: str, person: str = "ina") -> str:
    async with visiting(watched.archive.app, person) as browser:
        return (await browser.get(path)).text


async def named(watched: Watched) -> list[str]:
    """What one round of the slow check finds, as told in the process's troubles."""
    await watched.comparing().one_round()
    return [trouble.cause for trouble in watched.archive.running.troubles.listed()]


async def test_an_honest_log_differs_nowhere(watched: Watched) -> None:
    assert await named(watched) == []
    assert await watched.fsck() == []
    assert "beda" not in await page(watched, "/macet", "operator")


async def test_whatever_is_changed_at_the_source_or_in_the_log_is_named_with_its_place(
    watched: Watched,
) -> None:
    watched.source.tamper(
        "UPDATE event SET data = jsonb_set(data, '{figure,served}', '99') WHERE stream = 'tally-1' AND "
        "version = 2"
    )
    watched.source.tamper("UPDATE tally SET served = 99 WHERE stream = 'tally-1'")
    watched.source.tamper(
        "UPDATE event SET metadata = jsonb_set(metadata, '{actor,person}', "
        "'\"budi\"') WHERE stream = 'tally-2' AND version = 1"
    )
    watched.source.tamper("DELETE FROM event WHERE stream = 'tally-0' AND version = 4")
    watched.tamper(
        "UPDATE leaf SET line = replace(convert_from(line, 'UTF8'), 'served\":3', "
        "'served\":7')::bytea WHERE stream = 'tally-0' AND version = 3"
    )
    watched.tamper("UPDATE leaf SET person = 'budi' WHERE stream = 'tally-2' AND version = 3")
    watched.tamper("DELETE FROM leaf WHERE stream = 'tally-1' AND version = 3")
    wanted = {
        "content: leaf 4, intake tally-1 @2: data.figure.served: log 2, source 99": "/jejak-audit/4",
        'content: leaf 2, intake tally-2 @1: metadata.actor.person: log "sri", source "budi"': (
            "/jejak-audit/2"
        ),
        "extra: leaf 9, intake tally-0 @4": "/jejak-audit/9",
        "leaf-hash: leaf 6, intake tally-0 @3": "/jejak-audit/6",
        "content: leaf 6, intake tally-0 @3: data.figure.served: log 7, source 3": "/jejak-audit/6",
        "leaf-columns: leaf 8, intake tally-2 @3": "/jejak-audit/8",
        "leaf-gone: leaf 7": "/jejak-audit/7",
        "missing: intake tally-1 @3": "",
    }
    await watched.comparing().one_round()
    by_fsck = await watched.fsck()
    macet, trail = await page(watched, "/macet", "operator"), await page(watched, "/jejak-audit")
    for sentence, place in wanted.items():
        assert any(said.startswith(sentence) for said in by_fsck), (sentence, by_fsck)
        detail = sentence.partition(": ")[2].partition(": ")[2].replace('"', "&#34;")
        for shown in (macet, trail, await page(watched, place) if place else macet):
            assert detail in shown, (sentence, place)
            assert f'href="{place}"' in shown or "tally-1" in shown, place
    (trouble,) = watched.archive.running.troubles.listed()
    assert (trouble.name, trouble.facts["n"]) == ("archive-differences", str(len(by_fsck)))
    ready = (await watched.archive.ask("ina", "/health/ready")).json()
    assert ready["status"] != "ready"
    assert ("leaf 7" in str(ready), "budi" in str(ready)) == (True, False), (
        "places for everybody, values for those who may read them"
    )


async def test_whatever_is_changed_in_the_tables_beside_the_lines_is_named(watched: Watched) -> None:
    for statement, sentence in {
        "UPDATE leaf_lookup SET words = 'x' WHERE index = 5": "leaf-words: leaf 5, intake tally-2 @2",
        "DELETE FROM leaf_lookup WHERE index = 6": "leaf-words: leaf 6, intake tally-0 @3",
        "DELETE FROM leaf_word WHERE word = 'dinkes'": "leaf-words: dinkes",
        "UPDATE leaf_count SET many = many + 1 WHERE source = 'intake'": (
            "leaf-count: intake: 12 lines are there, the count says 13"
        ),
        "INSERT INTO tile VALUES (8, 7, sha256('x'))": "tile: 8/7",
        "UPDATE tree SET peaks[1] = sha256('x')": "tree: edge",
        "UPDATE checkpoint SET note = replace(note, 'jejak', 'jojak')": "checkpoint-note: leaf 11",
    }.items():
        watched.tamper(statement)
        by_fsck = await watched.fsck()
        assert any(said.startswith(sentence) for said in by_fsck), (statement, by_fsck)
    assert any("leaf 6" in cause for cause in await named(watched))
    assert "pencarian tidak menemukan baris ini" in await page(watched, "/jejak-audit/6")


async def test_what_is_right_again_is_no_longer_named(watched: Watched) -> None:
    watched.source.tamper("UPDATE event SET case_id = 'lain' WHERE stream = 'tally-1' AND version = 2")
    assert len(await named(watched)) == 1
    watched.source.tamper("UPDATE event SET case_id = '3402-2026' WHERE stream = 'tally-1' AND version = 2")
    assert await named(watched) == []


async def test_lines_cut_off_at_the_end_stop_the_signing_and_are_said(watched: Watched) -> None:
    signing, size = watched.archive.signing, 12
    watched.cut_off(10)
    for _ in range(6):  # and the log grows again past what was signed
        with pytest.raises(Inconsistent):
            await signing.now()
        await watched.source.happen("tally-9")
        rows = [row for row in await watched.source.rows() if row.stream == "tally-9"]
        await watched.archive.hear(*(received("intake", row) for row in rows[-1:]))
    async with watched.archive.running.pool.connection() as conn:
        newest = await checkpoints.latest(conn)
    assert newest is not None
    assert newest.size == size
    causes = await named(watched)
    assert any("another root was signed for 12" in cause for cause in causes), causes
    by_fsck = await watched.fsck()
    assert any(said.startswith("checkpoint-root: leaf 11") for said in by_fsck), by_fsck
    assert {"missing: intake tally-1 @4", "missing: intake tally-2 @4"} <= set(by_fsck)
    assert "bukan lagi yang pernah ditandatangani" in await page(watched, "/macet", "operator")
    assert "bukan lagi yang pernah ditandatangani" in await page(watched, "/jejak-audit")
    assert "tidak ditandatangani lagi" in await page(watched, "/jejak-audit/14")
    assert (await watched.archive.ask("ina", "/checkpoint")).text == newest.note
    assert "Tidak terbukti" in await page(watched, "/jejak-audit/verifikasi")
    english = (await watched.archive.ask("ina", "/verification", **{"Accept-Language": "en"})).json()
    assert english["refuted"] == [
        "The log is not the one that was signed: a line was changed, removed, doubled or moved."
    ]


async def test_a_log_rewritten_and_signed_with_the_stolen_key_is_found_at_the_source_and_by_the_stored_copy(
    watched: Watched,
) -> None:
    signing = watched.archive.signing
    newest = signing.newest
    assert newest is not None
    await signing.witness.keep(newest.size, newest.note)
    with psycopg.connect(watched.archive.database.owner) as conn:
        line = bytes(conn.execute("SELECT line FROM leaf WHERE index = 5").fetchone()[0])  # type: ignore[index]
    event = json.loads(line)
    event["data"]["figure"]["served"] = 1_000_000
    watched.rewrite_log(
        5, json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    async with watched.archive.running.pool.connection() as conn:
        await checkpoints.sign(conn, watched.archive.signer)  # the thief's own program
    by_fsck = await watched.fsck()
    assert [said for said in by_fsck if not said.startswith("leaf-words")] == [
        "content: leaf 5, intake tally-2 @2: data.figure.served: log 1000000, source 2"
    ]
    await watched.comparing().one_round()
    assert "source 2" in await page(watched, "/jejak-audit/5")
    restarted = watched.restarted()
    await restarted.witness.ask()
    with pytest.raises(Inconsistent, match="another root was signed for 12"):
        await restarted.now()


async def test_a_database_that_was_put_back_is_noticed_by_the_copy_in_the_store(watched: Watched) -> None:
    signing = watched.archive.signing
    assert signing.newest is not None
    await signing.witness.keep(signing.newest.size, signing.newest.note)
    watched.tamper("DELETE FROM checkpoint")
    watched.cut_off(4)
    restarted = watched.restarted()
    await restarted.witness.ask()
    with pytest.raises(Inconsistent, match="signed 12 events before, the log has 4"):
        await restarted.now()


async def test_beside_live_writers_nothing_false_is_said_by_either_check(watched: Watched) -> None:
    done = asyncio.Event()

    async def write(stream: str) -> None:
        while not done.is_set():
            await watched.source.happen(stream)
            await asyncio.sleep(0.02)

    async def relay() -> None:
        while not done.is_set():
            known = await watched.known()
            rows = [row for row in await watched.source.rows() if (row.stream, row.version) not in known]
            await watched.archive.log(*(received("intake", row) for row in rows))
            await asyncio.sleep(0.05)

    writers = [asyncio.create_task(write(f"tally-live{number}")) for number in range(4)]
    tasks = [*writers, asyncio.create_task(relay())]
    try:
        for _ in range(3):
            assert await watched.fsck() == []
            assert await named(watched) == []
    finally:
        done.set()
        await asyncio.gather(*tasks)


async def test_the_slow_check_goes_on_where_it_stopped(watched: Watched) -> None:
    watched.source.limit = 7
    interrupted = watched.comparing()
    assert await interrupted._step("intake")
    assert watched.source.asked == [0]
    going_on = watched.comparing()
    await going_on.one_round()
    assert watched.source.asked[1] == 7
    told = await going_on.check()
    assert told["walks"]["intake"]["rounds"] == 1


async def test_a_source_that_is_away_is_waited_for_and_said(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_source: str, _after: int) -> FeedPage:
        raise FeedAway("intake's feed does not answer")

    monkeypatch.setattr(watched.source, "page", away)
    assert await named(watched) == []
    assert "does not answer" in await page(watched, "/jejak-audit")
    assert await watched.fsck() == [
        "intake was not compared: intake's feed does not answer",
        "archive was not compared: intake's feed does not answer",
    ]
