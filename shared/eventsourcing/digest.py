"""The digest of an event's content: what tells whether two events of the
same stream and version are the same event.

Role: an event's identity is its content (docs/decisions/0014-who-said-it.md). Used by `taking` for
repetitions, by `heads` for whole streams, and by the archive's checks. The same is computed inside PostgreSQL
by `event_digest` and `chained` (identity.sql); a test holds both together.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from shared.eventsourcing.recorded import Row

NOTHING: Final = b""
"""The chain of a stream of which nothing was taken in."""


def time_of(moment: datetime) -> str:
    """A moment as every form that travels writes it: RFC 3339, UTC, always six decimals."""
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return there.isoformat(timespec="microseconds").replace("+00:00", "Z")


def framed(parts: Iterable[bytes]) -> bytes:
    """Parts as one sequence of bytes that no other parts have: each behind its length."""
    return b"".join([piece for part in parts for piece in (len(part).to_bytes(4, "big"), part)])


def content_digest(row: Row) -> bytes:
    """SHA-256 over the exact bytes of stream, version, type, schema, case, data,
    metadata and time of a stored event.
    """
    return digest_of(
        row.stream,
        row.version,
        row.type,
        row.schema,
        row.case_id,
        row.data.encode(),
        row.metadata.encode(),
        row.recorded_at,
    )


def digest_of(
    stream: str,
    version: int,
    kind: str,
    schema: int,
    case_id: str,
    data: bytes,
    metadata: bytes,
    recorded_at: datetime,
) -> bytes:
    """`content_digest` for an event that is not held as a row."""
    names = (stream.encode(), b"%d" % version, kind.encode(), b"%d" % schema, case_id.encode())
    return hashlib.sha256(framed((*names, data, metadata, time_of(recorded_at).encode()))).digest()


def chained(before: bytes, digest: bytes) -> bytes:
    """The chain of a stream after one more event: SHA-256 over the chain before
    it (NOTHING at first) and the event's digest.
    """
    return hashlib.sha256(before + digest).digest()
