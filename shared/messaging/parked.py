"""Parked messages: what could not be taken in, why, and since when. Nothing is dropped; a page shows them and a button tries again.

Previous hop: `consumer`, which parks. Next hop: the stuck page (`/<service>/macet`) and `retrying`, which tries again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

import msgspec

from shared.eventsourcing.sql import Connection
from shared.messaging import cursors, envelope
from shared.messaging.envelope import Message, Received

Cause = Literal["handler", "undecodable", "unknown", "gap", "cause", "behind"]
FIRST_WAIT_S: Final = 2
LONGEST_WAIT_S: Final = 900

_LIST = b"""
    SELECT id, source, stream, version, case_id, type, cause, detail, parked_at, tries, next_at
    FROM parked ORDER BY parked_at, id LIMIT %s OFFSET %s"""
_PARK = b"""
    INSERT INTO parked (id, source, stream, version, case_id, type, cause, detail, message, next_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, CASE WHEN %s THEN NULL ELSE now() + make_interval(secs => %s) END)
    ON CONFLICT (id) DO NOTHING"""
_FAILED = b"""
    UPDATE parked SET cause = %s, detail = %s, tries = tries + 1, next_at = now() + make_interval(secs => least(%s * 2 ^ least(tries, 16), %s))
    WHERE id = %s"""
_DUE = b"""
    SELECT id, source, stream FROM (
        SELECT DISTINCT ON (source, stream, CASE WHEN stream = '' THEN id END) id, source, stream, next_at
        FROM parked ORDER BY source, stream, CASE WHEN stream = '' THEN id END, version) AS first
    WHERE coalesce(next_at, now()) <= now()"""
_FIRST = b"SELECT id, version, message::text, cause FROM parked WHERE source = %s AND stream = %s ORDER BY version LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One parked message as an operator sees it: no content of the case."""

    id: str
    source: str
    stream: str
    version: int
    case_id: str
    type: str
    cause: Cause
    detail: str
    parked_at: datetime
    tries: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class First:
    """The first parked message of a stream, to be tried again."""

    id: str
    version: int
    message: Message
    cause: Cause


async def listed(conn: Connection, *, limit: int = 100, skip: int = 0) -> list[Parked]:
    """Parked messages, the oldest first."""
    cursor = await conn.execute(_LIST, (limit, skip))
    names = [column.name for column in cursor.description or ()]
    return [Parked(**dict(zip(names, row, strict=True))) for row in await cursor.fetchall()]


async def count(conn: Connection) -> int:
    """How many messages are parked."""
    cursor = await conn.execute(b"SELECT count(*) FROM parked")
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def oldest(conn: Connection) -> datetime | None:
    """Since when the oldest parked message waits; None when nothing is parked."""
    cursor = await conn.execute(b"SELECT min(parked_at) FROM parked")
    found = await cursor.fetchone()
    return found[0] if found else None


async def retry(conn: Connection, parked_id: str) -> bool:
    """The button: this message's stream is tried again at the next look (seconds). False when it is no longer parked."""
    cursor = await conn.execute(
        b"""UPDATE parked p SET next_at = now() FROM parked asked
            WHERE asked.id = %s AND (p.id = asked.id OR (asked.stream <> '' AND p.source = asked.source AND p.stream = asked.stream))""",
        (parked_id,),
    )
    return cursor.rowcount > 0


async def retry_all(conn: Connection) -> int:
    """Everything is tried again at the next look; answers how many are parked. Also done at every start: a new version may know more."""
    cursor = await conn.execute(b"UPDATE parked SET next_at = now()")
    return cursor.rowcount


async def park(conn: Connection, message: Message, event: Received, cause: Cause, detail: str) -> None:
    """Parks an event inside the caller's transaction and makes its stream wait behind it; nothing when it was taken in meanwhile."""
    await _park_in_stream(conn, message, (event.source, event.stream), event.version, (event.case_id, event.type), (cause, detail))


async def park_unreadable(conn: Connection, message: Message, detail: str) -> None:
    """Parks a message that cannot be read; if its headers still say which event it is, its stream waits behind it."""
    stream, version = envelope.place(message)
    if stream:
        await _park_in_stream(conn, message, (message.source, stream), version, ("", ""), ("undecodable", detail))
        return
    name = f"{message.topic}/{message.partition}/{message.offset}"
    values = (name, message.source, "", 0, "", "", "undecodable", _plain(detail), _encode(message), False, LONGEST_WAIT_S)
    await conn.execute(_PARK, values)


async def _park_in_stream(
    conn: Connection, message: Message, key: cursors.Key, version: int, about: tuple[str, str], why: tuple[Cause, str]
) -> None:
    cursor = (await cursors.lock(conn, [key]))[key]
    if version <= cursor.version:
        return
    name = f"{key[0]}/{key[1]}/{version}"
    waits = why[0] == "behind"
    await conn.execute(_PARK, (name, *key, version, *about, why[0], _plain(why[1]), _encode(message), waits, FIRST_WAIT_S))
    await cursors.mark(conn, key, stuck=True)


async def due(conn: Connection) -> list[tuple[str, str, str]]:
    """What is to be tried again now: (id, source, stream) of the first parked message of each stream."""
    cursor = await conn.execute(_DUE)
    return [(name, source, stream) for name, source, stream in await cursor.fetchall()]


async def first(conn: Connection, source: str, stream: str) -> First | None:
    """The first parked message of a stream."""
    cursor = await conn.execute(_FIRST, (source, stream))
    found = await cursor.fetchone()
    return None if found is None else First(found[0], found[1], msgspec.json.decode(found[2], type=Message), found[3])


async def failed(conn: Connection, parked_id: str, cause: Cause, detail: str) -> None:
    """It was tried again in vain: wait twice as long as before, at most a quarter of an hour."""
    await conn.execute(_FAILED, (cause, _plain(detail), FIRST_WAIT_S, LONGEST_WAIT_S, parked_id))


async def settle(conn: Connection, key: cursors.Key, version: int) -> None:
    """Inside the transaction that took in everything up to `version`: those rows go, and the stream is free when none is left."""
    await conn.execute(b"DELETE FROM parked WHERE source = %s AND stream = %s AND version <= %s", (*key, version))
    cursor = await conn.execute(b"SELECT EXISTS (SELECT FROM parked WHERE source = %s AND stream = %s)", key)
    found = await cursor.fetchone()
    await cursors.mark(conn, key, stuck=bool(found and found[0]))


def _plain(text: str) -> str:
    """Text as PostgreSQL can hold it, and not endless."""
    return text.replace("\x00", "\ufffd")[:2000]


def _encode(message: Message) -> str:
    headers = tuple((_plain(name), value or b"") for name, value in message.headers)
    return msgspec.json.encode(replace(message, headers=headers)).decode()
