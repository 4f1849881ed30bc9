"""The transport of one service put together: relay, consumer, worker, heads and retries,
for the lifespan of its process.

Role: what `__main__.py` opens beside the web application (or alone).
Nothing here keeps the web side from starting or from staying up.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from shared.background import ended
from shared.eventsourcing.sql import Connection
from shared.messaging.envelope import Received
from shared.messaging.faust.ending import ending_after_sigterm
from shared.messaging.faust.worker import Declare, Worker
from shared.messaging.receiving import parked
from shared.messaging.receiving.consumer import Consumer
from shared.messaging.receiving.feed_client import FeedClient
from shared.messaging.receiving.heads import Heads
from shared.messaging.receiving.retrying import Retrying
from shared.messaging.receiving.transaction import Reaction, for_each
from shared.messaging.sending import unpublished
from shared.messaging.sending.relay import POLL_S, Relay
from shared.messaging.signing import Keys, Signer
from shared.room import Running

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """The running parts; `check` is made for `app.state.checks["transport"]`."""

    running: Running
    relay: Relay
    consumer: Consumer
    worker: Worker

    async def check(self) -> Mapping[str, Any]:
        """For the readiness page: whether worker and relay make progress, what is parked,
        what the broker will not take.
        """
        health = self.worker.health
        async with self.running.pool.connection(timeout=2) as conn:
            causes, oldest = await parked.causes(conn), await parked.oldest(conn)
            refused = await unpublished.listed(conn, 1)
        relay = {
            "elected": self.relay.elected,
            "position": self.relay.checkpoint.position,
            "trouble": self.relay.trouble,
        }
        return {
            "ok": health.ok and not self.relay.trouble,
            "worker": health.state,
            **{name: getattr(health, name) for name in ("lag", "detail", "partitions")},
            "lags": dict(health.lags),
            "taken_in": {
                source: {"position": position, "at": at.isoformat()}
                for source, (position, at) in self.consumer.reached.items()
            },
            "relay": relay,
            "unpublished": len(self.relay.unpublished) or len(refused),
            "first_unpublished": {
                **asdict(refused[0]),
                "since": refused[0].since.isoformat(),
                "next_at": None,
            }
            if refused
            else None,
            "parked": sum(causes.values()),
            "parked_causes": causes,
            "parked_since": oldest.isoformat() if oldest else None,
        }


def reaction_of(running: Running) -> Reaction:
    """The reaction of a room: its process manager and read models,
    for the events that it reacts to or projects.
    """

    async def react(conn: Connection, event: Received) -> None:
        await running.absorb(conn, event.recorded())

    room = running.room
    return Reaction(
        many=for_each(react),
        wants=room.reacts | room.projects,
        committed=running.committed,
        service=room.name,
    )


@asynccontextmanager
async def transporting(
    running: Running,
    declare: Declare,
    *,
    reaction: Reaction | None = None,
    sources: tuple[str, ...] | None = None,
    poll_s: float | None = None,
) -> AsyncIterator[Transport]:
    """Runs the transport of a room while the block runs.

    `declare` is the room's `agents.declare`. `reaction` and `sources` stand in for the room's own where a
    service wants every event (archive). `poll_s` is how often the relay looks by itself, for a process that
    commits nothing itself.
    """
    settings, room = running.settings, running.room
    listened = room.sources if sources is None else sources
    keys = Keys(settings.producer_keys)
    feed = FeedClient(room.name, running.pool, settings.feeds, settings.feed_secrets, keys)
    consumer = Consumer(running.pool, reaction or reaction_of(running), feed, keys)
    relay = Relay(
        room.name,
        settings.database_url,
        settings.kafka,
        Signer.of(room.name, settings.signing_key),
        troubles=running.troubles,
        poll_s=POLL_S if poll_s is None else poll_s,
    )
    running.on_commit.append(relay.wake)
    worker = Worker(room.name, settings.kafka, consumer, declare, listened, node=settings.node)
    heads = Heads(consumer, running.pool, feed, listened, troubles=running.troubles, flooded=worker.flooded)
    tasks = [
        asyncio.create_task(work, name=f"{room.name}-{name}")
        for name, work in (
            ("relay", relay.run()),
            ("worker", worker.run()),
            ("retrying", Retrying(consumer, running.pool, feed).run()),
            ("heads", heads.run()),
        )
    ]
    try:
        with ending_after_sigterm():
            yield Transport(running=running, relay=relay, consumer=consumer, worker=worker)
    finally:
        running.on_commit.remove(relay.wake)
        await ended(*tasks)
        await feed.close()
