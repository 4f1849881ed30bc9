"""The line of an event in the audit log: the exact bytes that are hashed, exported and verified.

Every SOP step. Previous hop: the consumer with an event as its source stores it. Next hop: `audit_log.py`.
Canonical JSON: keys sorted, no spaces, UTF-8, no newline. The same event gives the same bytes, whether Kafka brought it or the feed.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.archive.domain.merkle import leaf_hash
from shared.messaging.digest import time_of
from shared.messaging.envelope import Received

_canonical = msgspec.json.Encoder(order="sorted")
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Leaf:
    """One line with its hash, and the few fields by which pages find it."""

    source: str
    stream: str
    version: int
    case_id: str
    type: str
    agency: str
    person: str
    recorded_at: datetime
    line: bytes
    hash: bytes


def leaf_of(event: Received) -> Leaf:
    """The leaf of an event. Raises msgspec.DecodeError when data or metadata are no JSON, which no store of ours holds."""
    data, metadata = _decode(event.data), _decode(event.metadata)
    line = _canonical.encode(
        {
            "source": event.source,
            "stream": event.stream,
            "version": event.version,
            "position": event.position,
            "case_id": event.case_id,
            "type": event.type,
            "schema": event.schema,
            "data": data,
            "metadata": metadata,
            "recorded_at": time_of(event.recorded_at),
        }
    )
    actor = metadata.get("actor", {})
    agency = data.get("agency") or actor.get("agency", "")
    return Leaf(
        event.source,
        event.stream,
        event.version,
        event.case_id,
        event.type,
        agency,
        actor.get("person", ""),
        event.recorded_at,
        line,
        leaf_hash(line),
    )
