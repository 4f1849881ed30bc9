"""The audit log on a real PostgreSQL: gap-free, causes first, provable, and every tampering found."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import InsufficientPrivilege

from services.archive.check import fsck
from services.archive.domain.checkpoint import open_note
from services.archive.domain.merkle import Edge, grow
from services.archive.log import checkpoints, queries
from services.archive.log.checkpoints import Inconsistent, Signed
from services.archive.log.leaf import leaf_of
from services.archive.log.signing import Signing
from services.archive.log.witness import Witness
from services.archive.proof import proofs
from shared.messaging.receiving.transaction import Advanced
from shared.migrations.migrate import migrate
from tests.support.archive_room import Archive, archive_room, plain
from tests.support.parts import PostgresPart
from tests.support.second_verifier import extends, includes


@pytest.fixture
async def archive(postgres: PostgresPart) -> AsyncIterator[Archive]:
    async with archive_room(postgres.fresh_database("archive")) as running:
        yield running


async def lines_of(archive: Archive) -> list[bytes]:
    async with archive.running.pool.connection() as conn:
        size = (await queries.edge(conn)).size
        return [line.raw async for page in queries.lines(conn, end=size) for line in page]


async def signed(archive: Archive) -> Signed:
    async with archive.running.pool.connection() as conn:
        found = await checkpoints.sign(conn, archive.signer)
    assert found
    return found


async def checked(archive: Archive) -> fsck.Findings:
    async with archive.running.pool.connection() as conn:
        return await fsck.check(conn, archive.signer.key, archive.running.settings.region)


def signing_of(archive: Archive) -> Signing:
    return Signing(
        archive.running.pool,
        archive.signer,
        witness=Witness(archive.objects.archive, archive.signer.key),
        troubles=archive.running.troubles,
        every=3600,
    )


# Order


async def test_events_stand_in_the_order_in_which_they_were_taken_in(archive: Archive) -> None:
    events = [plain(number) for number in range(5)]
    assert await archive.log(*events) == Advanced(5)
    assert await lines_of(archive) == [leaf_of(event).line for event in events]


async def test_a_line_is_canonical_json_with_sorted_keys_and_no_spaces(archive: Archive) -> None:
    await archive.log(plain(0))
    (line,) = await lines_of(archive)
    assert (
        line
        == json.dumps(
            event := json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    )
    assert set(event) == {
        "source",
        "stream",
        "version",
        "position",
        "case_id",
        "type",
        "schema",
        "data",
        "metadata",
        "recorded_at",
    }


async def test_an_event_that_comes_twice_stands_once(archive: Archive) -> None:
    await archive.log(plain(0), plain(1))
    assert await archive.log(plain(0), plain(1), plain(2)) == Advanced(3)
    assert len(await lines_of(archive)) == 3


async def test_an_event_before_its_cause_is_held_back_with_everything_after_it(archive: Archive) -> None:
    cause = (
        b'{"actor":{"person":"p","role":"r","agency":""},"command_id":"c","correlation":"c",'
        b'"causation":{"source":"documents","stream":"d-1","version":1}}'
    )
    effect = plain(0, metadata=cause)
    assert await archive.log(effect, plain(1)) == Advanced(0, "missing-cause")
    assert await lines_of(archive) == []
    assert await archive.log(plain(0, source="documents", stream="d-1"), effect, plain(1)) == Advanced(3)


async def test_a_gap_in_a_stream_is_held_back(archive: Archive) -> None:
    assert await archive.log(plain(0), plain(2)) == Advanced(1, "gap")
    assert len(await lines_of(archive)) == 1


async def test_an_event_of_a_newer_version_of_jejak_goes_into_the_log_too(archive: Archive) -> None:
    assert await archive.log(plain(0, source="intake", type="figure-entered", schema=99)) == Advanced(1)


async def test_two_workers_at_once_leave_no_hole_and_no_double(archive: Archive) -> None:
    async def worker(stream: str) -> None:
        for start in range(0, 60, 6):
            await archive.log(*(plain(number, stream=stream) for number in range(start, start + 6)))

    await asyncio.gather(*(worker(f"s-{n}") for n in range(6)))
    assert ((findings := await checked(archive)).size, findings.wrong) == (360, [])


async def test_an_exception_in_the_middle_leaves_neither_line_nor_cursor_nor_tree(archive: Archive) -> None:
    broken = plain(1, metadata=b"{")
    with pytest.raises(Exception, match="truncated"):
        await archive.log(plain(0), broken)
    assert await lines_of(archive) == []
    assert await archive.log(plain(0)) == Advanced(1)
    assert (await checked(archive)).wrong == []


async def test_the_service_itself_cannot_change_or_remove_what_is_logged(archive: Archive) -> None:
    await archive.log(*(plain(number) for number in range(3)))
    await signed(archive)
    for statement in (
        "UPDATE leaf SET line = 'x'", "DELETE FROM leaf", "DELETE FROM tile",
        "UPDATE checkpoint SET note = ''", "DELETE FROM checkpoint",
        "DELETE FROM tree", "TRUNCATE leaf",
    ):  # fmt: skip
        async with archive.running.pool.connection() as conn:
            with pytest.raises(InsufficientPrivilege):
                await conn.execute(statement.encode())


# Checkpoints and proofs


async def test_a_checkpoint_signs_size_and_root_of_the_lines(archive: Archive) -> None:
    events = [plain(number) for number in range(300)]
    await archive.log(*events)
    checkpoint = open_note((await signed(archive)).note, archive.signer.key)
    assert (checkpoint.origin, checkpoint.size) == ("jejak.id/3402", 300)
    assert checkpoint.root == grow(Edge(), (leaf_of(event).hash for event in events))[0].root


async def test_an_empty_log_is_not_signed_and_the_same_log_only_once(archive: Archive) -> None:
    async with archive.running.pool.connection() as conn:
        assert await checkpoints.sign(conn, archive.signer) is None
    await archive.log(plain(0))
    assert await signed(archive) == await signed(archive)


async def test_every_line_has_a_portable_proof_against_every_checkpoint(archive: Archive) -> None:
    events = [plain(number) for number in range(600)]
    await archive.log(*events[:255])
    first = await signed(archive)
    await archive.log(*events[255:])
    second = await signed(archive)
    async with archive.running.pool.connection() as conn:
        for mark, indexes in ((first, (0, 17, 254)), (second, (0, 254, 255, 256, 511, 512, 599))):
            for index in indexes:
                header, place, *rest = (await proofs.inclusion(conn, index, mark)).split("\n")
                path = [base64.b64decode(one) for one in rest[: rest.index("")]]
                assert (header, place) == ("c2sp.org/tlog-proof@v1", f"index {index}")
                assert includes(mark.root, mark.size, index, leaf_of(events[index]).hash, path)
        proof = await proofs.consistency(conn, first.size, second.size)
        assert extends(first.root, first.size, second.root, second.size, proof)
        with pytest.raises(ValueError, match="has not 601"):
            await proofs.consistency(conn, 1, 601)
        with pytest.raises(ValueError, match="not in a tree"):
            await proofs.inclusion(conn, 600, second)


async def test_the_check_on_the_page_proves_the_log_and_names_what_it_does_not_prove(
    archive: Archive,
) -> None:
    await archive.log(*(plain(number) for number in range(10)))
    await signed(archive)
    await archive.log(*(plain(number) for number in range(10, 30)))
    newest = await signed(archive)
    async with archive.running.pool.connection() as conn:
        report = await proofs.verify(conn, newest, archive.signer.key)
    assert (report.verified, report.size, report.root) == (True, 30, newest.root.hex())
    assert any("1 titik periksa sebelumnya" in sentence for sentence in report.proven)
    assert any("tangan lain" in sentence for sentence in report.not_proven)


async def test_a_log_that_lost_its_tail_is_never_signed_again(archive: Archive) -> None:
    await archive.log(plain(0), plain(1))
    await signed(archive)
    archive.tamper("DELETE FROM leaf WHERE index = 1")
    archive.tamper("UPDATE tree SET size = 1, peaks = ARRAY[%b::bytea]", (leaf_of(plain(0)).hash,))
    async with archive.running.pool.connection() as conn:
        with pytest.raises(Inconsistent, match="signed 2"):
            await checkpoints.sign(conn, archive.signer)


async def test_another_root_is_not_signed_for_a_size_that_was_signed(archive: Archive) -> None:
    await archive.log(plain(0))
    await signed(archive)
    archive.tamper("UPDATE tree SET peaks = ARRAY[%b::bytea]", (hashlib.sha256(b"lain").digest(),))
    async with archive.running.pool.connection() as conn:
        with pytest.raises(Inconsistent, match="another root"):
            await checkpoints.sign(conn, archive.signer)


async def test_the_signing_task_signs_when_it_is_woken(archive: Archive) -> None:
    signing = signing_of(archive)
    task = asyncio.create_task(signing.run())
    await archive.log(plain(0))
    async with asyncio.timeout(20):
        while signing.newest is None:
            signing.soon()
            await asyncio.sleep(0.01)
    task.cancel()
    assert signing.newest.size == 1


# Fsck and tampering with the database itself


async def test_a_log_of_an_older_version_gets_its_lookups_words_and_counts(archive: Archive) -> None:
    await archive.log(*(plain(number) for number in range(40)))
    asked = {
        "lookup": "SELECT index, source, position, ts_delete(words, 'g:3402')::text "
        "FROM leaf_lookup ORDER BY index",
        "words": "SELECT word FROM leaf_word ORDER BY word",
        "counts": "SELECT * FROM leaf_count",
    }

    def told() -> dict[str, list[tuple[object, ...]]]:
        with psycopg.connect(archive.database.owner) as conn:
            return {name: conn.execute(query.encode()).fetchall() for name, query in asked.items()}

    fresh = told()
    archive.tamper("DROP TABLE leaf_lookup, leaf_count, leaf_word, comparison, difference")
    archive.tamper("DROP INDEX leaf_stream, leaf_filed")
    archive.tamper("UPDATE alembic_version SET version_num = 'archive_0003'")
    migrate(
        "archive",
        archive.database.owner,
        str(conninfo_to_dict(archive.running.settings.database_url)["user"]),
        upto="archive_0005",
    )
    assert told() == fresh
