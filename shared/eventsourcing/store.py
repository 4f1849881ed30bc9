"""The event store of one service: append under an optimistic lock, read up to what is settled.

An event's way, hop 2: `command_handler` (before) hands a decision in; the relay (after) reads settled
positions. All rules about order and visibility stand in schema.sql; this module only calls them. Sources:
docs/decisions/0003-event-store.md.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

import msgspec
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure, UniqueViolation

from shared.contracts.registry import declared, decode
from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.recorded import Metadata, Row
from shared.eventsourcing.sight import streams_in_sight
from shared.eventsourcing.sql import Connection, Statement

_ROW = "position, stream, version, case_id, type, schema, data::text, metadata::text, recorded_at"
_LOAD = b"""
    SELECT clock_timestamp(), c.stream, c.fingerprint, c.version, c.events, e.version, e.recorded_at, e.type, e.schema,
           CASE WHEN e.version > %(after)s THEN e.data::text END
    FROM (SELECT 1) AS always LEFT JOIN command c ON c.id = %(command)s LEFT
    JOIN event e ON e.stream = %(stream)s AND e.version >= %(after)s
    ORDER BY e.version"""  # noqa: E501
_CAUSED = (
    b"SELECT type, schema, data::text FROM event WHERE stream = %s AND version > %s AND version <= %s ORDER "
    b"BY version"
)
_STREAMS = b"""
    SELECT w.stream, e.type, e.schema, e.data::text FROM unnest(%s::text[]) AS w(stream)
    CROSS JOIN LATERAL (SELECT version, type, schema, data FROM event WHERE event.stream = w.stream) AS e
    ORDER BY w.stream, e.version"""
_READ = f"""SELECT {_ROW} FROM event
    WHERE position > %%s AND position <= %%s%b ORDER BY position LIMIT %%s""".encode()  # noqa: S608
_READ_STREAM = f"""SELECT {_ROW} FROM event
    WHERE stream = %%s AND version >= %%s AND position <= %%s%b ORDER BY version LIMIT %%s""".encode()  # noqa: S608
_APPEND = b"SELECT append_events(%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"
_TICK = b"""INSERT INTO tick (position, at)
    SELECT %(position)s, greatest(clock_timestamp(), (SELECT at FROM tick ORDER BY position DESC LIMIT 1))
    WHERE %(position)s > 0 AND NOT EXISTS (SELECT FROM tick WHERE tick.position >= %(position)s)"""
CONFLICTS = frozenset({"event_pkey", "command_pkey"})
AGAIN = (DeadlockDetected, SerializationFailure, LockNotAvailable)
"""PostgreSQL took its side in a quarrel between transactions and undid this one:
nothing has happened, decide again.
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a command was answered before: its stream, the stream's version afterwards,
    how many events it caused.
    """

    stream: str
    fingerprint: bytes
    version: int
    events: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a decision needs: the stream's events after the version that was known,
    the earlier answer of the command, and the time.

    `clock` is the database's clock, `now` the time that the decision bears: never earlier than the newest
    event of the stream, whatever the clock does. `known` is False when the stream has no event of the version
    that the caller claimed to know: the database went back to an earlier day.
    """

    events: Sequence[object]
    answered: Answered | None
    clock: datetime
    now: datetime
    known: bool = True


@dataclass(frozen=True, kw_only=True)
class Append:
    """One decision for one stream, ready to be written."""

    stream: str
    expected: int
    case_id: str
    command: UUID
    fingerprint: bytes
    events: Sequence[object]
    metadata: Metadata
    recorded_at: datetime

    @cached_property
    def lines(self) -> Sequence[bytes]:
        """The events as they are written."""
        return written(self.events)


def fingerprint(stream: str, command: object) -> bytes:
    """SHA-256 over a command and its stream, to tell a repetition from another command under the same id."""
    content = msgspec.json.encode([stream, type(command).__name__, command], order="deterministic")
    return hashlib.sha256(content).digest()


async def load(conn: Connection, source: str, stream: str, command: UUID, *, after: int = 0) -> Loaded:
    """The events of a stream (none if it has not begun) after a version, and the earlier answer of a command,
    in one round trip.
    """
    cursor = await conn.execute(_LOAD, {"after": after, "command": command, "stream": stream})
    rows = await cursor.fetchall()
    clock, answered_stream, *answer = rows[0][:5]
    answered = None if answered_stream is None else Answered(answered_stream, *answer)
    if after and rows[0][5] != after:
        return Loaded((), answered, clock, clock, known=False)
    now = max(clock, rows[-1][6] or clock)
    return Loaded([decode(source, *row[7:]) for row in rows if row[9] is not None], answered, clock, now)


