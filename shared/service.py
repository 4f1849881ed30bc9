"""A service as one application: its room, object store and transport,
opened when it starts and closed when it ends.

Every SOP step: an event's way runs through the parts that are opened here. Previous hop: `process.py`.
Next hop: `room.py`, `transport.py` and `web/app.py`.
"""

import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter, FastAPI

from shared.background import in_background
from shared.eventsourcing.replica_watch import ReplicaWatch
from shared.ground.watch import Ground
from shared.messaging.faust.worker import Declare
from shared.messaging.receiving.transaction import Reaction
from shared.messaging.workers import Hearing, Telling
from shared.objects.address import S3Address
from shared.objects.s3 import connect
from shared.replayed.replaying import Check, Replaying, in_own_process, no_check
from shared.room import Room, Running, open_room
from shared.settings import Settings
from shared.telemetry.sending import telling
from shared.transport import transporting
from shared.web.app import create_app
from shared.web.forms.form_words import Words, word

Extras = Callable[[FastAPI, Running, bool], AbstractAsyncContextManager[Reaction | None]]
"""(application, running room, whether this process works) → the service's own extra parts, open;
its own reaction, or None for the room's.
"""


@asynccontextmanager
async def no_extras(_app: FastAPI, _running: Running, _working: bool) -> AsyncIterator[Reaction | None]:
    """For a service that opens no more than its room."""
    yield None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What `__main__.py` declares. `sources` stands in for the room's own where a service listens to more;
    `check` is its own part of fsck; `words` says what the fields of its forms are called.
    """

    room: Room
    routers: Sequence[APIRouter]
    declare: Declare
    templates: Sequence[Path]
    description: str = ""
    sources: tuple[str, ...] | None = None
    extras: Extras = no_extras
    words: Words = word
    check: Check = field(default=no_check)


def application(service: Service, told: Settings, *, works: bool, poll_s: float | None = None) -> FastAPI:
    """The web application; its lifespan opens the room and, if this process works, the transport."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        process = str(told.port or told.node)
        async with (
            telling(service.room.name, told.traces, process),
            open_room(service.room, told) as running,
        ):
            app.state.running = running
            app.state.objects = connect(
                S3Address.from_url(told.s3),
                work=told.work_bucket,
                archive=told.archive_bucket,
                longest=told.longest_lock,
            )
            app.state.sources = service.room.sources if service.sources is None else service.sources
            app.state.checks = dict(running.checks)
            app.state.troubles = running.troubles
            app.state.ground = Ground(told.ground, running.troubles)
            gc.collect()
            gc.freeze()  # what is loaded by now stays; the collector need not look through it again and again
            async with (
                in_background(app.state.ground.run()),
                in_background(ReplicaWatch(service.room.name, running.pool, running.troubles).run()),
                service.extras(app, running, works) as reaction,
            ):
                if not works:
                    hearing = Hearing(running.pool)
                    app.state.checks["workers"], app.state.elsewhere = hearing.check, hearing.troubles
                    async with in_background(hearing.run()):
                        yield
                    return
                async with transporting(
                    running, service.declare, reaction=reaction, sources=service.sources, poll_s=poll_s
                ) as transport:
                    app.state.checks["transport"] = transport.check
                    app.state.takes_in = lambda: transport.worker.health.ok
                    replaying = Replaying(running, in_own_process(service.room.name))
                    async with (
                        in_background(
                            Telling(running.pool, told.node, app.state.checks, running.troubles).run()
                        ),
                        in_background(replaying.run()),
                    ):
                        yield

    return create_app(
        service.room.name,
        routers=service.routers,
        templates=service.templates,
        lifespan=lifespan,
        description=service.description,
        words=service.words,
    )
