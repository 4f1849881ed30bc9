"""The version of a row is the one of its stream: what a page or `If-Match` says was seen is refused as
changed only where something changed.

Over every read model with a version and every event that its stream may hold, as the rooms declare them:
a new event that moves no version is found here.
"""

import types
import typing
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Table

from shared.contracts.registry import all_declared
from shared.eventsourcing.commands.decider import Decider
from shared.eventsourcing.read_models.changes import Delete, Put
from shared.eventsourcing.read_models.projector import Fold
from shared.room import Room
from shared.service_names import SERVICES
from tests.support.applications import service_of
from tests.support.events import CYCLE, REGION, made, recorded


def events_of(decider: Decider[object, object, object]) -> tuple[type, ...]:
    """What a stream with this rule may hold, by what its `evolve` takes."""
    *_, event = [hint for name, hint in typing.get_type_hints(decider.evolve).items() if name != "return"]
    return typing.get_args(event) if isinstance(event, types.UnionType) else (event,)


def is_versioned(table: Table) -> bool:
    """Whether a row stands for a stream; where the version is its key, it stands for one event."""
    return "version" in table.columns and not table.columns["version"].primary_key


def changes(room: Room, stream: str, event: type, version: int) -> list[object]:
    return list(room.project(recorded(made(event), stream, version), REGION))


def begun(room: Room, stream: str, events: tuple[type, ...]) -> Iterator[tuple[Table, type]]:
    """Each row with a version that an event of this stream may be the first to write."""
    for event in events:
        for change in changes(room, stream, event, 1):
            if isinstance(change, Put) and is_versioned(change.table):
                yield change.table, event


ROOMS: Mapping[str, Room] = {name: service_of(name).room for name in SERVICES}
STREAMS = [
    (room, f"{category}-{CYCLE}-dinkes-tahunan", events_of(decider))
    for room in ROOMS.values()
    for category, decider in room.categories.items()
]


@pytest.mark.parametrize(("room", "stream", "events"), STREAMS, ids=[stream for _, stream, _ in STREAMS])
def test_every_event_of_a_stream_moves_the_version_of_its_row(
    room: Room, stream: str, events: tuple[type, ...]
) -> None:
    behind = []
    for table, first in begun(room, stream, events):
        for event in events:
            fold = Fold()
            fold.add(changes(room, stream, first, 1))
            fold.add(changes(room, stream, event, 2))
            behind += [
                f"{table.name} after {first.__name__} and {event.__name__}: {row['version']}"
                for row in fold.rows[table].values()
                if row["version"] != 2
            ]
    assert behind == []


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_a_version_is_of_one_stream_alone(room: Room) -> None:
    """No event of another stream or another service writes it."""
    written: dict[str, set[str]] = {}
    own = {event: stream for its, stream, events in STREAMS if its is room for event in events}
    for entry in all_declared():
        stream = own.get(entry.event, f"{entry.producer}/{CYCLE}-dinkes-tahunan")
        for change in changes(room, stream, entry.event, 1):
            if not isinstance(change, Delete) and is_versioned(change.table) and "version" in change.values:
                written.setdefault(change.table.name, set()).add(stream)
    assert {table: streams for table, streams in written.items() if len(streams) > 1} == {}
    assert written


def test_the_rows_that_carry_a_version_are_found() -> None:
    found = {table.name for room, stream, events in STREAMS for table, _ in begun(room, stream, events)}
    declared = {t.name for room in ROOMS.values() for t in room.metadata.tables.values() if is_versioned(t)}
    assert found == declared
