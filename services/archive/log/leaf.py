"""The line of an event in the audit log: the exact bytes that are hashed, exported and verified.

Every SOP step. Previous hop: the consumer with an event as its source stores it. Next hop: `log/append.py`.
Canonical JSON: keys sorted, no spaces, UTF-8, no newline.
The same event gives the same bytes, whether Kafka brought it or the feed.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import msgspec
from msgspec import structs

from services.archive.domain.merkle import leaf_hash
from services.archive.search_words import words_of_event
from shared.eventsourcing.digest import time_of
from shared.messaging.envelope import Received

_canonical = msgspec.json.Encoder(order="sorted")
_decode = msgspec.json.Decoder().decode


class _Line(msgspec.Struct):
    """A line as it is written."""

    source: str
    stream: str
    version: int
    position: int
    case_id: str
    type: str
    schema: int
    data: msgspec.Raw
    metadata: msgspec.Raw
    recorded_at: datetime


columns_of = attrgetter("source", "stream", "version", "case_id", "type", "agency", "person", "recorded_at")
"""What pages find a leaf by, in the order of the table."""
_line = msgspec.json.Decoder(_Line)


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
    position: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lookup:
    """By what a line is found: where its source has it, and its words."""

    source: str
    position: int
    words: frozenset[str]


def leaf_of(event: Received) -> Leaf:
    """The leaf of an event. Raises msgspec.DecodeError when data or metadata are no JSON,
    which no store of ours holds.
    """
    data, metadata = _decode(event.data), _decode(event.metadata)
    said = {
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
    line = _canonical.encode(said)
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
        event.position,
        words_of_event(said),
    )


def event_in(line: bytes) -> Received | None:
    """The event that a line says; None for a line that says none."""
    try:
        said = _line.decode(line)
    except msgspec.DecodeError:
        return None
    return Received(**{**structs.asdict(said), "data": bytes(said.data), "metadata": bytes(said.metadata)})


def lookup_of(line: bytes) -> Lookup | None:
    """By what a line is found; None for a line that is no event, which the check says."""
    try:
        event = _decode(line)
        return Lookup(event["source"], int(event["position"]), words_of_event(event))
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError):
        return None
