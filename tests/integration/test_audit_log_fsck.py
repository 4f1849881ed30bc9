"""Fsck on the audit log in a real PostgreSQL: tampering with the database itself is found,
and nothing false is said.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextvars import Context

import psycopg
import pytest

from services.archive.check import log_walk
from services.archive.check.differences import Difference
from services.archive.domain.merkle import leaf_hash
from services.archive.log.leaf import leaf_of
from services.archive.proof import proofs
from shared.eventsourcing.sql import Connection
from tests.integration.test_audit_log import checked, signed
from tests.support.archive_room import Archive, archive_room, plain
from tests.support.parts import PostgresPart


@pytest.fixture
async def archive(postgres: PostgresPart) -> AsyncIterator[Archive]:
    async with archive_room(postgres.fresh_database("archive")) as running:
        yield running


async def test_fsck_finds_nothing_wrong_with_an_honest_log(archive: Archive) -> None:
    await archive.log(*(plain(number) for number in range(700)))
    mark = await signed(archive)
    findings = await checked(archive)
    assert (findings.wrong, findings.size, findings.root, findings.checkpoints) == ([], 700, mark.root, 1)


LINE = json.dumps(
    json.loads(leaf_of(plain(5)).line) | {"version": 6, "data": {"number": 7}},
    sort_keys=True,
    separators=(",", ":"),
).encode()


@pytest.mark.parametrize(
    ("tampering", "values"),
    [
        ("UPDATE leaf SET line = %b WHERE index = 5", (LINE,)),
        ("UPDATE leaf SET line = %b, hash = %b WHERE index = 5", (LINE, leaf_hash(LINE))),
        ("UPDATE leaf SET line = 'bukan peristiwa' WHERE index = 5", ()),
        ("UPDATE leaf SET stream = 'lain' WHERE index = 5", ()),
        ("DELETE FROM leaf WHERE index = 299", ()),
        ("DELETE FROM leaf WHERE index = 100", ()),
        ("UPDATE leaf a SET line = b.line, hash = b.hash FROM leaf b WHERE a.index = 7 AND b.index = 8", ()),
        ("UPDATE tile SET hash = '\\x00'", ()),
        ("DELETE FROM tile", ()),
        ("UPDATE tree SET size = 299", ()),
        ("UPDATE checkpoint SET root = '\\x00'", ()),
        ("UPDATE checkpoint SET size = 299", ()),
        ("UPDATE checkpoint SET note = replace(note, '300', '301')", ()),
    ],
)
async def test_fsck_finds_every_tampering(
    archive: Archive, tampering: str, values: tuple[bytes, ...]
) -> None:
    await archive.log(*(plain(number) for number in range(300)))
    await signed(archive)
    archive.tamper(tampering, values)
    assert (await checked(archive)).wrong


async def test_a_log_that_grows_while_it_is_looked_at_is_not_called_wrong(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await archive.log(*(plain(number) for number in range(250)))
    counted, more = log_walk._counted, archive.log(*(plain(number) for number in range(250, 260)))

    async def after_more(conn: Connection) -> list[Difference]:
        # by somebody else, who holds no connection: one more node of the tree
        await asyncio.create_task(more, context=Context())
        return await counted(conn)

    monkeypatch.setattr(log_walk, "_counted", after_more)
    assert (await checked(archive)).wrong == []


async def test_a_rewritten_line_is_refuted_by_the_check_on_the_page(archive: Archive) -> None:
    await archive.log(*(plain(number) for number in range(300)))
    mark = await signed(archive)
    archive.tamper("UPDATE leaf SET line = %b, hash = %b WHERE index = 5", (LINE, leaf_hash(LINE)))
    async with archive.running.pool.connection() as conn:
        report = await proofs.verify(conn, mark, archive.signer.key)
    assert not report.verified
    assert "bukan yang ditandatangani" in report.refuted[0]


async def test_fsck_finds_an_event_before_its_cause(archive: Archive) -> None:
    await archive.log(plain(0), plain(1))
    cause = '{"causation":{"source":"documents","stream":"d-1","version":1}}'
    early = leaf_of(plain(2, metadata=cause.encode())).line
    with psycopg.connect(archive.database.owner, autocommit=True) as conn:
        conn.execute("UPDATE leaf SET line = %b, hash = %b WHERE index = 1", (early, leaf_hash(early)))
    assert any("before its cause" in sentence for sentence in (await checked(archive)).wrong)
