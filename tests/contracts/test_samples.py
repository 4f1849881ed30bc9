"""What was once written is read for ever: one JSON per event type and version, and each still parses."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from shared.contracts.registry import Declared, UnknownEvent, all_declared, decode, encode, find
from tests.contracts.collect import SAMPLES, collect, sample_of

NAME = re.compile(r"(?P<producer>[a-z]+)\.(?P<name>[a-z-]+)\.v(?P<schema>\d+)\.json")


def samples() -> list[Path]:
    return sorted(SAMPLES.iterdir())


def called(path: Path) -> tuple[str, str, int]:
    match = NAME.fullmatch(path.name)
    assert match, path.name
    return match["producer"], match["name"], int(match["schema"])


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_a_sample_still_parses_and_becomes_the_event_of_today(path: Path) -> None:
    producer, name, schema = called(path)
    entry = find(producer, name)
    assert entry, "an event that was published stays declared"
    assert type(decode(producer, name, schema, path.read_bytes())) is entry.event


@pytest.mark.parametrize("entry", all_declared(), ids=lambda entry: entry.ce_type)
def test_every_version_of_a_declared_event_has_a_sample(entry: Declared) -> None:
    assert [
        version
        for version in range(1, entry.schema + 1)
        if not sample_of(entry.producer, entry.name, version).exists()
    ] == []


@pytest.mark.parametrize("entry", all_declared(), ids=lambda entry: entry.ce_type)
def test_the_shape_of_a_published_version_does_not_change(entry: Declared) -> None:
    """When this fails: a new shape is a new schema version with an upcaster and a sample of its own."""
    sample = json.loads(sample_of(entry.producer, entry.name, entry.schema).read_bytes())
    again = json.loads(encode(decode(entry.producer, entry.name, entry.schema, json.dumps(sample))))
    assert again == sample


@pytest.mark.parametrize("entry", all_declared(), ids=lambda entry: entry.ce_type)
def test_a_sample_without_one_of_its_cells_is_not_taken_for_the_event(entry: Declared) -> None:
    """Parsing is strict: what is required and missing is an error, never a silent blank."""
    sample = json.loads(sample_of(entry.producer, entry.name, entry.schema).read_bytes())
    required = [name for name, field in _fields(entry) if field.required]
    for name in required:
        with pytest.raises(UnknownEvent):
            decode(
                entry.producer,
                entry.name,
                entry.schema,
                json.dumps({key: value for key, value in sample.items() if key != name}),
            )


def _fields(entry: Declared) -> list[tuple[str, msgspec.inspect.Field]]:
    described = msgspec.inspect.type_info(entry.event)
    assert isinstance(described, msgspec.inspect.DataclassType)
    return [(field.name, field) for field in described.fields]


def test_a_newer_version_than_ours_is_unknown_and_not_guessed() -> None:
    with pytest.raises(UnknownEvent):
        decode("intake", "cycle-opened", 99, b"{}")


def test_collecting_adds_what_is_missing_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.contracts.collect.SAMPLES", tmp_path)
    lines = [
        {"source": "intake", "type": "cycle-opened", "schema": 1, "data": {"cycle": cycle}}
        for cycle in ("3402-2026", "3402-2027")
    ]
    export = tmp_path / "export.ndjson"
    export.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert (collect(export), collect(export)) == (["intake.cycle-opened.v1.json"], [])
    assert json.loads((tmp_path / "intake.cycle-opened.v1.json").read_bytes()) == {"cycle": "3402-2026"}
