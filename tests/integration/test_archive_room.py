"""Archive on a real PostgreSQL and a real store with Object Lock:
expecting, filing, closing, sealing, exporting; routes and pages.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from services.archive import tables
from services.archive.bootstrap import ROOM
from shared.contracts.archive import CycleArchived, ItemFiled, ItemSealed, StoreProbed
from shared.contracts.registry import decode
from shared.eventsourcing.read_models.rebuild import rebuild
from shared.eventsourcing.read_models.replay import ForeignPages
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import open_pool
from shared.messaging.envelope import Received
from shared.objects.address import S3Address
from shared.objects.port import Denied
from tests.support.applications import migrated
from tests.support.archive_room import (
    CONTENT,
    CYCLE,
    ITEMS,
    Archive,
    archive_room,
    plain,
    put_files,
    settled,
    story,
)
from tests.support.memory_bucket import as_file
from tests.support.parts import ObjectStorePart, PostgresPart


async def own_events(archive: Archive) -> list[object]:
    async with archive.running.pool.connection() as conn:
        found = await conn.execute(b"SELECT type, schema, data::text FROM event ORDER BY position")
        return [decode("archive", *row) for row in await found.fetchall()]


def test_the_migrations_make_the_tables_that_the_read_models_name(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("schema")
    migrated("archive", database)
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


# Expecting and filing


async def test_what_documents_made_final_or_received_is_expected_on_the_shelf(expecting: Archive) -> None:
    shelf = (await expecting.ask("tri", f"/cycles/{CYCLE}")).json()
    assert [item["item"] for item in shelf["items"]] == list(ITEMS)
    assert all(item["filed_digest"] is None for item in shelf["items"])


async def test_what_waits_is_read_before_it_is_locked_and_only_then(expecting: Archive) -> None:
    address = f"/arsip/{CYCLE}/laporan/naskah"
    assert f'href="{address}"' in (await expecting.page("tri", f"/arsip?siklus={CYCLE}")).text
    read = await expecting.page("tri", address)
    assert (read.status_code, read.content) == (200, CONTENT["laporan"])
    await expecting.file("laporan")
    assert (await expecting.page("tri", address)).status_code == 404
    assert f'href="{address}"' not in (await expecting.page("tri", f"/arsip?siklus={CYCLE}")).text


async def test_a_filed_item_lies_under_lock_in_the_archive_bucket_byte_for_byte(expecting: Archive) -> None:
    answer = await expecting.file("laporan")
    assert [event["type"] for event in answer.json()["events"]] == ["item-filed"]
    item = (await expecting.ask("tri", f"/cycles/{CYCLE}")).json()["items"][0]
    assert (item["mode"], item["lock_enforced"]) == ("governance", True)
    days = datetime.fromisoformat(item["retain_until"]) - datetime.now(UTC)
    assert timedelta(days=728) < days < timedelta(days=732), "two years from today, whatever day was said"
    archive = expecting.objects.archive
    assert await archive.get(item["object_key"], item["object_version"]) == CONTENT["laporan"]
    with pytest.raises(Denied):
        await archive.remove(item["object_key"], item["object_version"])
    taken = await expecting.ask("ina", f"/cycles/{CYCLE}/items/laporan/file")
    called = f"''{CYCLE}-laporan-{item['filed_digest'][:8]}.pdf"
    assert (taken.content, called in taken.headers["content-disposition"]) == (CONTENT["laporan"], True)


async def test_without_a_probe_nothing_is_said_to_be_enforced(archive: Archive) -> None:
    await archive.hear(*story(await put_files(archive.objects.work)))
    await archive.file("laporan")
    item = (await archive.ask("tri", f"/cycles/{CYCLE}")).json()["items"][0]
    assert (item["mode"], item["lock_enforced"]) == ("governance", False)
    assert (await archive.ask("tri", "/store")).json()["enforced"] is False


async def test_filing_twice_under_one_key_is_one_event_and_one_copy(expecting: Archive) -> None:
    path, body = f"/cycles/{CYCLE}/items/laporan/file", {"occurred_on": "2027-03-12"}
    first = await expecting.tell("tri", path, body, **{"Idempotency-Key": "satu"})
    again = await expecting.tell("tri", path, body, **{"Idempotency-Key": "satu"})
    another = await expecting.tell("tri", path, body)
    assert (again.json(), another.json()["events"]) == (first.json(), [])
    assert len(await expecting.objects.archive.listing("sha256")) == 1


async def test_a_file_that_is_not_in_the_work_bucket_is_refused_and_nothing_is_recorded(
    expecting: Archive,
) -> None:
    lost = settled(
        as_file(await expecting.objects.work.put(b"x", media_type="application/pdf"), "x.pdf"), version=2
    )
    gone = lost.data.replace(b"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", b"0" * 64)
    await expecting.hear(replace(lost, data=gone))
    answer = await expecting.tell("tri", f"/cycles/{CYCLE}/items/laporan/file", {})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:file-missing")
    assert not any(isinstance(event, ItemFiled) for event in await expecting.own_events())


async def test_an_item_that_nobody_expects_is_not_found(expecting: Archive) -> None:
    assert (await expecting.tell("tri", f"/cycles/{CYCLE}/items/entah/file", {})).status_code == 404
    assert (await expecting.ask("tri", f"/cycles/{CYCLE}/items/laporan/file")).status_code == 404


@pytest.mark.parametrize("person", ["ina", "sri", "operator"])
async def test_only_the_arsiparis_files_and_closes(expecting: Archive, person: str) -> None:
    assert (await expecting.tell(person, f"/cycles/{CYCLE}/items/laporan/file", {})).status_code == 403
    assert (
        await expecting.tell(person, f"/cycles/{CYCLE}/hard-copy", {"location": "x", "copies": 1})
    ).status_code == 403
    assert (await expecting.tell(person, f"/cycles/{CYCLE}/close", {})).status_code == 403


# Closing and sealing


async def test_a_cycle_with_something_missing_is_not_closed(expecting: Archive) -> None:
    answer = await expecting.close()
    assert answer.status_code == 422
    assert (
        answer.json()["detail"]
        == "Belum diarsipkan: laporan, tanda terima Gubernur, tanda terima Kemendagri, naskah asli."
    )


async def test_a_complete_cycle_is_closed_once_and_its_locks_become_final(expecting: Archive) -> None:
    await expecting.file_all()
    answer = await expecting.close(**{"Idempotency-Key": "tutup"})
    assert [event["type"] for event in answer.json()["events"]] == ["cycle-archived"]
    await expecting.hear(*(plain(number) for number in range(3)))
    assert (await expecting.close(**{"Idempotency-Key": "tutup"})).json() == answer.json()
    assert (await expecting.close()).status_code == 409
    troubles = expecting.running.troubles
    troubles.report("clock", "Jam melompat.", "the database's clock said 2062")
    assert await expecting.filing.seal() == 0, "nobody can undo a lock that a wrong clock made final"
    troubles.clear("clock")
    assert await expecting.filing.seal() == len(ITEMS)
    assert await expecting.filing.seal() == 0
    events = await expecting.own_events()
    assert [event.checkpoint_size for event in events if isinstance(event, CycleArchived)] == [6]
    sealed = [event for event in events if isinstance(event, ItemSealed)]
    assert {event.mode for event in sealed} == {"compliance"}
    with pytest.raises(Denied):
        await expecting.objects.archive.remove(sealed[0].object_key, sealed[0].object_version, bypass=True)


async def test_the_probe_is_recorded_as_an_event(expecting: Archive) -> None:
    probed = [event for event in await expecting.own_events() if isinstance(event, StoreProbed)]
    assert [(event.failed, event.checks > 5) for event in probed] == [((), True)]
    assert (await expecting.ask("tri", "/store")).json()["enforced"] is True


async def test_live_read_models_equal_their_rebuild(
    postgres: PostgresPart, object_store: ObjectStorePart
) -> None:
    database = postgres.fresh_database("archive_rebuild")
    async with archive_room(database, S3Address.from_url(object_store.url)) as archive:
        await archive.filing.probe()
        told = story(await put_files(archive.objects.work))
        await archive.hear(*told)
        await archive.file_all()
        await archive.close()
        await archive.filing.seal()
        async with open_pool(database.owner, size=1) as pool, pool.connection() as conn:
            certificate = await rebuild(
                conn,
                ROOM.name,
                ROOM.projecting("3402"),
                ROOM.metadata,
                ["documents", "intake"],
                feed_of(told),
            )
    assert {verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing} == {}
    empty = {verdict.table for verdict in certificate.tables if verdict.live == 0}
    assert empty == {"certificate_open", "certificate", "certificate_statement"}, (
        "those are filled in tests/integration/test_replay_certificate.py"
    )


def feed_of(told: Sequence[Received]) -> ForeignPages:
    """The feeds of the sources, as far as this story goes;
    positions are given anew, as a source would have given them.
    """

    async def pages(source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        rows = [
            event.row()._replace(position=number)
            for number, event in enumerate(told, start=1)
            if event.source == source
        ]
        if later := [row for row in rows if row.position > after]:
            yield later

    return pages
