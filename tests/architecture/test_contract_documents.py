"""The generated documents in docs/contracts are what the declarations say,
and the schema of every older version is still there.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.contracts import publish
from deploy.contracts.publish import ASYNCAPI, BUNDLE, FOLDER, HEADERS, asyncapi, file_name
from deploy.contracts.publish import documents as made_anew
from shared.contracts.registry import Declared, all_declared
from shared.eventsourcing.recorded import Actor, Metadata, Row
from shared.messaging.sending.publishing import bundled, sealed
from tests.support.keys import SIGNERS

documents = cache(made_anew)


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_document_is_up_to_date(name: str) -> None:
    """When this fails: `python -m deploy.contracts.publish`,
    and a new schema version if the shape of a published event changed.
    """
    assert (FOLDER / name).read_text(encoding="utf-8") == documents()[name]


@pytest.mark.parametrize("entry", all_declared(), ids=file_name)
def test_the_schema_of_every_version_stays(entry: Declared) -> None:
    for version in range(1, entry.schema + 1):
        assert (FOLDER / f"{entry.producer}.{entry.name}.v{version}.json").exists()


def test_publishing_writes_only_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publish, "FOLDER", tmp_path / "contracts")
    said = [(publish.main(), capsys.readouterr().out.split()) for _ in range(2)]
    (tmp_path / "contracts" / ASYNCAPI).write_text("old", encoding="utf-8")
    assert said == [(0, list(documents())), (0, [])]
    assert (publish.main(), capsys.readouterr().out.split()) == (0, [ASYNCAPI])


def test_nothing_else_lies_in_the_folder() -> None:
    known = {(entry.producer, entry.name) for entry in all_declared()}
    schemas = [path.name for path in FOLDER.iterdir() if path.name != ASYNCAPI]
    assert {tuple(re.sub(r"\.v\d+\.json$", "", name).split(".")) for name in schemas} == known


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "$ref":
                yield part
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def resolve(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi()
    for reference in references(document):
        if reference.startswith("./"):
            assert (
                json.loads((FOLDER / reference[2:]).read_text(encoding="utf-8"))["title"]
                in document["components"]["messages"]
            )
        else:
            assert resolve(document, reference)


@pytest.mark.parametrize("entry", all_declared(), ids=file_name)
def test_every_reference_of_a_schema_leads_somewhere(entry: Declared) -> None:
    schema = json.loads(documents()[file_name(entry)])
    assert all(resolve(schema, reference) for reference in references(schema))


def test_the_described_headers_are_those_that_travel() -> None:
    why = msgspec.json.encode(
        Metadata(actor=Actor.system("intake"), command_id="c", correlation="c")
    ).decode()
    row = Row(1, "s-1", 1, "3402-2026", "cycle-opened", 1, "{}", why, datetime(2026, 1, 5, tzinfo=UTC))
    (sent,), _ = sealed("intake", [row], SIGNERS["intake"])
    assert {name for name, _ in sent.headers} == set(HEADERS)


def test_the_described_parts_of_an_event_in_a_bundle_are_those_that_travel() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    actor = Actor.system("intake")
    metadata = Metadata(actor=actor, command_id="c", correlation="c", traceparent=trace)
    why = msgspec.json.encode(metadata).decode()
    rows = [
        Row(at, "s-1", at, "3402-2026", "cycle-opened", 1, "{}", why, datetime(2026, 1, 5, tzinfo=UTC))
        for at in (1, 2)
    ]
    (sent,), _ = bundled("intake", rows, SIGNERS["intake"])
    described = asyncapi()["components"]
    assert {name for name, _ in sent.headers} == set(described["messages"][BUNDLE]["headers"]["properties"])
    for entry in json.loads(sent.value):
        assert set(entry) == set(described["schemas"]["event-in-a-bundle"]["properties"])


def test_no_event_carries_a_float() -> None:
    assert [name for name, text in documents().items() if '"type": "number"' in text] == []


def test_every_key_of_the_asyncapi_document_is_a_plain_word_of_yaml() -> None:
    def keys(value: Any) -> Iterator[str]:
        for key, part in value.items() if isinstance(value, dict) else ():
            yield key
            yield from keys(part)

    assert [
        key
        for key in keys(asyncapi())
        if not re.fullmatch(r"[$A-Za-z][\w.-]*", key) or key in {"on", "off", "yes", "no"}
    ] == []