async def events_of(conn: Connection, source: str, streams: Sequence[str]) -> dict[str, list[object]]:
    """All events of some streams, in one round trip."""
    found: dict[str, list[object]] = {stream: [] for stream in streams}
    if streams:
        for stream, *row in await (await conn.execute(_STREAMS, (list(found),))).fetchall():
            found[stream].append(decode(source, *row))
    return found


async def caused(conn: Connection, source: str, answered: Answered) -> tuple[object, ...]:
    """The events that a command caused when it was answered."""
    cursor = await conn.execute(
        _CAUSED, (answered.stream, answered.version - answered.events, answered.version)
    )
    return tuple([decode(source, *row) for row in await cursor.fetchall()])


def written(events: Sequence[object]) -> list[bytes]:
    """Events as append_events() takes them: [type, schema, data] each."""
    return [
        msgspec.json.encode([entry.name, entry.schema, event])
        for event in events
        for entry in (declared(type(event)),)
    ]


async def append(conn: Connection, decision: Append, *, beside: Sequence[Statement] = ()) -> None:
    """Appends a decision, the last of its transaction,
    and executes the statements `beside` it in the same round trip.

    Those must not depend on each other: they run as one statement, which is a transaction of its own where
    the caller has none. A UniqueViolation of one of CONFLICTS says that the stream moved on or that the
    command was answered meanwhile: nothing has happened, load again, decide again (`conflict` tells).
    """
    parts = b", ".join(b"s%d AS (%s)" % (number, text) for number, (text, _) in enumerate(beside))
    await conn.execute(
        (b"WITH " + parts + b" " if parts else b"") + _APPEND,
        (
            *(value for _, values in beside for value in values),
            decision.stream,
            decision.expected,
            decision.case_id,
            decision.command,
            decision.fingerprint,
            (b"[" + b",".join(decision.lines) + b"]").decode(),
            msgspec.json.encode(decision.metadata).decode(),
            decision.recorded_at,
        ),
    )


def conflict(error: UniqueViolation) -> bool:
    """Whether a violation is the optimistic lock speaking, and not a fault of a read model."""
    return error.diag.constraint_name in CONFLICTS


async def settled(conn: Connection) -> int:
    """The greatest position below which nothing can appear any more.
    Ask in a statement of its own, before reading events. Who looks back sees what was settled then.
    """
    if (moment := looks_at()) is not None:
        return moment.position
    cursor = await conn.execute(b"SELECT settled_position()")
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def tick(conn: Connection, position: int) -> None:
    """Says that everything up to a settled position was settled by now; nothing where that was said."""
    await conn.execute(_TICK, {"position": position})


async def read(conn: Connection, *, after: int, upto: int, limit: int) -> list[Row]:
    """Events with after < position ≤ upto in the order of issue. `upto` comes from `settled`."""
    seen, values = streams_in_sight()
    cursor = await conn.execute(_READ % seen, (after, upto, *values, limit))
    return list(map(Row._make, await cursor.fetchall()))


async def stream(conn: Connection, *, after: int, upto: int, size: int) -> AsyncIterator[Row]:
    """The same as `read` without a limit, while the server is still sending;
    nothing else may be asked on this connection meanwhile.
    """
    async for row in conn.cursor().stream(_READ % b"", (after, upto, None), size=size):
        yield Row._make(row)


async def read_stream(
    conn: Connection, stream: str, *, from_version: int, upto: int, limit: int
) -> list[Row]:
    """Events of one stream from a version on, only settled ones."""
    seen, values = streams_in_sight()
    cursor = await conn.execute(_READ_STREAM % seen, (stream, from_version, upto, *values, limit))
    return list(map(Row._make, await cursor.fetchall()))


async def forget_answers(conn: Connection, most: int = 20_000) -> int:
    """Forgets answers of commands that are older than any honest retry (400 days, by the database),
    the oldest first; answers how many.
    """
    cursor = await conn.execute(b"SELECT forget_answers(%s)", (most,))
    found = await cursor.fetchone()
    return int(found[0]) if found else 0
