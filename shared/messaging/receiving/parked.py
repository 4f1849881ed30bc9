"""Parked messages: what could not be taken in, why, and since when.
Nothing is dropped; a page shows them and a button tries again.

Previous hop: `parking`, which puts them here. Next hop: the stuck page (`/<service>/macet`) and `retrying`,
which tries again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec

from shared.eventsourcing.sight import streams_in_sight
from shared.eventsourcing.sql import Connection
from shared.messaging.envelope import Message
from shared.messaging.receiving import cursors

Reason = Literal["handler", "undecodable", "unknown", "gap", "cause", "behind", "forged", "contradiction"]
"""Why a message is parked, in the words of table and API; `cause`: the event that caused it is missing."""
ALARMS: Final = frozenset({"forged", "contradiction"})
"""What no stream waits behind: nothing that comes later makes it true."""
FIRST_WAIT_S: Final = 2
LONGEST_WAIT_S: Final = 900

_LIST = b"""
    SELECT id, source, stream, version, case_id, type, cause, detail, parked_at, tries, next_at, aside
    FROM parked WHERE true%b ORDER BY parked_at, id LIMIT %%s OFFSET %%s"""
_FAILED = b"""
    UPDATE parked SET cause = %s, detail = %s, tries = tries + 1, next_at = now() + make_interval(secs => least(%s * 2 ^ least(tries, 16), %s))
    WHERE id = %s"""  # noqa: E501
_DUE = b"""
    SELECT id, source, stream, aside FROM (
        SELECT DISTINCT ON (source, stream, CASE WHEN aside OR stream = '' THEN id END) id, source, stream, aside, next_at
        FROM parked ORDER BY source, stream, CASE WHEN aside OR stream = '' THEN id END, version) AS first
    WHERE coalesce(next_at, now()) <= now()"""  # noqa: E501
_FIRST = (
    b"SELECT id, version, message::text, cause FROM parked WHERE source = %s AND stream = %s AND NOT aside "
    b"ORDER BY version LIMIT 1"
)
_ONE = b"SELECT id, version, message::text, cause FROM parked WHERE id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One parked message as an operator sees it: no content of the case."""

    id: str
    source: str
    stream: str
    version: int
    case_id: str
    type: str
    cause: Reason
    detail: str
    parked_at: datetime
    tries: int
    next_at: datetime | None
    aside: bool = False
    """Whether no stream waits behind it: it is forged, or says something else than what was taken in."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be tried again now: the first parked message of a stream, or one that stands aside."""

    id: str
    source: str
    stream: str
    aside: bool


@dataclass(frozen=True, slots=True)
class First:
    """A parked message, to be tried again."""

    id: str
    version: int
    message: Message
    cause: Reason


async def listed(conn: Connection, *, limit: int = 100, skip: int = 0) -> list[Parked]:
    """Parked messages, the oldest first."""
    seen, values = streams_in_sight()
    cursor = await conn.execute(_LIST % seen, (*values, limit, skip))
    names = [column.name for column in cursor.description or ()]
    return [Parked(**dict(zip(names, row, strict=True))) for row in await cursor.fetchall()]


async def count(conn: Connection) -> int:
    """How many messages are parked."""
    cursor = await conn.execute(b"SELECT count(*) FROM parked")
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def causes(conn: Connection) -> dict[str, int]:
    """How many messages are parked for each cause."""
    cursor = await conn.execute(b"SELECT cause, count(*) FROM parked GROUP BY cause ORDER BY cause")
    return {str(cause): int(many) for cause, many in await cursor.fetchall()}


async def oldest(conn: Connection) -> datetime | None:
    """Since when the oldest parked message waits; None when nothing is parked."""
    cursor = await conn.execute(b"SELECT min(parked_at) FROM parked")
    found = await cursor.fetchone()
    return found[0] if found else None


async def retry(conn: Connection, parked_id: str) -> bool:
    """The button: this message's stream is tried again at the next look (seconds).
    False when it is no longer parked.
    """
    seen, values = streams_in_sight("asked.stream")
    cursor = await conn.execute(
        b"""UPDATE parked p SET next_at = now() FROM parked asked
            WHERE asked.id = %%s AND (p.id = asked.id OR (asked.stream <> '' AND NOT asked.aside
            AND NOT p.aside
                AND p.source = asked.source AND p.stream = asked.stream))%b"""
        % seen,
        (parked_id, *values),
    )
    return cursor.rowcount > 0


async def retry_all(conn: Connection) -> int:
    """Everything is tried again at the next look; answers how many are parked.
    Also done at every start: a new version may know more.
    """
    cursor = await conn.execute(b"UPDATE parked SET next_at = now()")
    return cursor.rowcount


async def due(conn: Connection) -> list[Due]:
    """What is to be tried again now."""
    cursor = await conn.execute(_DUE)
    return [Due(*found) for found in await cursor.fetchall()]


async def first(conn: Connection, source: str, stream: str) -> First | None:
    """The first parked message of a stream that it waits behind."""
    return await _found(conn, _FIRST, (source, stream))


async def one(conn: Connection, parked_id: str) -> First | None:
    """A parked message by its id."""
    return await _found(conn, _ONE, (parked_id,))


async def dismiss(conn: Connection, parked_id: str) -> bool:
    """Somebody has looked at an alarm: it goes. False when it is no longer there,
    or is a message that a stream waits behind.
    """
    seen, values = streams_in_sight()
    asked = b"DELETE FROM parked WHERE id = %%s AND aside%b" % seen
    return (await conn.execute(asked, (parked_id, *values))).rowcount > 0


async def _found(conn: Connection, statement: bytes, values: tuple[str, ...]) -> First | None:
    cursor = await conn.execute(statement, values)
    found = await cursor.fetchone()
    return (
        None
        if found is None
        else First(found[0], found[1], msgspec.json.decode(found[2], type=Message), found[3])
    )


async def failed(conn: Connection, parked_id: str, cause: Reason, detail: str) -> None:
    """It was tried again in vain: wait twice as long as before, at most a quarter of an hour."""
    await conn.execute(_FAILED, (cause, plain(detail), FIRST_WAIT_S, LONGEST_WAIT_S, parked_id))


async def settle(conn: Connection, key: cursors.Key, version: int) -> None:
    """Inside the transaction that took in everything up to `version`:
    those rows go, and the stream is free when none is left.
    """
    await conn.execute(
        b"DELETE FROM parked WHERE source = %s AND stream = %s AND version <= %s AND NOT aside",
        (*key, version),
    )
    cursor = await conn.execute(
        b"SELECT EXISTS (SELECT FROM parked WHERE source = %s AND stream = %s AND NOT aside)", key
    )
    found = await cursor.fetchone()
    await cursors.mark(conn, key, stuck=bool(found and found[0]))


def plain(text: str) -> str:
    """Text as PostgreSQL can hold it, and not endless."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:2000]
