"""A database outage: waited for, never taken for a message's fault.

Role: keeps a restart of PostgreSQL from parking messages or restarting workers.
Used by `consumer`; `watchdog` reads the flag.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import psycopg
import structlog

from shared.eventsourcing.pool import patiently

log = structlog.get_logger()
T = TypeVar("T")

_LONGEST_WAIT_S: Final = 5.0
# No connection, an administrator's stop or a crash of the server; then: disk full, too many connections,
# broken disk, the read-only side of a failover.
_AWAY_CLASSES: Final = ("08", "57P")
_AWAY: Final = frozenset({"53100", "53300", "58030", "25006"})


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database is away, and nothing about what was asked of it."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        # the connection broke, or the pool found none in time
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_AWAY_CLASSES) or error.sqlstate in _AWAY


class Outage:
    """Whether we are waiting for the database at this moment, and the waiting itself."""

    def __init__(self) -> None:
        self.waiting = False

    async def survive(self, operation: Callable[[], Awaitable[T]]) -> T:
        """The operation's answer, tried again for as long as the database is away;
        other errors are raised.
        """
        wait = 0.1
        while True:
            try:
                with patiently(self._for_a_replica):
                    answer = await operation()
            except Exception as error:
                if not is_outage(error):
                    raise
                self._say(f"{type(error).__name__}: {error}")
                await asyncio.sleep(wait)
                wait = min(_LONGEST_WAIT_S, wait * 2)
            else:
                self.waiting = False
                return answer

    def _for_a_replica(self) -> None:
        self._say("its replica is away")

    def _say(self, why: str) -> None:
        if not self.waiting:
            log.warning("waiting-for-database", error=why)
        self.waiting = True
