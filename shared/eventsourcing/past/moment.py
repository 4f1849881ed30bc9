"""The moment at which a request looks: a settled position of this service, and what the clock said then.

Role: between a page that is asked for as it was and every question that is asked for it. `fetch` and
`store.settled` keep to it by themselves; outside of such a request nothing looks back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

_BEFORE = b"SELECT position, at FROM tick WHERE at <= %s ORDER BY position DESC LIMIT 1"
_OWN = b"SELECT position FROM event WHERE stream = %s AND version = %s"
_TAKEN = b"""SELECT t.position FROM taken t JOIN cursor c ON c.id = t.cursor
    WHERE c.source = %s AND c.stream = %s AND t.version = %s AND t.position > 0"""
_TICKED = b"SELECT at FROM tick WHERE position >= %s ORDER BY position LIMIT 1"
_BEGUN = b"SELECT position, (SELECT min(at) FROM tick t WHERE t.position >= b.position) FROM was.begun b"


class NotKept(Exception):
    """Of that moment nothing can be shown: versions are kept since `since` only, or it is not yet over."""

    def __init__(self, since: datetime | None = None) -> None:
        super().__init__(since)
        self.since = since


@dataclass(frozen=True, slots=True)
class Moment:
    """`position`: everything up to it is seen, nothing after it, and that never changes; `at`: the time that
    the page tells. `first`: when the first record was settled, for a moment before it.
    """

    position: int
    at: datetime
    first: datetime | None = None


_LOOKS_AT: ContextVar[Moment | None] = ContextVar("looks_at", default=None)


def looks_at() -> Moment | None:
    """The moment that is looked at here; None for the present."""
    return _LOOKS_AT.get()


def look_back(moment: Moment) -> None:
    """From now on, in this request, everything is as it was then."""
    _LOOKS_AT.set(moment)


@contextmanager
def present() -> Iterator[None]:
    """Meanwhile everything is as it is now: a request as a whole, whatever it looks back at."""
    before = _LOOKS_AT.set(None)
    try:
        yield
    finally:
        _LOOKS_AT.reset(before)


async def at_time(conn: AsyncConnection[Any], when: datetime) -> Moment:
    """What was settled by then: the newest tick at or before it. The answer never changes afterwards.
    Raises NotKept for a time that is not over, or before versions were kept.
    """
    ((now,),) = await (await conn.execute(b"SELECT clock_timestamp()")).fetchall()
    if when > now:
        raise NotKept
    found = await (await conn.execute(_BEFORE, (when,))).fetchone()
    if found is not None:
        return await _kept(conn, Moment(int(found[0]), when))
    first = await (await conn.execute(b"SELECT min(at) FROM tick")).fetchone()
    return await _kept(conn, Moment(0, when, first[0] if first else None))


async def at_event(
    conn: AsyncConnection[Any], own: str, source: str, stream: str, version: int
) -> Moment | None:
    """When this event had just been recorded here, or taken in of another source; None where it was not.
    Raises NotKept for one from before versions were kept, and for one that is not settled.
    """
    question = (_OWN, (stream, version)) if source == own else (_TAKEN, (source, stream, version))
    found = await (await conn.execute(*question)).fetchone()
    if found is None:
        return None
    ticked = await (await conn.execute(_TICKED, (found[0],))).fetchone()
    if ticked is None:
        raise NotKept
    return await _kept(conn, Moment(int(found[0]), ticked[0]))


async def _kept(conn: AsyncConnection[Any], moment: Moment) -> Moment:
    found = await (await conn.execute(_BEGUN)).fetchone()
    if found is not None and found[0] > moment.position:
        raise NotKept(found[1])
    return moment
