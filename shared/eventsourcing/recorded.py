"""A recorded event: what happened, with everything that the record says about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.contracts.registry import UnknownEvent, decode
from shared.contracts.values import EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted: a person in a role for an agency, or a service itself (role `system`)."""

    person: str
    role: str
    agency: str

    @classmethod
    def system(cls, service: str) -> "Actor":
        return cls(person=f"jejak:{service}", role="system", agency="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Who, by which command, as part of which chain of events.
    `correlation` is the first command of the chain.
    """

    actor: Actor
    command_id: str
    correlation: str
    causation: EventRef | None = None
    traceparent: str = ""


class Row(NamedTuple):
    """An event as the store holds it; `data` and `metadata` are JSON text.
    A tuple, because a rebuild makes millions of them.
    """

    position: int
    stream: str
    version: int
    case_id: str
    type: str
    schema: int
    data: str
    metadata: str
    recorded_at: datetime


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event decoded, with its place: `position` in its source's order of issue,
    `version` in its stream.
    """

    source: str
    stream: str
    version: int
    position: int
    case_id: str
    type: str
    schema: int
    event: object
    metadata: Metadata
    recorded_at: datetime

    @property
    def ref(self) -> EventRef:
        return EventRef(source=self.source, stream=self.stream, version=self.version)


_metadata = msgspec.json.Decoder(Metadata)


def decode_row(source: str, row: Row) -> Recorded:
    """A stored row of `source` as a Recorded event.
    Raises UnknownEvent for a type or schema that this version does not know, and for what is no event.
    """
    try:
        metadata = _metadata.decode(row.metadata)
    except msgspec.DecodeError as error:
        raise UnknownEvent(f"{source}.{row.type}.v{row.schema}: {error}") from error
    return Recorded(
        source=source,
        stream=row.stream,
        version=row.version,
        position=row.position,
        case_id=row.case_id,
        type=row.type,
        schema=row.schema,
        event=decode(source, row.type, row.schema, row.data),
        metadata=metadata,
        recorded_at=row.recorded_at,
    )
