"""Concurrent appends that commit out of order: the reader misses nothing and never reorders a stream."""

import asyncio
import random
import uuid
from datetime import UTC, datetime

import psycopg
import pytest

from deploy.local.postgres.databases import Database
from shared.eventsourcing import store
from shared.eventsourcing.past.moment import at_time
from shared.eventsourcing.recorded import Metadata, Row
from shared.eventsourcing.sql import Pool
from tests.support.kernel import CASE, SRI, command_id, entered, install, kernel, order
from tests.support.parts import PostgresPart

WRITERS, EVENTS, BATCH = 8, 50_000, 25
METADATA = Metadata(actor=SRI, command_id="", correlation="")


def decision(stream: str, expected: int, events: int) -> store.Append:
    return store.Append(
        stream=stream,
        expected=expected,
        case_id=CASE,
        command=uuid.uuid4(),
        fingerprint=b"",
        events=[entered(expected + number + 1) for number in range(events)],
        metadata=METADATA,
        recorded_at=datetime.now(UTC),
    )


async def write(pool: Pool, writer: int) -> None:
    """Appends its share to three streams of its own,
    dawdling before some commits so that others overtake it.
    """
    dice = random.Random(writer)
    versions = {f"tally-{writer}-{number}": 0 for number in range(3)}
    for _ in range(EVENTS // WRITERS // BATCH):
        stream = dice.choice(list(versions))
        async with pool.connection() as conn, conn.transaction():
            await store.append(conn, decision(stream, versions[stream], BATCH))
            if dice.random() < 0.15:
                await asyncio.sleep(dice.random() * 0.02)
        versions[stream] += BATCH


async def follow(pool: Pool, total: int) -> list[Row]:
    """Reads as the relay does, until everything has been seen."""
    seen: list[Row] = []
    while len(seen) < total:
        async with pool.connection() as conn:
            upto = await store.settled(conn)
            seen += await store.read(conn, after=seen[-1].position if seen else 0, upto=upto, limit=2_000)
        await asyncio.sleep(0)
    return seen


async def follow_naively(pool: Pool, done: asyncio.Event) -> int:
    """What a reader without the settled position would have seen: `position > checkpoint` alone."""
    checkpoint, seen = 0, 0
    while True:
        last_look = done.is_set()
        async with pool.connection() as conn:
            rows = await store.read(conn, after=checkpoint, upto=2**62, limit=2_000)
        seen, checkpoint = seen + len(rows), rows[-1].position if rows else checkpoint
        if last_look and not rows:
            return seen
        await asyncio.sleep(0)


def prepared(postgres: PostgresPart) -> Database:
    database = postgres.fresh_database("store")
    install(database)
    return database


async def test_nothing_is_missed_and_no_stream_is_reordered(postgres: PostgresPart) -> None:
    async with kernel(prepared(postgres), connections=WRITERS + 2) as (pool, _):
        done = asyncio.Event()

        async def write_all() -> None:
            await asyncio.gather(*(write(pool, writer) for writer in range(WRITERS)))
            done.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(write_all())
            reader = tasks.create_task(follow(pool, EVENTS))
            naive = tasks.create_task(follow_naively(pool, done))
        rows = reader.result()
    versions: dict[str, int] = {}
    for row in rows:
        assert row.version == versions.get(row.stream, 0) + 1
        versions[row.stream] = row.version
    assert len(rows) == len({row.position for row in rows}) == EVENTS
    assert naive.result() < EVENTS, "the writers did not overtake each other, so this run proved nothing"


async def test_a_transaction_under_way_holds_the_settled_position_back(postgres: PostgresPart) -> None:
    database = prepared(postgres)
    async with (
        kernel(database) as (one, _),
        kernel(database) as (other, _),
        one.connection() as slow,
        other.connection() as quick,
    ):
        async with slow.transaction():
            await store.append(slow, decision("tally-slow", 0, 1))
            await store.append(quick, decision("tally-quick", 0, 1))
            assert await store.settled(quick) == 0
        assert [
            row.stream for row in await store.read(quick, after=0, upto=await store.settled(quick), limit=9)
        ] == [
            "tally-slow",
            "tally-quick",
        ]


async def test_a_rolled_back_append_leaves_a_hole_and_no_delay(postgres: PostgresPart) -> None:
    async with kernel(prepared(postgres)) as (pool, _), pool.connection() as conn:
        async with conn.transaction(force_rollback=True):
            await store.append(conn, decision("tally-gone", 0, 1))
        await store.append(conn, decision("tally-kept", 0, 1))
        rows = await store.read(conn, after=0, upto=await store.settled(conn), limit=9)
        assert [(row.stream, row.version) for row in rows] == [("tally-kept", 1)]


async def test_answers_are_kept_longer_than_any_honest_retry_and_not_for_ever(postgres: PostgresPart) -> None:
    database = prepared(postgres)
    async with kernel(database) as (pool, handler):
        asked = [(command_id(), order(1, stream=f"tally-{days}")) for days in (0, 399, 401, 402, 403)]
        for command, given in asked:
            await handler.handle(given, actor=SRI, command_id=command)
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(
                "UPDATE command SET at = now() - split_part(stream, '-', 2)::int * interval '1 day'"
            )
        async with pool.connection() as conn:
            assert [await store.forget_answers(conn, most) for most in (2, 9, 9)] == [2, 1, 0]
            kept = await (await conn.execute("SELECT stream FROM command ORDER BY at DESC")).fetchall()
            assert kept == [("tally-0",), ("tally-399",)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await conn.execute("DELETE FROM command")
        command, given = asked[1]
        assert (await handler.handle(given, actor=SRI, command_id=command)).version == 1


async def test_what_was_settled_at_a_moment_stays_so(postgres: PostgresPart) -> None:
    async with kernel(prepared(postgres)) as (pool, _), pool.connection() as conn:
        await conn.execute(
            "INSERT INTO tick (position, at) VALUES (3, '2026-02-02T10:00Z'), (7, '2026-02-02T11:00Z')"
        )
        at = [
            (await at_time(conn, datetime(2026, 2, 2, hour, 30, tzinfo=UTC))).position for hour in (9, 10, 11)
        ]
        assert at == [0, 3, 7]
