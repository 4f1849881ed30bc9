"""A sender, a relay, a real broker, a worker, a receiver: the whole way of an event, in one process,
for tests that look at it or break it.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import faust
import psycopg

from shared.background import ended
from shared.messaging.envelope import Received
from shared.messaging.faust.listening import in_batches, raw_topic
from shared.messaging.faust.worker import Worker
from shared.messaging.receiving.consumer import Consumer
from shared.messaging.sending.relay import Relay
from tests.support.kafka_part import KafkaPart
from tests.support.kernel import install, kernel
from tests.support.keys import SIGNERS
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, Receiving, Sending, eventually, receiver_database, receiving

Before = Callable[[Received], Awaitable[None]]


def declare(app: faust.App, consumer: Consumer) -> None:
    app.agent(raw_topic(app, SOURCE), name="from-intake", isolated_partitions=True)(in_batches(consumer))


def died(reason: str) -> None:
    raise AssertionError(f"the worker wanted the process to end: {reason}")


@dataclass
class Travelling:
    """All of it. Streams are named by `stream`, so that what another test left in the topic is told apart."""

    sending: Sending
    service: Receiving
    relay: Relay
    worker: Worker
    token: str
    tasks: dict[str, "asyncio.Task[Any]"] = field(default_factory=dict)

    def stream(self, number: int) -> str:
        return f"tally-{self.token}-{number}"

    async def happen(self, number: int, times: int = 1) -> None:
        await self.sending.happen(self.stream(number), times, case=f"3402-{2000 + number}")
        self.relay.wake()

    async def effects(self) -> list[tuple[str, int]]:
        return [effect for effect in await self.service.effects() if self.token in effect[0]]

    async def arrived(self) -> bool:
        """Whether every event that happened has had its effect; not while a database is still coming back."""
        try:
            happened = {(row.stream, row.version) for row in await self.sending.rows()}
            return happened <= set(await self.service.effects())
        except psycopg.OperationalError:
            return False

    async def everything_arrives_once_and_in_order(self) -> None:
        await eventually(self.arrived, "every event has its effect")
        effects, rows = await self.effects(), await self.sending.rows()
        assert sorted(effects) == sorted((row.stream, row.version) for row in rows), "an effect is doubled"
        for stream in {stream for stream, _ in effects}:
            versions = [version for name, version in effects if name == stream]
            assert versions == sorted(versions), f"{stream} was taken in out of order"

    def start(self, name: str) -> None:
        work = {
            "relay": self.relay.run,
            "worker": self.worker.run,
            "retrying": self.service.retrying(every_s=0.2).run,
        }[name]
        self.tasks[name] = asyncio.create_task(work(), name=name)

    async def stop(self, name: str) -> None:
        task = self.tasks.pop(name)
        await ended(task)


@asynccontextmanager
async def travelling(
    postgres: PostgresPart,
    kafka: KafkaPart,
    *,
    before: Before | None = None,
    batches: bool = False,
    started: bool = True,
) -> AsyncIterator[Travelling]:
    """Everything running, unless `started` is False."""
    token = secrets.token_hex(4)
    database = postgres.fresh_database("sender")
    install(database)
    async with AsyncExitStack() as stack:
        pool, handler = await stack.enter_async_context(kernel(database))
        sending = Sending(database, pool, handler)
        service = await stack.enter_async_context(
            receiving(receiver_database(postgres), sending.feed(), before=before, together=batches)
        )
        relay = Relay(SOURCE, database.app, kafka.bootstrap, SIGNERS[SOURCE])
        name = f"receiver-{token}"
        worker = Worker(name, kafka.bootstrap, service.consumer, declare, [SOURCE], die=died)
        whole = Travelling(sending, service, relay, worker, token)
        if started:
            for part in ("relay", "worker", "retrying"):
                whole.start(part)
        try:
            yield whole
        finally:
            for part in list(whole.tasks):
                await whole.stop(part)
