"""A command on a real PostgreSQL: one effect, one answer, and nothing at all when it can't be."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import psycopg
import pytest

from deploy.local.postgres.databases import Database
from shared.eventsourcing import store
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import CommandReused, Conflict
from shared.eventsourcing.recorded import Metadata, Recorded
from shared.eventsourcing.sql import Pool
from tests.support.kernel import CASE, SRI, command_id, entered, install, kernel, order
from tests.support.parts import PostgresPart

Kernel = tuple[Pool, CommandHandler]


@pytest.fixture
def database(postgres: PostgresPart) -> Database:
    made = postgres.fresh_database("kernel")
    install(made)
    return made


@pytest.fixture
async def running(database: Database) -> AsyncIterator[Kernel]:
    async with kernel(database) as opened:
        yield opened


async def count_of(pool: Pool, table: str) -> int:
    async with pool.connection() as conn:
        found = await (await conn.execute(f"SELECT count(*) FROM {table}".encode())).fetchone()
    assert found
    return int(found[0])


async def test_a_command_becomes_an_event_and_a_row_of_the_page(running: Kernel) -> None:
    pool, handler = running
    answer = await handler.handle(order(3), actor=SRI, command_id=command_id())
    assert (answer.events, answer.token) == ((entered(3),), "intake:tally-1@1")
    async with pool.connection() as conn:
        assert await (await conn.execute("SELECT stream, served FROM tally")).fetchall() == [("tally-1", 3)]


async def test_the_same_command_id_twice_has_one_effect_and_the_same_answer(running: Kernel) -> None:
    pool, handler = running
    same = command_id()
    first = await handler.handle(order(3), actor=SRI, command_id=same)
    await handler.handle(order(4), actor=SRI, command_id=command_id())
    assert await handler.handle(order(3), actor=SRI, command_id=same) == first
    assert await count_of(pool, "event") == 2


async def test_twenty_clicks_at_once_with_one_command_id_have_one_effect(running: Kernel) -> None:
    pool, handler = running
    same = command_id()
    answers = await asyncio.gather(*(handler.handle(order(3), actor=SRI, command_id=same) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert await count_of(pool, "event") == 1


async def test_a_command_without_news_stays_without_news_when_it_is_repeated_later(running: Kernel) -> None:
    pool, handler = running
    same = command_id()
    await handler.handle(order(0), actor=SRI, command_id=same)
    await handler.handle(order(5), actor=SRI, command_id=command_id())
    assert (await handler.handle(order(0), actor=SRI, command_id=same)).version == 0
    assert await count_of(pool, "event") == 1


async def test_a_command_id_is_not_lent_to_another_command(running: Kernel) -> None:
    _, handler = running
    same = command_id()
    await handler.handle(order(3), actor=SRI, command_id=same)
    with pytest.raises(CommandReused):
        await handler.handle(order(4), actor=SRI, command_id=same)


async def test_a_stale_version_is_refused_and_says_what_changed(running: Kernel) -> None:
    _, handler = running
    await handler.handle(order(3), actor=SRI, command_id=command_id())
    await handler.handle(order(4), actor=SRI, command_id=command_id())
    with pytest.raises(Conflict) as caught:
        await handler.handle(order(1), actor=SRI, command_id=command_id(), expected=1)
    assert (caught.value.actual, [recorded.event for recorded in caught.value.changed]) == (2, [entered(7)])


async def test_writers_at_once_never_overwrite_each_other(running: Kernel) -> None:
    pool, handler = running
    await asyncio.gather(*(handler.handle(order(1), actor=SRI, command_id=command_id()) for _ in range(6)))
    async with pool.connection() as conn:
        loaded = await store.load(conn, "intake", "tally-1", command_id())
    assert loaded.events == [entered(number) for number in range(1, 7)]
    assert await count_of(pool, "tally WHERE served = 6") == 1


async def test_what_another_process_recorded_counts_although_this_one_remembers_the_stream(
    database: Database, running: Kernel
) -> None:
    _, handler = running
    async with kernel(database) as (_, elsewhere):
        for _ in range(3):
            await handler.handle(order(1), actor=SRI, command_id=command_id())
            await elsewhere.handle(order(10), actor=SRI, command_id=command_id())
    assert (await handler.handle(order(1), actor=SRI, command_id=command_id())).events == (entered(34),)


async def test_a_database_that_went_back_to_an_earlier_day_is_believed_and_not_the_memory(
    database: Database, running: Kernel
) -> None:
    _, handler = running
    for _ in range(4):
        await handler.handle(order(1), actor=SRI, command_id=command_id())
    with psycopg.connect(database.owner) as owner:
        owner.execute("DELETE FROM event WHERE version > 2")
    answer = await handler.handle(order(1), actor=SRI, command_id=command_id())
    assert (answer.version, answer.events) == (3, (entered(3),))


async def test_a_reaction_that_was_rolled_back_is_not_remembered(running: Kernel) -> None:
    pool, handler = running
    await handler.handle(order(1), actor=SRI, command_id=command_id())
    cause = Recorded(
        source="verification",
        stream="x-1",
        version=1,
        position=1,
        case_id=CASE,
        type="figure-entered",
        schema=1,
        event=entered(0),
        metadata=Metadata(actor=SRI, command_id="", correlation="c"),
        recorded_at=datetime.now(UTC),
    )
    for attempt in range(2):
        async with pool.connection() as conn, conn.transaction(force_rollback=True):
            for number in range(2):
                orders = [(command_id(), order(100)), (command_id(), order(100))]
                await handler.absorb(
                    conn, msgspec.structs.replace(cause, version=attempt * 2 + number + 1), orders
                )
    assert (await handler.handle(order(1), actor=SRI, command_id=command_id())).events == (entered(2),)


async def test_a_refused_command_leaves_nothing(running: Kernel) -> None:
    pool, handler = running
    with pytest.raises(Refused):
        await handler.handle(order(-1), actor=SRI, command_id=command_id())
    assert (
        await count_of(pool, "event"),
        await count_of(pool, "command"),
        await count_of(pool, "tally"),
    ) == (0, 0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO event DEFAULT VALUES",
        "UPDATE event SET stream = 'x'",
        "DELETE FROM event",
        "TRUNCATE event",
    ],
)
async def test_the_service_itself_cannot_touch_the_record(running: Kernel, statement: str) -> None:
    pool, handler = running
    await handler.handle(order(3), actor=SRI, command_id=command_id())
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(statement.encode())
