"""Sweeping: what the streams of tokens say is over opens nothing in the database `access` either, over and
over, whatever broke off between the two.

Serves every SOP step. Previous hop: the read model `token`. Next hop: the database `access`. A number only
grows and an end is for good, so a sweep that knows less than the newest takes away nothing that holds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from psycopg import Error
from psycopg_pool import PoolTimeout

from services.intake.token.queries import numbers
from shared.access.session import AccessAway
from shared.access.tokens import Tokens
from shared.background import in_background
from shared.clock import WIB, now
from shared.room import Running

EVERY_S = 1.0

log = structlog.get_logger()


async def sweep(running: Running, tokens: Tokens) -> None:
    """Once. Raises AccessAway, and what the database raises."""
    async with running.pool.connection() as conn:
        known = await numbers(conn, now().astimezone(WIB).date())
    if known:
        await tokens.drop(known)


async def _run(running: Running) -> None:
    tokens = Tokens(running.sessions)
    while True:
        try:
            await sweep(running, tokens)
        except (AccessAway, Error, PoolTimeout) as error:
            log.warning("tokens-not-swept", cause=type(error).__name__)
        await asyncio.sleep(EVERY_S)


@asynccontextmanager
async def extras(running: Running, working: bool) -> AsyncIterator[None]:
    """Opened with intake: a process that works sweeps."""
    if not working:
        yield
        return
    async with in_background(_run(running)):
        yield
