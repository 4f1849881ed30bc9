"""Parking: a message that could not be taken in is put aside with its reason, and its stream waits behind it.

Previous hop: `consumer` and `checking`, inside their transaction. Next hop: `parked`, which shows it, and
`retrying`, which tries again. A message that is forged, or contradicts what was taken in, holds up no stream.
"""

from dataclasses import replace
from typing import Final

import msgspec

from shared.eventsourcing.sql import Connection
from shared.messaging import envelope
from shared.messaging.envelope import Message, Received
from shared.messaging.receiving import cursors
from shared.messaging.receiving.parked import FIRST_WAIT_S, LONGEST_WAIT_S, Reason, one, plain

MOST_FORGED: Final = 1_000  # kept at a time; whoever can write to the broker must not fill our disk
_PARK = b"""
    INSERT INTO parked (id, source, stream, version, case_id, type, cause, detail, message, next_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, CASE WHEN %s THEN NULL ELSE now() + make_interval(secs => %s) END)
    ON CONFLICT (id) DO NOTHING"""  # noqa: E501
_PARK_ASIDE = b"""
    INSERT INTO parked (id, source, stream, version, case_id, type, cause, detail, message, next_at, aside)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, now() + make_interval(secs => %s), true
    WHERE %s <> 'forged' OR (SELECT count(*) FROM parked WHERE cause = 'forged') < %s
    ON CONFLICT (id) DO NOTHING"""


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
        plain(detail),
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
        plain(detail),
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
        _PARK, (name, *key, version, *about, why[0], plain(why[1]), _encode(message), waits, FIRST_WAIT_S)
    )
    await cursors.mark(conn, key, stuck=True)
    waiting = await one(conn, name) if done.rowcount == 0 else None
    return waiting.message if waiting else None


async def _park_aside(conn: Connection, message: Message, event: Received, detail: str) -> None:
    name = f"{event.source}/{event.stream}/{event.version}#{event.digest.hex()[:16]}"
    about = (event.source, event.stream, event.version, event.case_id, event.type)
    await conn.execute(
        _PARK_ASIDE, (name, *about, "contradiction", plain(detail), _encode(message), LONGEST_WAIT_S, "", 0)
    )


def _says_otherwise(waiting: Message, event: Received) -> bool:
    try:
        return envelope.read(waiting).digest != event.digest
    except envelope.Undecodable:
        return False


def _place(message: Message) -> str:
    place = f"{message.topic}/{message.partition}/{message.offset}"
    return place if message.at is None else f"{place}/{message.at}"


def _encode(message: Message) -> str:
    headers = tuple((plain(name), value or b"") for name, value in message.headers)
    return msgspec.json.encode(replace(message, headers=headers)).decode()
