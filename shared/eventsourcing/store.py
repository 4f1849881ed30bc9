"""The event store of one service: append under an optimistic lock, read up to what is settled.

An event's way, hop 2: `command_handler` (before) hands a decision in; the relay (after) reads settled positions. All rules about order and
visibility stand in schema.sql; this module only calls them. Sources: docs/decisions/0003-event-store.md.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from shared.contracts.registry import declared, encode
from shared.eventsourcing.recorded import Metadata, Row
from shared.eventsourcing.sql import Connection

_ROW = "position, stream, version, case_id, type, schema, data::text, metadata::text, recorded_at"
_LOAD = f"SELECT {_ROW} FROM event WHERE stream = %s ORDER BY version".encode()  # noqa: S608
_READ = f"SELECT {_ROW} FROM event WHERE position > %s AND position <= %s ORDER BY position LIMIT %s".encode()  # noqa: S608
_READ_STREAM = f"SELECT {_ROW} FROM event WHERE stream = %s AND version >= %s AND position <= %s ORDER BY version LIMIT %s".encode()  # noqa: S608
_APPEND = b"SELECT append_events(%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)"
_ANSWERED = b"SELECT stream, fingerprint, version, events, position FROM command WHERE id = %s"


class WrongExpectedVersion(Exception):
    """Somebody else appended to the stream first."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a command was answered before: its stream's version afterwards, how many events, the last position."""

    stream: str
    fingerprint: bytes
    version: int
    events: int
    position: int


@dataclass(frozen=True, slots=True)
class Append:
    """One decision for one stream, ready to be written."""

    stream: str
    expected: int
    case_id: str
    command: UUID
    fingerprint: bytes
    events: Sequence[object]
    metadata: Metadata


def fingerprint(stream: str, command: object) -> bytes:
    """SHA-256 over a command and its stream, to tell a repetition from another command under the same id."""
    return hashlib.sha256(stream.encode() + b"\0" + type(command).__name__.encode() + b"\0" + msgspec.json.encode(command, order="deterministic")).digest()


async def load(conn: Connection, stream: str) -> list[Row]:
    """All events of a stream in order; empty for a stream that has not begun."""
    cursor = await conn.execute(_LOAD, (stream,))
    return [Row(*found) for found in await cursor.fetchall()]


async def answered(conn: Connection, command: UUID) -> Answered | None:
    """The answer this command got before, if it was seen before."""
    cursor = await conn.execute(_ANSWERED, (command,))
    found = await cursor.fetchone()
    return Answered(*found) if found else None


async def load_for(conn: Connection, stream: str, command: UUID) -> tuple[list[Row], Answered | None]:
    """History of a stream and the earlier answer of a command, in one round trip."""
    async with conn.pipeline():
        history = await conn.execute(_LOAD, (stream,))
        before = await conn.execute(_ANSWERED, (command,))
        rows = [Row(*found) for found in await history.fetchall()]
        seen = await before.fetchone()
    return rows, Answered(*seen) if seen else None


async def append(conn: Connection, decision: Append) -> int:
    """Appends a decision inside the caller's transaction, as its last statement; answers the last position (0: nothing happened).

    Raises WrongExpectedVersion when the stream moved on or the command was answered meanwhile: roll back, load again, decide again.
    """
    events = [[entry.name, entry.schema, msgspec.Raw(encode(event))] for event in decision.events for entry in (declared(type(event)),)]
    try:
        cursor = await conn.execute(
            _APPEND,
            (
                decision.stream,
                decision.expected,
                decision.case_id,
                decision.command,
                decision.fingerprint,
                msgspec.json.encode(events).decode(),
                msgspec.json.encode(decision.metadata).decode(),
            ),
        )
        found = await cursor.fetchone()
    except UniqueViolation as error:
        raise WrongExpectedVersion(decision.stream) from error
    return int(found[0]) if found else 0


async def settled(conn: Connection) -> int:
    """The greatest position below which nothing can appear any more. Ask in a statement of its own, before reading events."""
    cursor = await conn.execute(b"SELECT settled_position()")
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def read(conn: Connection, *, after: int, upto: int, limit: int) -> list[Row]:
    """Events with after < position ≤ upto in the order of issue. `upto` comes from `settled`."""
    cursor = await conn.execute(_READ, (after, upto, limit))
    return [Row(*found) for found in await cursor.fetchall()]


async def read_stream(conn: Connection, stream: str, *, from_version: int, upto: int, limit: int) -> list[Row]:
    """Events of one stream from a version on, only settled ones."""
    cursor = await conn.execute(_READ_STREAM, (stream, from_version, upto, limit))
    return [Row(*found) for found in await cursor.fetchall()]


async def heads(conn: Connection, *, after: int, upto: int) -> list[tuple[str, int]]:
    """The newest version of every stream that moved between two positions."""
    cursor = await conn.execute(
        b"SELECT stream, max(version) FROM event WHERE position > %s AND position <= %s GROUP BY stream ORDER BY stream", (after, upto)
    )
    return [(stream, version) for stream, version in await cursor.fetchall()]


async def settled_at(conn: Connection, moment: datetime) -> int:
    """What was settled at a past moment: the greatest tick at or before it. The answer never changes afterwards."""
    cursor = await conn.execute(b"SELECT coalesce(max(position), 0) FROM tick WHERE at <= %s", (moment,))
    found = await cursor.fetchone()
    return int(found[0]) if found else 0
