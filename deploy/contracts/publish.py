"""The contracts as documents: a JSON Schema per event version and one AsyncAPI document,
for whoever reads our topics with other tools.

`python -m deploy.contracts.publish` writes them to `docs/contracts`; a test fails when they are not what the
declarations say. The schema of an older version of an event stays in the folder for ever: only the newest one
is written.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from shared.contracts.registry import PRODUCERS, Declared, all_declared, declared
from shared.messaging.signing import MOST_PLACES
from shared.messaging.topics import topic_of

FOLDER = Path(__file__).parent.parent.parent / "docs" / "contracts"
ASYNCAPI = "asyncapi.yaml"
HEADERS: Mapping[str, tuple[str, str]] = {
    "ce_specversion": ("CloudEvents version", "1.0"),
    "ce_id": ("stream@version, unique within the source", "submission-3402-2026-dinkes-tahunan@7"),
    "ce_type": ("what happened, and the version of its shape", "id.jejak.intake.submission-received.v1"),
    "ce_source": ("the service that recorded it", "/jejak/intake"),
    "ce_subject": ("the stream", "submission-3402-2026-dinkes-tahunan"),
    "ce_time": ("when Jejak learned it, UTC", "2026-02-10T03:00:00.000000Z"),
    "content-type": ("of the body", "application/json"),
    "version": ("version of the stream, gapless", "7"),
    "position": ("place in the source's order of issue; holes are normal", "1204"),
    "case_id": ("the cycle, also the key of the message", "3402-2026"),
    "metadata": (
        "actor, command, correlation and causation as JSON",
        '{"actor":{"person":"sri","role":"unsur_opd","agency":"dinkes"}}',
    ),
    "traceparent": ("W3C trace context; empty where nothing is traced", ""),
    "seal": (
        (
            "bytes: the producer's Ed25519 signature over the root of a small Merkle tree, "
            "and the message's path to it (ADR 14)"
        ),
        "",
    ),
}


BUNDLE = "id.jejak.bundle"
BUNDLE_SEAL = (
    "bytes: form 2; the producer's Ed25519 signature over the places of all events, then the places in "
    "order, 40 bytes each: digest of the content and position (ADR 29)"
)
IN_BUNDLE: Mapping[str, str] = {
    "specversion": "ce_specversion",
    "id": "ce_id",
    "type": "ce_type",
    "source": "ce_source",
    "subject": "ce_subject",
    "time": "ce_time",
    "datacontenttype": "content-type",
    "version": "version",
    "position": "position",
    "caseid": "case_id",
    "metadata": "metadata",
    "traceparent": "traceparent",
}
"""What an event says of itself in a bundle → as which header it does when it travels alone."""


def file_name(entry: Declared) -> str:
    """intake.submission-received.v1.json."""
    return f"{entry.producer}.{entry.name}.v{entry.schema}.json"


def schema_of(entry: Declared) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event's body."""
    (reference,), parts = msgspec.json.schema_components([entry.event], ref_template="#/$defs/{name}")
    own = parts.pop(reference["$ref"].rpartition("/")[2])
    described = _plain({**own, "title": entry.ce_type, **({"$defs": parts} if parts else {})})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:jejak:event:{entry.ce_type}",
        **described,
    }


def _plain(schema: Any) -> Any:
    """Descriptions in one line; what a dataclass writes about itself when nobody else did is left out."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _plain(value) for key, value in schema.items()}
    if isinstance(made.get("description"), str):
        made["description"] = " ".join(made["description"].split())
    return made


def asyncapi() -> dict[str, Any]:
    """One channel per service, one message per event."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Jejak",
            "version": "1",
            "description": "What happened in a yearly SPM cycle, as each service recorded it. "
            "CloudEvents 1.0 in Kafka binary mode, and where several events of one case wait together in "
            "batch mode (the message bundle); what is stored is what is published. Events of one case keep "
            "their order, because the case is the key.",
        },
        "defaultContentType": "application/json",
        "channels": {producer: _channel(producer) for producer in PRODUCERS},
        "operations": {f"{producer}-publishes": _sends(producer) for producer in PRODUCERS},
        "components": {
            "messages": {entry.ce_type: _message(entry) for entry in all_declared()} | {BUNDLE: _bundle()},
            "schemas": {"headers": _headers(), "event-in-a-bundle": _in_bundle()},
        },
    }


