"""An older shape of an event is brought to the present one, step by step, before anybody sees it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import pytest

from shared.contracts import registry
from shared.contracts.registry import Declared, UnknownEvent, all_declared, decode, encode, upcast
from tests.contracts.collect import sample_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMoved:
    """Version 1 had one name; version 2 has the floor too; version 3 the day."""

    schema: ClassVar[int] = 3
    room: str
    floor: int
    shelves: Mapping[int, str]
    moved_on: date


def with_floor(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"room": data["name"], "floor": 1, "shelves": data["shelves"]}


def with_day(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "moved_on": "2026-02-17"}


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        registry._BY_NAME, ("intake", "room-moved"), Declared("intake", "room-moved", 3, RoomMoved)
    )
    monkeypatch.setitem(registry.STEPS, ("intake", "room-moved", 1), with_floor)
    monkeypatch.setitem(registry.STEPS, ("intake", "room-moved", 2), with_day)


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (1, '{"name": "arsip", "shelves": {"7": "2024"}}'),
        (2, '{"room": "arsip", "floor": 1, "shelves": {"7": "2024"}}'),
        (3, '{"room": "arsip", "floor": 1, "shelves": {"7": "2024"}, "moved_on": "2026-02-17"}'),
    ],
)
def test_every_version_becomes_the_event_of_today(schema: int, data: str) -> None:
    today = RoomMoved(room="arsip", floor=1, shelves={7: "2024"}, moved_on=date(2026, 2, 17))
    assert decode("intake", "room-moved", schema, data) == today


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("floor", ['"1"', "1.5", "true", "null"])
@pytest.mark.parametrize("schema", [2, 3])
def test_an_older_version_is_read_as_strictly_as_that_of_today(schema: int, floor: str) -> None:
    data = f'{{"room": "arsip", "floor": {floor}, "shelves": {{}}, "moved_on": "2026-02-17"}}'
    with pytest.raises(UnknownEvent, match="floor"):
        decode("intake", "room-moved", schema, data)


@pytest.mark.parametrize("schema", [1, 2])
def test_a_revision_in_quotes_is_no_revision_in_any_version(schema: int) -> None:
    drafted = json.loads(sample_of("documents", "document-drafted", schema).read_bytes())
    with pytest.raises(UnknownEvent, match="revision"):
        decode("documents", "document-drafted", schema, json.dumps({**drafted, "revision": "1"}))


@pytest.mark.usefixtures("moved")
def test_a_version_newer_than_ours_is_not_guessed() -> None:
    with pytest.raises(UnknownEvent):
        decode("intake", "room-moved", 4, "{}")


@pytest.mark.usefixtures("moved")
def test_data_that_is_no_event_of_its_version_is_unknown() -> None:
    with pytest.raises(UnknownEvent, match="floor"):
        decode("intake", "room-moved", 3, '{"room": "arsip"}')


def test_a_forgotten_step_is_named() -> None:
    with pytest.raises(KeyError, match="room-moved"):
        upcast(
            "intake",
            "room-moved",
            1,
            3,
            {"name": "arsip", "shelves": {}},
            {("intake", "room-moved", 1): with_floor},
        )


@pytest.mark.parametrize(
    ("producer", "name", "cell"),
    [
        ("documents", "document-drafted", "basis"),
        ("verification", "figures-settled", "digests"),
        ("verification", "endorsement-requested", "basis"),
    ],
)
def test_what_version_1_did_not_say_about_approved_figures_is_empty_and_not_guessed(
    producer: str, name: str, cell: str
) -> None:
    before = sample_of(producer, name, 1).read_bytes()
    told = json.loads(encode(decode(producer, name, 1, before)))
    later = {"correction": 0} if name == "document-drafted" else {}
    assert told == {**json.loads(before), cell: {}, **later}
    assert getattr(decode(producer, name, 2, sample_of(producer, name, 2).read_bytes()), cell)


def test_every_event_that_is_past_version_1_has_all_its_steps() -> None:
    steps = {
        (entry.producer, entry.name, version)
        for entry in all_declared()
        for version in range(1, entry.schema)
    }
    assert registry.STEPS.keys() == steps
