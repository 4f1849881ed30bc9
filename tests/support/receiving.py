"""A receiving service in miniature: cursors, parked messages, and one table that remembers each effect,
so that a doubled one shows.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from deploy.local.postgres.databases import Database
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection, Pool, open_pool
from shared.messaging import envelope
from shared.messaging.envelope import Message, Received
from shared.messaging.receiving import parked
from shared.messaging.receiving.consumer import Consumer
from shared.messaging.receiving.feed_client import FeedClient
from shared.messaging.receiving.heads import Heads
from shared.messaging.receiving.retrying import LOOK_EVERY_S, Retrying
from shared.messaging.receiving.transaction import Reaction, for_each
from shared.messaging.topics import topic_of
from shared.migrations.kernel import script
from shared.telemetry import tracing
from tests.support.kernel import CASE, SRI, command_id, install, kernel, order
from tests.support.keys import KEYS, sealed
from tests.support.parts import PostgresPart

SOURCE = "intake"
EVENTS = frozenset({(SOURCE, "figure-entered")})
READ_ALL = (
    b"SELECT position, stream, version, case_id, type, schema, data::text, metadata::text, "
    b"recorded_at FROM event ORDER BY position"
)


@dataclass
class Receiving:
    """The service: its database, its consumer, and a reaction that a test can make fail for chosen events."""

    database: Database
    pool: Pool
    feed: FeedClient
    consumer: Consumer
    failing: set[tuple[str, int]] = field(default_factory=set)
    failures: int = 0

    async def effects(self) -> list[tuple[str, int]]:
        """(stream, version) of every effect in the order in which they happened."""
        async with self.pool.connection() as conn:
            found = await conn.execute("SELECT stream, version FROM effect ORDER BY number")
            return [(stream, version) for stream, version in await found.fetchall()]

    async def parked(self) -> list[tuple[str, str]]:
        async with self.pool.connection() as conn:
            return sorted((entry.id, entry.cause) for entry in await parked.listed(conn))

    def retrying(self, *, every_s: float = LOOK_EVERY_S) -> Retrying:
        return Retrying(self.consumer, self.pool, self.feed, every_s=every_s)

    def heads(self, **how: Any) -> Heads:
        return Heads(self.consumer, self.pool, self.feed, [SOURCE], **how)

    async def press_retry(self, parked_id: str) -> bool:
        async with self.pool.connection() as conn:
            return await parked.retry(conn, parked_id)


def install_receiver(database: Database) -> None:
    role = psycopg.conninfo.conninfo_to_dict(database.app)["user"]
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute(script(str(role)).encode())
        conn.execute(
            "CREATE TABLE effect (number bigint GENERATED ALWAYS AS IDENTITY, stream text NOT NULL, "
            "version integer NOT NULL)"
        )


@asynccontextmanager
async def receiving(
    database: Database,
    feed: FeedClient,
    *,
    waits: Sequence[float] = (0.0, 0.0),
    before: Callable[[Received], Awaitable[None]] | None = None,
    causes_first: bool = False,
    together: bool = True,
) -> AsyncIterator[Receiving]:
    """The service on a database made by `install_receiver`.
    `before` is awaited in each reaction. `together`: many go in one transaction, as in the archive.
    """
    pool = open_pool(database.app, size=10)
    await pool.open()

    async def react(conn: Connection, event: Received) -> None:
        if before is not None:
            await before(event)
        await conn.execute(
            "INSERT INTO effect (stream, version) VALUES (%s, %s)", (event.stream, event.version)
        )
        if (event.stream, event.version) in service.failing:
            service.failures += 1
            raise RuntimeError(f"scripted failure of {event.stream} {event.version}")
        event.recorded()

    reaction = Reaction(many=for_each(react), wants=None if together else EVENTS, causes_first=causes_first)
    service = Receiving(database, pool, feed, Consumer(pool, reaction, feed, KEYS, waits=waits))
    try:
        yield service
    finally:
        await pool.close()


@dataclass
class Sending:
    """Source `intake` in miniature: appends events, and answers its own feed from its own store."""

    database: Database
    pool: Pool
    handler: CommandHandler

    def feed(self) -> FeedClient:
        return FeedClient(SOURCE, self.pool, {}, {}, KEYS)

    async def happen(self, stream: str, times: int = 1, *, case: str = CASE) -> None:
        for _ in range(times):
            await self.handler.handle(
                replace(order(1, stream), case_id=case),
                actor=SRI,
                command_id=command_id(),
                traceparent=tracing.begin(None),
            )

    async def rows(self) -> list[Row]:
        async with self.pool.connection() as conn:
            return [Row(*found) for found in await (await conn.execute(READ_ALL)).fetchall()]

    async def messages(self) -> list[Message]:
        """Every event as the message that the relay sends."""
        return [as_sent(row, offset) for offset, row in enumerate(await self.rows())]


def as_sent(row: Row, offset: int = 0) -> Message:
    key, value, headers = envelope.write(SOURCE, row)
    return sealed(Message(topic_of(SOURCE), 0, offset, key, value, headers))


def damaged(message: Message, **change: bytes | None) -> Message:
    """A message with headers replaced (None: taken out) or, as `value`, with another body;
    sealed by its source as it is then.
    """
    value = change.pop("value", message.value)
    kept = {**dict(message.headers), **change}
    return sealed(
        replace(
            message,
            value=value,
            headers=tuple((name, text) for name, text in kept.items() if text is not None),
        )
    )


async def eventually(true: Callable[[], Awaitable[bool]], what: str, within_s: float = 90.0) -> None:
    """Waits until something is true; how long it takes is no part of the test."""
    for _ in range(int(within_s / 0.05)):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"it never came true: {what}")


def receiver_database(postgres: PostgresPart) -> Database:
    database = postgres.fresh_database("receiver")
    install_receiver(database)
    return database


@asynccontextmanager
async def sender_and_receiver(postgres: PostgresPart) -> AsyncIterator[tuple[Sending, Receiving]]:
    """A source, and a service that asks its feed, each on a database of its own."""
    database = postgres.fresh_database("sender")
    install(database)
    async with kernel(database) as (pool, handler):
        sending = Sending(database, pool, handler)
        async with receiving(receiver_database(postgres), sending.feed()) as service:
            yield sending, service
