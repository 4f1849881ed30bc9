"""Appending: what the store and a whole command cost beside a bare INSERT of the same row."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import cache
from itertools import count
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from deploy.bench import history
from deploy.bench.figure import Figure, in_turns
from deploy.bench.ground import Ground
from deploy.local.postgres.databases import Database
from services.intake.bootstrap import ROOM
from services.intake.domain.submission_commands import EnterFigure
from shared.contracts.intake import FigureEntered
from shared.contracts.registry import declared, encode
from shared.eventsourcing import store
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.read_models.projector import Fold
from shared.eventsourcing.recorded import Metadata, decode_row
from shared.eventsourcing.sql import Connection, open_pool

ROUNDS = 9
LEG_S = 0.6
CONNECTIONS = (1, 8)
STREAMS, LENGTH = 1_500, 27  # each stream grows by a few events while it is measured: about 30 on average

_RAW_TABLE = b"CREATE TABLE raw_event (LIKE event INCLUDING ALL)"
_RAW_INSERT = b"""
    INSERT INTO raw_event (stream, version, case_id, type, schema, data, metadata, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"""

CASE, AT, FINGERPRINT = "3402-2026", datetime.now(UTC), bytes(32)
One = Callable[[Connection], Awaitable[object]]


async def measure(ground: Ground) -> list[Figure]:
    """Append and whole command on one and on eight connections."""
    database = ground.fresh_database("intake", "bench_appending")
    submissions = [history.Submission(number) for number in range(STREAMS)]
    await history.write(database.owner, submissions, LENGTH)
    await _prepare(database)
    return [
        figure for connections in CONNECTIONS for figure in await _beside(database, submissions, connections)
    ]


async def _prepare(database: Database) -> None:
    """The table of the bare INSERT, and the read models as they stand after the history."""
    fold = Fold()
    async with await AsyncConnection.connect(database.owner, autocommit=True) as conn:
        await conn.execute(_RAW_TABLE)
        for row in await store.read(conn, after=0, upto=await store.settled(conn), limit=STREAMS * LENGTH):
            fold.add(ROOM.projecting("3402")(decode_row(ROOM.name, row)))
        await fold.flush(conn)
        await conn.execute(b"VACUUM ANALYZE")


async def _beside(
    database: Database, submissions: Sequence[history.Submission], connections: int
) -> list[Figure]:
    async with AsyncExitStack() as stack:
        pools = [await stack.enter_async_context(open_pool(database.app, size=1)) for _ in range(connections)]
        held = [await stack.enter_async_context(pool.connection()) for pool in pools]
        fresh = count(connections * 10**7)
        commands = await stack.enter_async_context(open_pool(database.app, size=connections))
        handler = CommandHandler(ROOM.name, ROOM.categories, ROOM.projecting("3402"), commands, lambda: None)
        rates = await in_turns(
            {
                "raw": lambda: _rate(held, lambda conn: _insert(conn, next(fresh))),
                "append": lambda: _rate(held, lambda conn: _append(conn, next(fresh))),
                "command": lambda: _rate(
                    held, lambda _: command(handler, submissions[next(fresh) % STREAMS], next(fresh))
                ),
            },
            ROUNDS,
        )
    on = f"{connections} connection{'s' if connections > 1 else ''}"
    return [
        Figure(
            name=f"append, {on}",
            value=rates["append"],
            unit="events/s",
            reference=rates["raw"],
            goal=0.8,
            note="beside a raw INSERT",
        ),
        Figure(
            name=f"whole command, {on}",
            value=rates["command"],
            unit="commands/s",
            reference=rates["raw"],
            goal=0.25,
            note="beside a raw INSERT",
        ),
    ]


async def _rate(connections: Sequence[Connection], one: One) -> float:
    """How many a second, while each connection does one after the other."""
    begun = time.perf_counter()

    async def until_time_is_up(conn: Connection) -> int:
        done = 0
        while time.perf_counter() < begun + LEG_S:
            await one(conn)
            done += 1
        return done

    done = sum(await asyncio.gather(*(until_time_is_up(conn) for conn in connections)))
    return done / (time.perf_counter() - begun)


@cache
def _event() -> FigureEntered:
    """The event that is appended again and again, each time to another stream and by another command."""
    service, figure = history.Submission(0).figure(0)
    return FigureEntered(
        cycle=CASE,
        agency="dinkes",
        period=history.PERIOD,
        service=service,
        figure=figure,
        by=history.ACTOR.person,
        occurred_on=history.DAY,
    )


@cache
def _metadata() -> Metadata:
    command = str(uuid4())
    return Metadata(actor=history.ACTOR, command_id=command, correlation=command)


@cache
def _raw_row() -> tuple[object, ...]:
    entry = declared(FigureEntered)
    return 1, CASE, entry.name, entry.schema, encode(_event()).decode(), encode(_metadata()).decode(), AT


async def _insert(conn: Connection, number: int) -> None:
    await conn.execute(_RAW_INSERT, (f"raw-{number}", *_raw_row()))


async def _append(conn: Connection, number: int) -> None:
    decision = store.Append(
        stream=f"raw-{number}",
        expected=0,
        case_id=CASE,
        command=UUID(int=number),
        fingerprint=FINGERPRINT,
        events=(_event(),),
        metadata=_metadata(),
        recorded_at=AT,
    )
    await store.append(conn, decision)


async def command(handler: CommandHandler, submission: history.Submission, number: int) -> None:
    service, figure = submission.figure(number)
    command = EnterFigure(service=service, figure=figure, by=history.ACTOR.person, occurred_on=history.DAY)
    await handler.handle(
        Order(stream=submission.stream, command=command, case_id=submission.cycle),
        actor=history.ACTOR,
        command_id=uuid4(),
    )
