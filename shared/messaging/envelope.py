"""The envelope: a recorded event as a Kafka message, CloudEvents 1.0 in binary mode, and back.

Role: the form in which events travel. Every SOP step. Previous hop: `relay` with a row of the store.
Next hop: `consumer` of another service. The same row always gives the same bytes, so republishing changes
nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import msgspec

from shared.contracts.values import EventRef
from shared.eventsourcing.digest import digest_of, time_of
from shared.eventsourcing.recorded import Metadata, Recorded, Row, decode_row

PREFIX: Final = "id.jejak"
MOST_VERSION: Final = 2**31 - 1
MOST_POSITION: Final = 2**63 - 1
MOST_SCHEMA: Final = 2**15 - 1
LONGEST_NAME: Final = 400  # bytes; an index entry of PostgreSQL holds 2,704
_DIGITS: Final = re.compile(rb"[0-9]{1,19}")
Headers = tuple[tuple[str, bytes], ...]
_metadata = msgspec.json.Decoder(Metadata)
_json = msgspec.json.Decoder(msgspec.Raw)
_FIXED: Final = (("ce_specversion", b"1.0"), ("content-type", b"application/json"))


class Undecodable(Exception):
    """A message that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Kafka hands it over: nothing interpreted yet."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    at: int | None = None
    """Its place in the bundle that brought it; None when it came by itself."""

    @property
    def source(self) -> str:
        """The service whose topic it came from."""
        return self.topic.rpartition(".")[2]

    @property
    def where(self) -> dict[str, str | int]:
        """Where it stands in the broker's log, and in its bundle, as a log line says it."""
        names = (
            ("topic", "partition", "offset") if self.at is None else ("topic", "partition", "offset", "at")
        )
        return {name: getattr(self, name) for name in names}

    @property
    def moment(self) -> bytes:
        """When its event was recorded, as its source writes it; empty where it does not say."""
        return next((value for name, value in self.headers if name == "ce_time" and value), b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An event of some service as it arrived. `data` and `metadata` are
    the exact JSON bytes of its source's store.
    """

    source: str
    stream: str
    version: int
    position: int
    case_id: str
    type: str
    schema: int
    data: bytes
    metadata: bytes
    recorded_at: datetime
    _digest: bytes = field(default=b"", init=False, repr=False, compare=False)

    @property
    def ref(self) -> EventRef:
        return EventRef(source=self.source, stream=self.stream, version=self.version)

    @property
    def causation(self) -> EventRef | None:
        """The event that caused this one, if any."""
        return _metadata.decode(self.metadata).causation

    @property
    def digest(self) -> bytes:
        """The digest of its content, by which a repetition is told from a contradiction. Reckoned once."""
        if not self._digest:
            digest = digest_of(
                self.stream,
                self.version,
                self.type,
                self.schema,
                self.case_id,
                self.data,
                self.metadata,
                self.recorded_at,
            )
            object.__setattr__(self, "_digest", digest)
        return self._digest

    def recorded(self) -> Recorded:
        """The event decoded. Raises UnknownEvent for a type,
        schema or shape that this version does not know.
        """
        return decode_row(self.source, self.row())

    def row(self) -> Row:
        """The event as its source's store holds it."""
        return Row(
            self.position,
            self.stream,
            self.version,
            self.case_id,
            self.type,
            self.schema,
            self.data.decode(),
            self.metadata.decode(),
            self.recorded_at,
        )


def received(source: str, row: Row) -> Received:
    """A row of `source`'s store as it looks to whoever receives it."""
    return Received(
        source=source,
        stream=row.stream,
        version=row.version,
        position=row.position,
        case_id=row.case_id,
        type=row.type,
        schema=row.schema,
        data=row.data.encode(),
        metadata=row.metadata.encode(),
        recorded_at=row.recorded_at,
    )


def write(source: str, row: Row) -> tuple[bytes, bytes, Headers]:
    """Key, value and headers of the message that carries a row of `source`'s store."""
    headers = (
        *_FIXED,
        ("ce_id", f"{row.stream}@{row.version}".encode()),
        ("ce_type", type_of(source, row).encode()),
        ("ce_source", f"/jejak/{source}".encode()),
        ("ce_subject", row.stream.encode()),
        ("ce_time", time_of(row.recorded_at).encode()),
        ("version", b"%d" % row.version),
        ("position", b"%d" % row.position),
        ("case_id", row.case_id.encode()),
        ("metadata", row.metadata.encode()),
        ("traceparent", traceparent_of(row.metadata).encode()),
    )
    return row.case_id.encode(), row.data.encode(), headers


def read(message: Message) -> Received:
    """The event that a message carries. Raises Undecodable with the reason."""
    if message.value is None:
        raise Undecodable("the message has no body")
    return event_of(message.source, dict(message.headers), message.value)


def event_of(topic_of: str, fields: Mapping[str, bytes], data: bytes) -> Received:
    """The event that the headers of a message say, in the topic of a service.
    Raises Undecodable with the reason.
    """
    try:
        source, name, schema = _type(_text(fields["ce_type"]))
        event = Received(
            source=source,
            stream=_name(fields["ce_subject"]),
            version=_number(fields["version"], 1, MOST_VERSION),
            position=_number(fields["position"], 0, MOST_POSITION),
            case_id=_name(fields["case_id"], least=0),
            type=name,
            schema=schema,
            data=data,
            metadata=fields["metadata"],
            recorded_at=_moment(_text(fields["ce_time"])),
        )
    except KeyError as missing:
        raise Undecodable(f"header {missing} is missing") from missing
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Undecodable(f"a header cannot be read: {error}") from error
    if event.source != topic_of:
        raise Undecodable(f"an event of {event.source} in the topic of {topic_of}")
    _check(event.data, event.metadata)
    return event


def _check(data: bytes, metadata: bytes) -> None:
    try:
        data.decode()
        metadata.decode()
        _json.decode(data)
        _metadata.decode(metadata)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, AttributeError, RecursionError) as error:
        raise Undecodable(f"the body or its metadata is no JSON of ours: {error}") from error


