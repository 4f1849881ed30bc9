"""The register of all declared events: names, versions, and the way between an event and its bytes.

Type names follow CloudEvents: `id.jejak.intake.submission-received.v1`. A class says an older shape is gone
by `schema: ClassVar[int]`. What an older version did not say yet it says beside that (`unsaid`: version →
field → what nothing meant); where a version said it in another way, an upcaster of
`shared.contracts.upcasting` brings its data to the next one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from types import ModuleType
from typing import Any

import msgspec

from shared.contracts import (
    archive,
    correction,
    documents,
    findings,
    handing_over,
    intake,
    replayed,
    settings,
    talk,
    verification,
)
from shared.contracts.persons import account, login, people, token
from shared.contracts.upcasting import UPCASTERS, Upcaster


class UnknownEvent(Exception):
    """An event that this version of Jejak does not know: a foreign type, or a schema newer than ours."""


class NewerEvent(UnknownEvent):
    """Of these the one that a newer version of Jejak wrote: whoever is upgraded reads it."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the register knows of one event class."""

    producer: str
    name: str
    schema: int
    event: type

    @property
    def ce_type(self) -> str:
        """The CloudEvents type, e.g. `id.jejak.intake.submission-received.v1`."""
        return f"id.jejak.{self.producer}.{self.name}.v{self.schema}"


def kebab(name: str) -> str:
    """SubmissionReceived → submission-received."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _events_of(module: ModuleType) -> tuple[type, ...]:
    return tuple(
        found
        for found in vars(module).values()
        if isinstance(found, type) and is_dataclass(found) and found.__module__ == module.__name__
    )


MODULES: tuple[ModuleType, ...] = (
    intake,
    handing_over,
    settings,
    findings,
    people,
    login,
    account,
    token,
    verification,
    talk,
    documents,
    correction,
    archive,
    *replayed.MODULES,
)
"""Each says whose events it holds; a producer may have several."""
PRODUCERS: Mapping[str, tuple[type, ...]] = {
    producer: tuple(event for one in MODULES if producer == one.PRODUCER for event in _events_of(one))
    for producer in dict.fromkeys(module.PRODUCER for module in MODULES)
}
_BY_CLASS: Mapping[type, Declared] = {
    event: Declared(producer, kebab(event.__name__), getattr(event, "schema", 1), event)
    for producer, events in PRODUCERS.items()
    for event in events
}
_BY_NAME: Mapping[tuple[str, str], Declared] = {
    (entry.producer, entry.name): entry for entry in _BY_CLASS.values()
}


def _saying(unsaid: Mapping[str, Any]) -> Upcaster:
    return lambda data: {**data, **unsaid}


STEPS: Mapping[tuple[str, str, int], Upcaster] = {
    **UPCASTERS,
    **{
        (entry.producer, entry.name, version): _saying(unsaid)
        for entry in _BY_CLASS.values()
        for version, unsaid in getattr(entry.event, "unsaid", {}).items()
    },
}
"""By (producer, event, version): what brings data of that version to the next one."""

_encoder = msgspec.json.Encoder(order="deterministic")


def declared(event: type) -> Declared:
    """The register's entry of an event class; KeyError for a class that is no declared event."""
    return _BY_CLASS[event]


def all_declared() -> tuple[Declared, ...]:
    """Every declared event of every service."""
    return tuple(_BY_CLASS.values())


def find(producer: str, name: str) -> Declared | None:
    """The entry of an event by producer and kebab name; None if nobody declared it."""
    return _BY_NAME.get((producer, name))


def encode(event: object) -> bytes:
    """The JSON bytes of an event, keys in a fixed order."""
    return _encoder.encode(event)


@cache
def _decoder(event: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(event)


def decode(producer: str, name: str, schema: int, data: str | bytes) -> object:
    """The event that `data` holds, brought to its present shape.
    Raises UnknownEvent for what this version does not know.
    """
    entry = _BY_NAME.get((producer, name))
    if entry is None or schema > entry.schema:
        raise NewerEvent(f"{producer}.{name}.v{schema}")
    try:
        if schema < entry.schema:
            return msgspec.convert(
                upcast(producer, name, schema, entry.schema, msgspec.json.decode(data)),
                entry.event,
                str_keys=True,
            )
        return _decoder(entry.event).decode(data)
    except msgspec.DecodeError as error:
        raise UnknownEvent(f"{producer}.{name}.v{schema}: {error}") from error


def upcast(
    producer: str,
    name: str,
    schema: int,
    present: int,
    data: Mapping[str, Any],
    steps: Mapping[tuple[str, str, int], Upcaster] = STEPS,
) -> Mapping[str, Any]:
    """Data of version `schema` as data of version `present`; KeyError names the missing step."""
    for version in range(schema, present):
        data = steps[producer, name, version](data)
    return data
