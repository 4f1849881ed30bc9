"""What PostgreSQL undoes for its own reasons is decided again;
what cannot be carried or answered is refused before the commit.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import msgspec
import psycopg
import pytest

from deploy.local.postgres.databases import Database
from shared.contracts.intake import FigureEntered
from shared.contracts.values import Figure
from shared.eventsourcing.commands.bounds import MOST_EVENT
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.eventsourcing.commands.order import Order, TooBusy
from shared.eventsourcing.pool import Limits
from shared.eventsourcing.read_models.changes import Change, Put
from shared.eventsourcing.recorded import Recorded
from shared.eventsourcing.sql import Connection, Pool, open_pool
from shared.messaging.envelope import Received, received
from shared.messaging.receiving.transaction import Advanced, Reaction, advance, for_each
from shared.web.positions import parse
from tests.support.events import recorded, row_of
from tests.support.kernel import CASE, SRI, TALLY, command_id, entered, install, kernel, order, tally
from tests.support.parts import PostgresPart

ROWS = ("alpha", "beta")


@pytest.fixture(scope="module")
def database(postgres: PostgresPart) -> Database:
    made = postgres.fresh_database("again")
    install(made)
    return made


def crosswise(recorded: Recorded) -> Iterable[Change]:
    """Two rows in an order that depends on the stream: two commands at once lock each other out."""
    rows = ROWS if recorded.stream.endswith(("1", "3", "5", "7", "9")) else tuple(reversed(ROWS))
    for row in rows * 7:  # more than fit into one statement: one by one, as a large decision is written
        yield Put(TALLY, {"stream": row}, {"served": recorded.version})


async def deadlocks(conn: psycopg.AsyncConnection[object]) -> int:
    found = await (
        await conn.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    ).fetchone()
    return int(found[0]) if isinstance(found, tuple) else 0


async def test_a_deadlock_is_decided_again(postgres: PostgresPart, database: Database) -> None:
    with psycopg.connect(postgres.server.admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} SET deadlock_timeout = '20ms'".encode())
    async with (
        open_pool(database.app) as pool,
        await psycopg.AsyncConnection.connect(database.app, autocommit=True) as conn,
    ):
        handler = CommandHandler("intake", {"tally": tally}, crosswise, pool, lambda: None)
        pair = 0
        while await deadlocks(conn) == 0:
            commands = [order(1, stream=f"tally-cross{number}") for number in (pair, pair + 1)]
            answers = await asyncio.gather(
                *(handler.handle(each, actor=SRI, command_id=command_id()) for each in commands)
            )
            assert [answer.version for answer in answers] == [1, 1]
            pair += 2
            await conn.execute("SELECT pg_stat_clear_snapshot()")


async def test_a_lock_that_is_held_for_a_while_is_waited_for_again(database: Database) -> None:
    async with (
        open_pool(database.app, size=2, limits=Limits(lock_s=0.2)) as pool,
        await psycopg.AsyncConnection.connect(database.owner) as rebuilding,
    ):
        handler = CommandHandler("intake", {"tally": tally}, lambda _recorded: (), pool, lambda: None)
        await rebuilding.execute("LOCK TABLE event IN EXCLUSIVE MODE")
        waiting = asyncio.create_task(
            handler.handle(order(1, stream="tally-locked"), actor=SRI, command_id=command_id())
        )
        await asyncio.sleep(0.6)
        assert not waiting.done()
        await rebuilding.commit()
        assert (await waiting).version == 1


async def test_a_lock_that_is_never_given_back_is_no_error_but_busy(database: Database) -> None:
    async with (
        open_pool(database.app, size=2, limits=Limits(lock_s=0.05)) as pool,
        await psycopg.AsyncConnection.connect(database.owner) as rebuilding,
    ):
        handler = CommandHandler(
            "intake", {"tally": tally}, lambda _recorded: (), pool, lambda: None, patience_s=0.5
        )
        await rebuilding.execute("LOCK TABLE event IN EXCLUSIVE MODE")
        with pytest.raises(TooBusy):
            await handler.handle(order(1, stream="tally-locked"), actor=SRI, command_id=command_id())


def always_overtaken(database: Database, stream: str, times: int) -> Callable[[Recorded], Iterable[Change]]:
    """Between a decision and its commit somebody else is first, so many times."""
    quicker = iter(range(times))

    async def first() -> None:
        async with kernel(database, connections=1) as (_, rival):
            await rival.handle(order(1, stream=stream), actor=SRI, command_id=command_id())

    def overtaken(_recorded: Recorded) -> Iterable[Change]:
        if next(quicker, None) is not None:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(asyncio.run, first()).result()
        return ()

    return overtaken


async def test_nobody_is_turned_away_because_others_are_quicker(database: Database) -> None:
    overtaken = always_overtaken(database, "tally-crowd", 25)
    async with open_pool(database.app, size=2) as pool:
        handler = CommandHandler("intake", {"tally": tally}, overtaken, pool, lambda: None)
        answer = await handler.handle(order(1, stream="tally-crowd"), actor=SRI, command_id=command_id())
    assert answer.version == 26


async def test_no_reaction_is_turned_away_because_persons_are_quicker(database: Database) -> None:
    overtaken = always_overtaken(database, "tally-reacting", 25)
    foreign = msgspec.structs.replace(recorded(entered(1), "tally-elsewhere"), source="verification")
    async with open_pool(database.app, size=2) as pool:
        handler = CommandHandler("intake", {"tally": tally}, overtaken, pool, lambda: None)

        async def react(conn: Connection, _event: Received) -> None:
            await handler.absorb(conn, foreign, [(command_id(), order(1, stream="tally-reacting"))])

        event = received("verification", row_of(foreign))
        reaction = Reaction(many=for_each(react), unknown_too=True)
        assert await advance(pool, reaction, [event]) == Advanced(1)
        async with pool.connection() as conn:
            found = await (
                await conn.execute("SELECT max(version) FROM event WHERE stream = 'tally-reacting'")
            ).fetchone()
    assert found == (26,)


async def test_a_connection_that_broke_before_is_not_the_officers_trouble(database: Database) -> None:
    async with kernel(database, connections=3) as (pool, handler):
        await asyncio.gather(*(hold(pool) for _ in range(3)))
        with psycopg.connect(database.app, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )
        assert (
            await handler.handle(order(1, stream="tally-broke"), actor=SRI, command_id=command_id())
        ).version == 1


async def hold(pool: Pool) -> None:
    async with pool.connection() as conn:
        await conn.execute("SELECT pg_sleep(0.1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Enter events with reasons of these lengths."""

    lengths: tuple[int, ...]
    reason: str = "alasan"


