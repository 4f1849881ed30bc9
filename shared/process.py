"""The process of a service: `python -m services.S {serve,web,worker,migrate,rebuild,fsck}`, the same for all four.

`serve` is web, worker and relay in one process; `web` and `worker` are its halves, for larger installations. An event's way runs through the
parts that are opened here: the room, its object store, its transport.
"""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI

from shared import logging, rebuilding, settings
from shared.eventsourcing.sql import Connection
from shared.messaging.faust.worker import Declare
from shared.messaging.receiving.transaction import Reaction
from shared.messaging.sending.relay import POLL_S
from shared.messaging.workers import Hearing, Telling
from shared.migrations.migrate import NewerData, migrate
from shared.objects.address import S3Address
from shared.objects.s3 import connect
from shared.room import Room, Running, open_room
from shared.settings import Settings, SettingsError
from shared.transport import transporting
from shared.web.app import create_app
from shared.web.forms.form_words import Words, word

log = structlog.get_logger()

Extras = Callable[[FastAPI, Running, bool], AbstractAsyncContextManager[Reaction | None]]
"""(application, running room, whether this process works) → the service's own extra parts, open; its own reaction, or None for the room's."""

ALONE_POLL_S = 0.2
"""How often the relay of a worker looks by itself when the commits happen in another process, which cannot wake it."""

OWNERS = ("owner_database_url",)
"""What migrations and rebuilds need besides: the service itself may not change tables."""

COMMANDS = ("serve", "web", "worker", "migrate", "rebuild", "fsck")


@asynccontextmanager
async def no_extras(_app: FastAPI, _running: Running, _working: bool) -> AsyncIterator[Reaction | None]:
    """For a service that opens no more than its room."""
    yield None


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs something while the block runs."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def no_check(_conn: Connection) -> list[str]:
    """For a service whose only stored truth are its events."""
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What `__main__.py` declares. `sources` stands in for the room's own where a service listens to more; `check` is its own part of fsck;
    `words` says what the fields of its forms are called.
    """

    room: Room
    routers: Sequence[APIRouter]
    declare: Declare
    templates: Sequence[Path]
    description: str = ""
    sources: tuple[str, ...] | None = None
    extras: Extras = no_extras
    words: Words = word
    check: Callable[[Connection], Awaitable[list[str]]] = field(default=no_check)


def application(service: Service, told: Settings, *, works: bool, poll_s: float = POLL_S) -> FastAPI:
    """The web application; its lifespan opens the room and, if this process works, the transport."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_room(service.room, told) as running:
            app.state.running = running
            app.state.objects = connect(
                S3Address.from_url(told.s3), work=told.work_bucket, archive=told.archive_bucket, longest=told.longest_lock
            )
            app.state.sources = service.room.sources if service.sources is None else service.sources
            app.state.checks = dict(running.checks)
            app.state.troubles = running.troubles
            gc.collect()
            gc.freeze()  # what is loaded by now stays; the collector need not look through it again and again
            async with service.extras(app, running, works) as reaction:
                if not works:
                    hearing = Hearing(running.pool)
                    app.state.checks["workers"], app.state.elsewhere = hearing.check, hearing.troubles
                    async with in_background(hearing.run()):
                        yield
                    return
                async with transporting(running, service.declare, reaction=reaction, sources=service.sources, poll_s=poll_s) as transport:
                    app.state.checks["transport"] = transport.check
                    app.state.takes_in = lambda: transport.worker.health.ok
                    async with in_background(Telling(running.pool, told.node, app.state.checks, running.troubles).run()):
                        yield

    return create_app(
        service.room.name,
        routers=service.routers,
        templates=service.templates,
        lifespan=lifespan,
        description=service.description,
        words=service.words,
    )


def _serve(service: Service, told: Settings, *, works: bool) -> int:
    app = application(service, told, works=works)
    uvicorn.run(app, host=told.host, port=told.port, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5)
    return 0


def _work(service: Service, told: Settings) -> int:
    import uvloop  # which uvicorn takes by itself

    async def until_told() -> None:
        app = application(service, told, works=True, poll_s=ALONE_POLL_S)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with app.router.lifespan_context(app):
            await stop.wait()

    uvloop.run(until_told())
    return 0


def _migrate(service: Service, told: Settings) -> int:
    migrate(service.room.name, told.owner_database_url, urlsplit(told.database_url).username or "")
    return 0


def main(service: Service, arguments: Sequence[str] | None = None) -> int:
    """Runs one command of a service; answers the exit code (0 fine, 1 differences found, 2 told wrongly, 3 data of a newer
    version, 4 it could not be looked at).
    """
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.room.name}", description=service.description)
    parser.add_argument("command", choices=COMMANDS)
    command: str = parser.parse_args(arguments).command
    try:
        told = settings.read(service.room.name, demanded=OWNERS if command in {"migrate", "rebuild", "fsck"} else ())
        logging.configure(service.room.name, told.log_level)
        match command:
            case "serve" | "web":
                return _serve(service, told, works=command == "serve")
            case "worker":
                return _work(service, told)
            case "migrate":
                return _migrate(service, told)
            case _:
                return rebuilding.run(service.room, told, service.sources, service.check, swap=command == "rebuild")
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except NewerData as error:
        sys.stderr.write(f"{error}\n")
        return 3
