"""Which errors say that a part is away, full or too slow, and nothing about the request:
mapped here once, for every route.

Role: between whatever a part's client raises and `problems`, which answers 503 with Retry-After.
Used by `problems` and `app` alone.
"""

import errno
from typing import Final

import psycopg
from psycopg_pool import PoolClosed

from shared.contracts.registry import NewerEvent
from shared.objects.port import ObjectTrouble

KNOWN: Final[tuple[type[Exception], ...]] = (psycopg.Error, PoolClosed, ObjectTrouble, OSError, NewerEvent)
"""What may be an outage; `kind_of` tells."""

_ALWAYS: Final[dict[type[Exception], str]] = {
    ObjectTrouble: "store-away",  # refused, or not what it was: whoever can say more does so before
    PoolClosed: "database-away",
    NewerEvent: "newer-event",  # an upgrade is under way, and this process is not upgraded yet
}
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_CROWDED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
# Connection lost, insufficient resources, operator intervention, system error; internal read-only switch of a
# failover.
_AWAY: Final = frozenset({"08", "57", "58"})
_READ_ONLY: Final = "25006"
_DISK_FULL: Final = "53100"
_CANCELED: Final = "57014"
_AGAIN: Final = frozenset({"40001", "40P01", "55P03", "25P03"})


def kind_of(error: BaseException) -> str:
    """The code of the problem that an outage is; empty for an error that is none."""
    for kind, code in _ALWAYS.items():
        if isinstance(error, kind):
            return code
    if isinstance(error, psycopg.Error):
        return _of_database(error)
    if isinstance(error, OSError):
        if error.errno == errno.EROFS:
            return "storage-read-only"
        return "storage-full" if error.errno in _FULL else "too-busy" if error.errno in _CROWDED else ""
    return ""


def _of_database(error: psycopg.Error) -> str:
    state = error.sqlstate
    if state is None:  # the connection broke, was closed, or the pool found none in time
        return "database-away" if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else ""
    if state == _CANCELED:
        return "too-slow"
    if state == _DISK_FULL:
        return "storage-full"
    if state in _AGAIN:
        return "too-busy"
    return "database-away" if state[:2] in _AWAY | {"53"} or state == _READ_ONLY else ""
