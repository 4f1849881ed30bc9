"""What intake holds beside its room while it runs: the calendar and SOP versions in force, read again every minute.

Serves the due dates of all SOP steps. Another process of intake may have recorded a change, and its message may have gone to another worker.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from psycopg import Error
from psycopg_pool import PoolTimeout

from services.intake.bootstrap import IN_FORCE
from shared.messaging.taking import Reaction
from shared.room import Running

EVERY_S = 60.0
log = structlog.get_logger()


@asynccontextmanager
async def beside(_app: FastAPI, running: Running, working: bool) -> AsyncIterator[Reaction | None]:
    """Reads what is in force before anything is taken in, and keeps reading while this process works."""
    await _refresh(running)
    tasks = [asyncio.create_task(_keep_reading(running))] if working else []
    try:
        yield None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_reading(running: Running) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await _refresh(running)
        except (Error, PoolTimeout) as error:
            log.warning("calendar-not-read", error=repr(error))


async def _refresh(running: Running) -> None:
    async with running.pool.connection() as conn:
        await IN_FORCE.refresh(conn)
