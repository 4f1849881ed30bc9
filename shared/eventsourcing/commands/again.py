"""Deciding again: what came too late, or what PostgreSQL undid, is decided anew for as long as a person is
willing to wait.

An event's way, beside `command_handler` and `receiving/transaction`: persons and reactions alike, or the one
would be turned away by the other.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from shared import counted
from shared.eventsourcing import store

T = TypeVar("T")
PATIENCE_S = 12.0
_AT_ONCE = 3
"""So often a decision that came too late is made anew without a pause; then a moment later each time, for two
that always meet would meet again.
"""
_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.5
_CANCELED = "57014"


async def until_decided(
    attempt: Callable[[], Awaitable[T | None]], service: str, patience_s: float = PATIENCE_S
) -> T | None:
    """The answer of the first attempt that has one, None when there is none in so many seconds.

    An attempt answers None when its stream moved on meanwhile, which is counted for the service. What
    PostgreSQL undid for its own reasons, or a connection that was lost once, is tried again as well; raises
    whatever else an attempt raises.
    """
    ends, lost, number = monotonic() + patience_s, False, 0
    while True:
        number += 1
        answer, undone = None, False
        try:
            answer = await attempt()
        except store.AGAIN:
            undone = True
        except OperationalError as error:
            if lost or isinstance(error, PoolTimeout) or error.sqlstate == _CANCELED:
                raise
            lost = True
        else:
            if answer is None:
                counted.conflict(service)
        if answer is not None or monotonic() > ends:
            return answer
        if undone or number > _AT_ONCE:
            await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE_S, _PAUSE_S * number)))  # noqa: S311  no secret