def _text(value: bytes) -> str:
    return value.decode()


def _name(value: bytes, *, least: int = 1) -> str:
    """A name as every table can hold it and index it."""
    if not least <= len(value) <= LONGEST_NAME or b"\x00" in value:
        raise ValueError(f"a name of {len(value)} bytes or with a null byte")
    return value.decode()


def _number(value: bytes, least: int, most: int) -> int:
    """A whole number in ASCII digits, as wide as the column that holds it."""
    if not _DIGITS.fullmatch(value) or not least <= int(value) <= most:
        raise ValueError(f"no number from {least} to {most}: {value[:40]!r}")
    return int(value)


def _moment(text: str) -> datetime:
    """A moment with its zone that UTC can say as well."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {text[:40]!r}")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def place(message: Message) -> tuple[str, int]:
    """Stream and version of an undecodable message as far as its headers say; ("", 0) if they do not."""
    fields = dict(message.headers)
    try:
        source, _, _ = _type(_text(fields["ce_type"]))
        stream, version = _name(fields["ce_subject"]), _number(fields["version"], 1, MOST_VERSION)
    except (KeyError, ValueError, TypeError, AttributeError):
        return "", 0
    return (stream, version) if source == message.source else ("", 0)


@lru_cache(maxsize=1024)
def _type(text: str) -> tuple[str, str, int]:
    parts = text.removeprefix(f"{PREFIX}.").split(".")
    if not text.startswith(f"{PREFIX}.") or len(parts) != 3 or not parts[2].startswith("v"):
        raise ValueError(f"unknown form of type {text!r}")
    return parts[0], _name(parts[1].encode()), _number(parts[2][1:].encode(), 0, MOST_SCHEMA)


def type_of(source: str, row: Row) -> str:
    """What happened, and the version of its shape, as one word."""
    return f"{PREFIX}.{source}.{row.type}.v{row.schema}"


def traceparent_of(metadata: str) -> str:
    """The trace that an event belongs to. Raises msgspec.DecodeError for metadata that are none."""
    return _metadata.decode(metadata).traceparent


def headers_of(pairs: Iterable[tuple[str, bytes]] | None) -> Headers:
    """Headers of a Kafka client as ours; a message without any has an empty tuple.
    A value may be None, which `read` finds out.
    """
    return tuple(pairs or ())