def _entries(producer: str) -> list[Declared]:
    return [declared(event) for event in PRODUCERS[producer]]


def _channel(producer: str) -> dict[str, Any]:
    messages = {
        entry.ce_type: {"$ref": f"#/components/messages/{entry.ce_type}"} for entry in _entries(producer)
    }
    return {
        "address": topic_of(producer),
        "description": f"Every event that {producer} recorded.",
        "messages": messages | {BUNDLE: {"$ref": f"#/components/messages/{BUNDLE}"}},
    }


def _sends(producer: str) -> dict[str, Any]:
    names = [*(entry.ce_type for entry in _entries(producer)), BUNDLE]
    messages = [{"$ref": f"#/channels/{producer}/messages/{name}"} for name in names]
    return {"action": "send", "channel": {"$ref": f"#/channels/{producer}"}, "messages": messages}


def _message(entry: Declared) -> dict[str, Any]:
    made = {"name": entry.ce_type, "title": entry.event.__name__}
    if summary := schema_of(entry).get("description"):
        made["summary"] = summary
    payload = {
        "schemaFormat": "application/schema+json;version=draft-2020-12",
        "schema": {"$ref": f"./{file_name(entry)}"},
    }
    return {**made, "headers": {"$ref": "#/components/schemas/headers"}, "payload": payload}


def _bundle() -> dict[str, Any]:
    """Several events of one case in one message; the order of the list is theirs."""
    headers = {
        "content-type": {"type": "string", "const": "application/cloudevents-batch+json"},
        "seal": {"type": "string", "description": BUNDLE_SEAL},
    }
    return {
        "name": BUNDLE,
        "title": "Bundle",
        "summary": "Two to 64 events of one case, in their order, as the key says which. An event that is "
        "alone, or large, travels by itself.",
        "contentType": "application/cloudevents-batch+json",
        "headers": {"type": "object", "required": list(headers), "properties": headers},
        "payload": {
            "type": "array",
            "minItems": 2,
            "maxItems": MOST_PLACES,
            "items": {"$ref": "#/components/schemas/event-in-a-bundle"},
        },
    }


def _in_bundle() -> dict[str, Any]:
    """An event in a bundle: `data` as the message of its type has its body."""
    texts = {
        name: {"type": "string", "description": words, "examples": [example]}
        for name, (words, example) in ((name, HEADERS[header]) for name, header in IN_BUNDLE.items())
    }
    properties = {**texts, "data": {"type": "object", "description": "the body, by the schema of its type"}}
    return {
        "type": "object",
        "required": [name for name in properties if name != "traceparent"],
        "properties": properties,
    }


def _headers() -> dict[str, Any]:
    properties = {
        name: {"type": "string", "description": words, "examples": [example]}
        for name, (words, example) in HEADERS.items()
    }
    return {"type": "object", "required": list(HEADERS), "properties": properties}


def documents() -> dict[str, str]:
    """Every generated document: file name → text."""
    made = {
        file_name(entry): json.dumps(schema_of(entry), ensure_ascii=False, indent=2) + "\n"
        for entry in all_declared()
    }
    note = (
        "# Generated by `python -m deploy.contracts.publish`; change the declarations in shared/contracts "
        "instead.\n"
    )
    return {**made, ASYNCAPI: note + "\n".join(_yaml(asyncapi())) + "\n"}


def _yaml(value: Mapping[str, Any] | Sequence[Any], indent: str = "") -> Iterator[str]:
    """YAML of mappings, lists and texts; our keys are plain words, every text stands in JSON quotes,
    which YAML reads as they are.
    """
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _entry(f"{indent}{key}:", part, indent + "  ")
    else:
        for part in value:
            yield from _entry(f"{indent}-", part, indent + "  ")


def _entry(start: str, part: Any, indent: str) -> Iterator[str]:
    if isinstance(part, Mapping | list) and part:
        yield start
        yield from _yaml(part, indent)
    else:
        yield f"{start} {json.dumps(part, ensure_ascii=False)}"


def main() -> int:
    """Writes what differs; answers 0."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
