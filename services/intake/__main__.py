"""python -m services.intake {serve,web,worker,migrate,rebuild,fsck}."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import structlog
from fastapi import APIRouter, FastAPI
from psycopg import Error

from services.intake import __doc__ as room_card
from services.intake import agents
from services.intake.board import api as board_api
from services.intake.board import pages as board_pages
from services.intake.bootstrap import IN_FORCE, ROOM
from services.intake.cycle import api as cycle_api
from services.intake.cycle import pages as cycle_pages
from services.intake.settings import api as settings_api
from services.intake.settings import pages as settings_pages
from services.intake.step import api as step_api
from services.intake.step import pages as step_pages
from services.intake.submission import api as submission_api
from services.intake.submission import pages as submission_pages
from shared.process import Service, main
from shared.room import Running
from shared.web import signin
from shared.web.frame.rendering import folders_of
from shared.web.middleware.outages import kind_of

REFRESH_S = 60.0
RETRY_S = 0.5

log = structlog.get_logger()


async def _keep_fresh(running: Running) -> None:
    read_at = monotonic()
    while True:
        await asyncio.sleep(RETRY_S)
        if IN_FORCE.missed or monotonic() - read_at > REFRESH_S:
            await _refreshed(running)
            read_at = monotonic()


async def _refreshed(running: Running) -> bool:
    """Whether calendar and SOP versions could be read; a database that is away is asked again."""
    try:
        async with running.pool.connection() as conn:
            await IN_FORCE.refresh(conn)
    except Error as error:
        if not kind_of(error):
            raise
        log.warning("in-force-not-refreshed", cause=type(error).__name__)
        return False
    return True


@asynccontextmanager
async def extras(_app: FastAPI, running: Running, _working: bool) -> AsyncIterator[None]:
    """Reads calendar and SOP versions before anything reacts, and again every minute, for what another worker of the group learned."""
    while not await _refreshed(running):  # noqa: ASYNC110  the database gives no sign
        await asyncio.sleep(RETRY_S)
    keeping = asyncio.create_task(_keep_fresh(running))
    try:
        yield
    finally:
        keeping.cancel()


API = APIRouter(prefix="/api/intake", tags=["intake"])
PAGES = APIRouter(include_in_schema=False)
for door in (cycle_api, board_api, step_api, submission_api, settings_api):
    API.include_router(door.router)
for door in (cycle_pages, board_pages, step_pages, submission_pages, settings_pages):
    PAGES.include_router(door.router)  # those of cycles first: `/siklus/buka` is no cycle

SERVICE = Service(
    room=ROOM,
    routers=(API, PAGES, signin.api, signin.pages),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
    extras=extras,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
