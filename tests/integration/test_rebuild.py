"""Rebuilding read models: identical to the live ones, or the exact rows that differ;
and a damaged table is whole again.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec
import psycopg
import pytest

from deploy.local.postgres.databases import Database
from shared.eventsourcing import store
from shared.eventsourcing.read_models.changes import Change
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild
from shared.eventsourcing.read_models.replay import ForeignPages, Replay, Unreadable
from shared.eventsourcing.recorded import Recorded, Row
from shared.eventsourcing.sql import Pool, open_pool
from tests.support.kernel import SRI, TALLY, command_id, install, kernel, order, project
from tests.support.parts import PostgresPart


async def no_feed(_source: str, _after: int) -> AsyncIterator[Sequence[Row]]:
    return
    yield


async def rebuilt(database: Database, *, swap: bool = True) -> Certificate:
    """With every version where nothing is mended."""
    pool = open_pool(database.owner, size=1)
    async with pool, pool.connection() as conn:
        return await rebuild(conn, "intake", project, TALLY.metadata, (), no_feed, swap=swap, past=not swap)


async def counted(postgres: PostgresPart) -> Database:
    database = postgres.fresh_database("rebuild")
    install(database)
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute("SELECT keep_past('tally')")
    async with kernel(database) as (_, handler):
        for number in range(30):
            await handler.handle(order(1, f"tally-{number % 3}"), actor=SRI, command_id=command_id())
    return database


async def test_live_read_models_equal_their_rebuild(postgres: PostgresPart) -> None:
    certificate = await rebuilt(await counted(postgres))
    assert (certificate.identical, certificate.events, certificate.tables[0].live) == (True, 30, 3)


async def test_a_forged_row_is_named_and_mended(postgres: PostgresPart) -> None:
    database = await counted(postgres)
    with psycopg.connect(database.app, autocommit=True) as conn:
        conn.execute("UPDATE tally SET served = 99 WHERE stream = 'tally-1'")
    first, second = await rebuilt(database), await rebuilt(database)
    assert (first.tables[0].differing, second.identical) == (('["tally-1"]',), True)


async def test_what_was_consumed_after_the_source_was_asked_is_asked_for_and_never_left_out(
    postgres: PostgresPart,
) -> None:
    database = await counted(postgres)
    async with kernel(database) as (pool, _):
        rows = await store_rows(pool)
        replay, told = Replay("documents", project), 6

        async def feed(_source: str, after: int) -> AsyncIterator[Sequence[Row]]:
            yield [row for row in rows if after < row.position <= told] or rows[:0]

        async def consumed(upto: int) -> None:
            with psycopg.connect(database.owner, autocommit=True) as owner:
                owner.execute("DELETE FROM cursor")
                owner.execute(
                    (
                        "INSERT INTO cursor (source, stream, version) SELECT 'intake', stream, "
                        "max(version) FROM event WHERE position <= %s GROUP BY 2"
                    ),
                    (upto,),
                )

        async with pool.connection() as conn:
            await consumed(6)
            await replay.ask(conn, "intake", non_empty(feed))
            await consumed(9)
            assert (await replay.foreign(conn, "intake"), replay.events) == (False, 0)
            told = 30
            await replay.ask(conn, "intake", non_empty(feed))
            assert (await replay.foreign(conn, "intake"), replay.events) == (True, 9)


async def store_rows(pool: Pool) -> list[Row]:
    async with pool.connection() as conn:
        return await store.read(conn, after=0, upto=await store.settled(conn), limit=100)


def non_empty(feed: ForeignPages) -> ForeignPages:
    async def pages(source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        async for rows in feed(source, after):
            if rows:
                yield rows

    return pages


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", '"nothing of the kind"'),
        ("data", '{"served": "many"}'),
        ("metadata", '{"actor": 7}'),
        ("type", "never-heard-of"),
        ("schema", "99"),
    ],
)
async def test_an_event_that_says_nothing_any_more_is_named_and_the_rest_is_compared(
    postgres: PostgresPart, column: str, value: str
) -> None:
    """Whoever may write the store may put there what no version can read; that must not end the check."""
    database = await counted(postgres)
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute("UPDATE tally SET served = 99 WHERE stream = 'tally-2'")
        statement = f"UPDATE event SET {column} = %s WHERE stream = 'tally-1' AND version = 4"
        conn.execute(statement.encode(), (value,))
    for _ in range(2):  # with swap: from what is left nothing is mended
        certificate = await rebuilt(database)
        (said,) = certificate.unreadable
        assert (said.source, said.stream, said.version) == ("intake", "tally-1", 4)
        assert not certificate.identical
        assert '["tally-2"]' in certificate.tables[0].differing


async def test_an_event_that_a_projection_cannot_take_is_named(postgres: PostgresPart) -> None:
    database = await counted(postgres)

    def choosy(recorded: Recorded) -> Iterable[Change]:
        if (recorded.stream, recorded.version) == ("tally-0", 2):
            raise KeyError("nobody knows")
        return project(recorded)

    pool = open_pool(database.owner, size=1)
    async with pool, pool.connection() as conn:
        certificate = await rebuild(conn, "intake", choosy, TALLY.metadata, (), no_feed)
    assert certificate.unreadable == (Unreadable("intake", "tally-0", 2, "KeyError('nobody knows')"),)


# The past


FORGED = {
    "UPDATE was.tally SET served = 99 WHERE stream = 'tally-1' AND from_position = {at}": True,
    "DELETE FROM was.tally WHERE stream = 'tally-1' AND from_position = {at}": True,
    "UPDATE was.tally SET from_position = {at} + 1 WHERE stream = 'tally-1' AND from_position = {at}": True,
    "INSERT INTO was.tally VALUES ('tally-9', 4, {at}, {at} + 5)": True,
    "UPDATE tally SET served = 99 WHERE stream = 'tally-1'": True,
    "UPDATE event SET commit_position = position + 4 WHERE stream = 'tally-1' AND version = 5": True,
    "UPDATE was.tally SET served = served WHERE stream = 'tally-1'": False,
}


@pytest.mark.parametrize("forged", FORGED)
async def test_what_a_superuser_writes_into_the_past_is_named_with_its_position(
    postgres: PostgresPart, forged: str
) -> None:
    database = await counted(postgres)
    honest = await rebuilt(database, swap=False)
    assert [(one.table, one.live, one.rebuilt, one.differing) for one in honest.tables] == [
        ("tally", 3, 3, ()),
        ("was.tally", 30, 30, ()),
    ]
    with psycopg.connect(database.owner, autocommit=True) as conn:
        ((at,),) = conn.execute(
            "SELECT from_position FROM was.tally WHERE stream = 'tally-1' ORDER BY 1 OFFSET 4 LIMIT 1"
        ).fetchall()
        conn.execute(forged.format(at=at).encode())
    certificate = await rebuilt(database, swap=False)
    then = certificate.tables[1]
    assert certificate.identical is not FORGED[forged]
    if FORGED[forged]:
        stream, position = msgspec.json.decode(then.differing[0])
        assert stream in {"tally-1", "tally-9"}
        assert position == at or ("UPDATE tally" in forged and position > at)


async def test_what_a_repair_put_right_is_shown_as_it_was_and_is_no_difference(
    postgres: PostgresPart,
) -> None:
    """Until somebody writes there again."""
    database = await counted(postgres)
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute("UPDATE tally SET served = 99 WHERE stream = 'tally-1'")
        assert not (await rebuilt(database, swap=False)).identical
        assert (await rebuilt(database)).identical is False
        assert (await rebuilt(database, swap=False)).identical
        shown = conn.execute("SELECT count(*) FROM was.tally WHERE served = 99").fetchall()
        assert shown == [(1,)], "the past says what was shown"
        conn.execute("UPDATE tally SET served = 98 WHERE stream = 'tally-2'")
    assert not (await rebuilt(database, swap=False)).identical


async def test_writers_beside_each_other_leave_a_past_that_the_events_explain(postgres: PostgresPart) -> None:
    """One row that eight streams write, two events a command, and takings-in between: in whatever order the
    commits come, of every moment the past is what the events say.
    """
    database = await counted(postgres)
    async with kernel(database) as (_, handler):
        chance = random.Random(5)

        async def write(number: int) -> None:
            for _ in range(25):
                step = chance.choice((1, 2, 3))
                await handler.handle(order(step, f"tally-{number}"), actor=SRI, command_id=command_id())

        await asyncio.gather(*(write(number) for number in range(8)))
    certificate = await rebuilt(database, swap=False)
    assert certificate.identical, certificate
    assert certificate.tables[1].live > 200
