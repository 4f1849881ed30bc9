"""python -m services.intake {serve,web,worker,migrate,rebuild,fsck}."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from psycopg import Error

from services.intake import __doc__ as room_card
from services.intake import agents, api, pages
from services.intake.bootstrap import IN_FORCE, ROOM
from shared.process import Service, main
from shared.room import Running
from shared.web import signin

REFRESH_S = 60.0

log = structlog.get_logger()


async def _keep_fresh(running: Running) -> None:
    while True:
        await asyncio.sleep(REFRESH_S)
        try:
            async with running.pool.connection() as conn:
                await IN_FORCE.refresh(conn)
        except Error as error:
            log.warning("in-force-not-refreshed", error=repr(error))


@asynccontextmanager
async def beside(_app: FastAPI, running: Running, _working: bool) -> AsyncIterator[None]:
    """Reads calendar and SOP versions before anything reacts, and again every minute, for what another worker of the group learned."""
    async with running.pool.connection() as conn:
        await IN_FORCE.refresh(conn)
    keeping = asyncio.create_task(_keep_fresh(running))
    try:
        yield
    finally:
        keeping.cancel()


SERVICE = Service(
    room=ROOM,
    routers=(api.router, pages.router, signin.api, signin.pages),
    declare=agents.declare,
    templates=Path(__file__).with_name("templates"),
    description=room_card or "",
    beside=beside,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
