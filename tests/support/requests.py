"""Plausible requests for any route, made from its OpenAPI schema:
so that a test can knock at every door without knowing the house.
"""

import re
from collections.abc import Mapping
from typing import Any

_TEXTS = ("teks", "2026-02-17", "a" * 64, "3402", "3402-2026", "dinsos", "sos.anak", "2026-02-17T00:00:00Z")


def body(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """A value that fits a JSON schema of the document, as small as can be."""
    if "$ref" in schema:
        return body(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for choice in ("const", "default"):
        if choice in schema:
            return schema[choice]
    if "enum" in schema:
        return schema["enum"][0]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return body(options[0], document)
    return _plain(schema, document)


def _plain(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            return {name: body(schema["properties"][name], document) for name in schema.get("required", ())}
        case "array":
            return [body(schema["items"], document) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", -1) + 1)
        case "boolean":
            return True
        case _:
            return _text(schema)


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date":
        return "2026-02-17"
    pattern, least = re.compile(schema.get("pattern", "")), schema.get("minLength", 0)
    return next(text for text in _TEXTS if pattern.search(text) and len(text) >= least)
