"""The process of a service: `python -m services.S {serve,web,worker,migrate,rebuild,fsck,compare}`,
the same for all four.

`serve` is web, worker and relay in one process; `web` and `worker` are its halves, for larger installations.
What a process opens stands in `service.py`.
"""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import uvicorn

from shared import logging, rebuilding, settings
from shared.background import all_ended
from shared.migrations.migrate import NewerData, migrate
from shared.service import Service, application
from shared.settings import Settings
from shared.settings_told import SettingsError

ALONE_POLL_S = 0.2
"""How often the relay of a worker looks by itself when the commits happen in another process,
which cannot wake it.
"""

OWNERS = ("owner_database_url",)
"""What migrations and rebuilds need besides: the service itself may not change tables."""

COMMANDS = ("serve", "web", "worker", "migrate", "rebuild", "fsck", "compare")


def _serve(service: Service, told: Settings, *, works: bool) -> int:
    app = application(service, told, works=works)
    uvicorn.run(
        app,
        host=told.host,
        port=told.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
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
        await all_ended()

    uvloop.run(until_told())
    return 0


def _migrate(service: Service, told: Settings) -> int:
    migrate(service.room.name, told.owner_database_url, urlsplit(told.database_url).username or "")
    return 0


def _look(service: Service, told: Settings, command: str) -> int:
    everything = (service.room, told, service.sources, service.check)
    if command == "compare":
        return rebuilding.compare(*everything)
    return rebuilding.run(*everything, swap=command == "rebuild")


def main(service: Service, arguments: Sequence[str] | None = None) -> int:
    """Runs one command of a service; answers the exit code (0 fine, 1 differences found, 2 told wrongly,
    3 data of a newer version, 4 it could not be looked at).
    """
    gc.freeze()  # what is loaded by now stays
    gc.enable()
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service.room.name}", description=service.description
    )
    parser.add_argument("command", choices=COMMANDS)
    command: str = parser.parse_args(arguments).command
    try:
        told = settings.read(
            service.room.name, demanded=OWNERS if command in {"migrate", "rebuild", "fsck"} else ()
        )
        logging.configure(service.room.name, told.log_level)
        match command:
            case "serve" | "web":
                return _serve(service, told, works=command == "serve")
            case "worker":
                return _work(service, told)
            case "migrate":
                return _migrate(service, told)
            case _:
                return _look(service, told, command)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except NewerData as error:
        sys.stderr.write(f"{error}\n")
        return 3