def decide(command: Write, _state: int) -> Sequence[FigureEntered]:
    return [replace(entered(1), figure=Figure(served=1, reason="x" * length)) for length in command.lengths]


@pytest.fixture
async def writing(database: Database) -> AsyncIterator[CommandHandler]:
    long: Decider[Write, FigureEntered, int] = Decider(
        initial=0, decide=decide, evolve=lambda state, _event: state
    )
    async with kernel(database) as (pool, _):
        yield CommandHandler("intake", {"tally": long}, lambda _recorded: (), pool, lambda: None)


@pytest.mark.parametrize("lengths", [(MOST_EVENT,), (10, MOST_EVENT, 10), (700_000,) * 3])
async def test_what_the_broker_would_not_take_is_refused_before_the_commit(
    writing: CommandHandler, lengths: tuple[int, ...]
) -> None:
    with pytest.raises(Refused, match="Terlalu besar") as refusal:
        await writing.handle(
            Order(stream="tally-long", command=Write(lengths=lengths), case_id=CASE),
            actor=SRI,
            command_id=command_id(),
        )
    assert refusal.value.field in {"lengths", "reason"}
    fits = Order(stream="tally-long", command=Write(lengths=(MOST_EVENT - 2000,)), case_id=CASE)
    assert (await writing.handle(fits, actor=SRI, command_id=command_id())).version >= 1


NAMES = (
    "tally-٣٤٠٢",
    "tally-A",
    "tally-a b",
    "tally-a\x00",
    "tally-ä",
    "tally-" + "a" * 300,
    "tally-a@1",
    "tally-a,b",
    'tally-a"',
)


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_is_committed_whose_answer_cannot_be_written(
    writing: CommandHandler, name: str
) -> None:
    for stream, case in ((name, CASE), ("tally-1", name.partition("-")[2])):
        with pytest.raises(Refused):
            await writing.handle(
                Order(stream=stream, command=Write(lengths=(1,)), case_id=case),
                actor=SRI,
                command_id=command_id(),
            )


async def test_every_answer_is_a_position_that_can_be_asked_for(writing: CommandHandler) -> None:
    stream = "tally-" + "a.b_c-9" * 22
    answer = await writing.handle(
        Order(stream=stream, command=Write(lengths=(1,)), case_id=CASE), actor=SRI, command_id=command_id()
    )
    (position,) = parse(answer.token)
    assert (position.stream, position.version) == (stream, 1)
    answer.token.encode("latin-1")
