"""Parked messages: what could not be taken in, why, and since when.
Nothing is dropped; a page shows them and a button tries again.

Previous hop: `consumer`, which parks. Next hop: the stuck page (`/<service>/macet`) and `retrying`,
which tries again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

import msgspec

from shared.eventsourcing.sql import Connection
from shared.messaging import envelope
from shared.messaging.envelope import Message, Received
from shared.messaging.receiving import cursors

Reason = Literal["handler", "undecodable", "unknown", "gap", "cause", "behind", "forged", "contradiction"]
"""Why a message is parked, in the words of table and API; `cause`: the event that caused it is missing."""
ALARMS: Final = frozenset({"forged", "contradiction"})
"""What no stream waits behind: nothing that comes later makes it true."""
MOST_FORGED: Final = 1_000  # kept at a time; whoever can write to the broker must not fill our disk
FIRST_WAIT_S: Final = 2
LONGEST_WAIT_S: Final = 900

_LIST = b"""
    SELECT id, source, stream, version, case_id, type, cause, detail, parked_at, tries, next_at, aside
    FROM parked ORDER BY parked_at, id LIMIT %s OFFSET %s"""
_PARK = b"""
    INSERT INTO parked (id, source, stream, version, case_id, type, cause, detail, message, next_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, CASE WHEN %s THEN NULL ELSE now() + make_interval(secs => %s) END)
    ON CONFLICT (id) DO NOTHING"""  # noqa: E501
_PARK_ASIDE = b"""
    INSERT INTO parked (id, source, stream, version, case_id, type, cause, detail, message, next_at, aside)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, now() + make_interval(secs => %s), true
    WHERE %s <> 'forged' OR (SELECT count(*) FROM parked WHERE cause = 'forged') < %s
    ON CONFLICT (id) DO NOTHING"""
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
    cursor = await conn.execute(_LIST, (limit, skip))
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
    cursor = await conn.execute(
        b"""UPDATE parked p SET next_at = now() FROM parked asked
            WHERE asked.id = %s AND (p.id = asked.id OR (asked.stream <> '' AND NOT asked.aside
            AND NOT p.aside
                AND p.source = asked.source AND p.stream = asked.stream))""",
        (parked_id,),
    )
    return cursor.rowcount > 0


async def retry_all(conn: Connection) -> int:
    """Everything is tried again at the next look; answers how many are parked.
    Also done at every start: a new version may know more.
    """
    cursor = await conn.execute(b"UPDATE parked SET next_at = now()")
    return cursor.rowcount


async def park(conn: Connection, message: Message, event: Received, cause: Reason, detail: str) -> None:
    """Parks an event inside the caller's transaction and makes its stream wait behind it;
    nothing when it was taken in meanwhile.

    A contradiction stands aside, and so does an event where another one of the same version waits already.
    """
    about = event.case_id, event.type
    if cause == "contradiction":
        await _park_aside(conn, message, event, detail)
        return
    waiting = await _park_in_stream(
        conn, message, (event.source, event.stream), event.version, about, (cause, detail)
    )
    if waiting is not None and _says_otherwise(waiting, event):
        await _park_aside(
            conn, message, event, "another event of this version is parked already, and says something else"
        )


async def park_forged(conn: Connection, message: Message, detail: str) -> None:
    """Parks a message that is not from whom it says; no stream waits behind it."""
    stream, version = envelope.place(message)
    values = (
        _place(message),
        message.source,
        stream,
        version,
        "",
        "",
        "forged",
        _plain(detail),
        _encode(message),
    )
    await conn.execute(_PARK_ASIDE, (*values, LONGEST_WAIT_S, "forged", MOST_FORGED))


async def park_unreadable(conn: Connection, message: Message, detail: str) -> None:
    """Parks a message that cannot be read; if its headers still say which event it is,
    its stream waits behind it.
    """
    stream, version = envelope.place(message)
    if stream:
        await _park_in_stream(
            conn, message, (message.source, stream), version, ("", ""), ("undecodable", detail)
        )
    else:
        await park_by_place(conn, message, detail)


async def park_by_place(conn: Connection, message: Message, detail: str) -> None:
    """Parks a message by nothing but its place in Kafka: what can be done with every message."""
    values = (
        _place(message),
        message.source,
        "",
        0,
        "",
        "",
        "undecodable",
        _plain(detail),
        _encode(message),
        False,
        LONGEST_WAIT_S,
    )
    await conn.execute(_PARK, values)


async def _park_in_stream(
    conn: Connection,
    message: Message,
    key: cursors.Key,
    version: int,
    about: tuple[str, str],
    why: tuple[Reason, str],
) -> Message | None:
    """Answers the message that waits already under that version, if one does."""
    cursor = (await cursors.lock(conn, [key]))[key]
    if version <= cursor.version:
        return None
    name = f"{key[0]}/{key[1]}/{version}"
    waits = why[0] == "behind"
    done = await conn.execute(
        _PARK, (name, *key, version, *about, why[0], _plain(why[1]), _encode(message), waits, FIRST_WAIT_S)
    )
    await cursors.mark(conn, key, stuck=True)
    waiting = await one(conn, name) if done.rowcount == 0 else None
    return waiting.message if waiting else None


async def _park_aside(conn: Connection, message: Message, event: Received, detail: str) -> None:
    name = f"{event.source}/{event.stream}/{event.version}#{event.digest.hex()[:16]}"
    about = (event.source, event.stream, event.version, event.case_id, event.type)
    await conn.execute(
        _PARK_ASIDE, (name, *about, "contradiction", _plain(detail), _encode(message), LONGEST_WAIT_S, "", 0)
    )


def _says_otherwise(waiting: Message, event: Received) -> bool:
    try:
        return envelope.read(waiting).digest != event.digest
    except envelope.Undecodable:
        return False


def _place(message: Message) -> str:
    return f"{message.topic}/{message.partition}/{message.offset}"


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
    return (await conn.execute(b"DELETE FROM parked WHERE id = %s AND aside", (parked_id,))).rowcount > 0


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
    await conn.execute(_FAILED, (cause, _plain(detail), FIRST_WAIT_S, LONGEST_WAIT_S, parked_id))


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


def _plain(text: str) -> str:
    """Text as PostgreSQL can hold it, and not endless."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:2000]


def _encode(message: Message) -> str:
    headers = tuple((_plain(name), value or b"") for name, value in message.headers)
    return msgspec.json.encode(replace(message, headers=headers)).decode()
