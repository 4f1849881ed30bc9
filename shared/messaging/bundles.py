"""Bundles: several events of one case in one message, CloudEvents 1.0 in batch mode, and back.

An event's way, beside `envelope`. Every SOP step. Previous hop: `publishing`, for what waits together; an
event that is alone travels alone. Next hop: `consumer`, which takes each event in by itself again.

What a message costs on its way is then paid once for many. The seal of a bundle is one signature over the
digests and positions of its events, which it names one by one: so each event is still believed or not by
itself, and one that is taken out of its bundle, to be parked, brings the proof with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from shared.eventsourcing.digest import time_of
from shared.eventsourcing.recorded import Row
from shared.messaging import envelope
from shared.messaging.envelope import Headers, Message, Received, Undecodable
from shared.messaging.signing import HEADER, MOST_PLACES, Forged, Keys, Signer, event_place, seal_of

CONTENT_TYPE: Final = b"application/cloudevents-batch+json"
MOST_CHARACTERS: Final = 64 * 1024
"""Of bodies and metadata in one bundle, a twentieth of what a topic takes even where all of them are long."""
_HEADER: Final = ("content-type", CONTENT_TYPE)


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event in a bundle: the headers that it would have alone, by names that CloudEvents allows."""

    specversion: str
    id: str
    type: str
    source: str
    subject: str
    time: str
    datacontenttype: str
    version: str
    position: str
    caseid: str
    metadata: str
    traceparent: str = ""
    data: msgspec.Raw

    def headers(self) -> Headers:
        """As `envelope.write` gives them."""
        return (
            ("ce_specversion", self.specversion.encode()),
            ("content-type", self.datacontenttype.encode()),
            ("ce_id", self.id.encode()),
            ("ce_type", self.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_time", self.time.encode()),
            ("version", self.version.encode()),
            ("position", self.position.encode()),
            ("case_id", self.caseid.encode()),
            ("metadata", self.metadata.encode()),
            ("traceparent", self.traceparent.encode()),
        )


_encode = msgspec.json.Encoder().encode
_entries = msgspec.json.Decoder(Annotated[list[Entry], msgspec.Meta(min_length=1, max_length=MOST_PLACES)])


@dataclass(frozen=True, slots=True)
class Bundled:
    """An event of a bundle that was sealed by its source; whether it is one of those is still to be seen."""

    bundle: Message
    at: int
    entry: Entry
    place: bytes
    seal: bytes

    @property
    def topic(self) -> str:
        return self.bundle.topic

    @property
    def partition(self) -> int:
        return self.bundle.partition

    @property
    def offset(self) -> int:
        return self.bundle.offset

    @property
    def moment(self) -> bytes:
        """When it was recorded, as its source writes it."""
        return self.entry.time.encode()

    def read(self) -> Received:
        """The event. Raises Forged when it is not what was sealed in its place, Undecodable when it cannot
        be read.
        """
        entry = self.entry
        fields = {
            "ce_type": entry.type.encode(),
            "ce_subject": entry.subject.encode(),
            "ce_time": entry.time.encode(),
            "version": entry.version.encode(),
            "position": entry.position.encode(),
            "case_id": entry.caseid.encode(),
            "metadata": entry.metadata.encode(),
        }
        event = envelope.event_of(self.bundle.source, fields, bytes(entry.data))
        if event_place(event) != self.place or entry.caseid.encode() != self.bundle.key:
            raise Forged(f"it is not what {event.source} sealed in this place of the bundle")
        return event

    def message(self) -> Message:
        """The event as a message of its own, which its bundle's seal is good for."""
        bundle, entry = self.bundle, self.entry
        headers = (*entry.headers(), (HEADER, self.seal))
        return Message(
            bundle.topic, bundle.partition, bundle.offset, bundle.key, bytes(entry.data), headers, self.at
        )


Arrived = Message | Bundled
"""What is taken in, or parked, by itself."""


def opened(message: Message, keys: Keys) -> Sequence[Arrived]:
    """The events of a bundle; any other message as it is.
    Raises Forged when the bundle was not sealed by whose topic it is in, Undecodable when it cannot be read.
    """
    if _HEADER not in message.headers:
        return (message,)
    seal = seal_of(message)
    places = keys.places(message.source, seal)
    try:
        entries = _entries.decode(message.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(f"the bundle cannot be read: {error}") from error
    if len(entries) != len(places):
        raise Forged(f"it holds {len(entries)} events, and {len(places)} were sealed")
    return [
        Bundled(message, at, entry, place, seal)
        for at, (entry, place) in enumerate(zip(entries, places, strict=True))
    ]


def grouped(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of one case together, as many as one bundle takes, each case's in their order. A row that is
    large, or whose body stands in spaces, which a list would lose, is by itself.
    """
    groups: list[list[Row]] = []
    filling: dict[str, tuple[list[Row], int]] = {}
    for row in rows:
        group, held = filling.get(row.case_id, ([], MOST_CHARACTERS))
        own = len(row.data) + len(row.metadata) if row.data[:1] + row.data[-1:] == "{}" else MOST_CHARACTERS
        size = held + own
        if size > MOST_CHARACTERS or len(group) == MOST_PLACES:
            group, size = [], own
            groups.append(group)
        group.append(row)
        filling[row.case_id] = group, size
    return groups


def write(source: str, rows: Sequence[Row], signer: Signer) -> tuple[bytes, bytes, Headers]:
    """Key, value and headers of the message that carries several rows of one case of `source`'s store."""
    value = _encode([entry_of(source, row) for row in rows])
    seal = signer.seal_places([event_place(envelope.received(source, row)) for row in rows])
    return rows[0].case_id.encode(), value, (_HEADER, (HEADER, seal))


def entry_of(source: str, row: Row) -> Entry:
    """A row of `source`'s store as it stands in a bundle."""
    return Entry(
        specversion="1.0",
        id=f"{row.stream}@{row.version}",
        type=envelope.type_of(source, row),
        source=f"/jejak/{source}",
        subject=row.stream,
        time=time_of(row.recorded_at),
        datacontenttype="application/json",
        version=str(row.version),
        position=str(row.position),
        caseid=row.case_id,
        metadata=row.metadata,
        traceparent=envelope.traceparent_of(row.metadata),
        data=msgspec.Raw(row.data.encode()),
    )
