"""Every door of the four services, from the routes themselves:
how to knock at it well, and which fields it has.
"""

import inspect
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.routing import RouteContext

from shared.access import permissions
from shared.access.people import ROLES
from tests.architecture.test_endpoint_matrix import body_of, method, path_of
from tests.architecture.test_roles_table import SAFE, declarations, routes
from tests.support.applications import bearer, person_as

TABLE = permissions.load()
T = TypeVar("T")
_READ = re.compile(
    r"""(?:\.get|\.getlist|text_of|day_of|whole_of|count_of)\((?:form, |said, |_part\w*, )?"([a-z_]+)\""""
)
IN_AND_OUT = {"/masuk", "/keluar", "/api/intake/session"}
"""Whoever signs out is nobody at the next door."""


@dataclass(frozen=True)
class Door:
    """One route with a request that fits it. `body` is JSON; `form` names what a page's form may hold."""

    service: str
    route: RouteContext
    person: str
    path: str
    query: Mapping[str, Any]
    body: Any = None
    form: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    described: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        return method(self.route)

    @property
    def name(self) -> str:
        return f"{self.verb} {self.route.path}"

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.person) if self.person else {}


def doors(service: str, app: FastAPI) -> Iterator[Door]:
    """Every route of a service, as somebody who may use it."""
    document = app.openapi()
    for route in routes(service):
        declared = declarations(route)
        described = document["paths"].get(route.path, {}).get(method(route).lower(), {})
        query = {
            one["name"]: body_of(one["schema"], document)
            for one in described.get("parameters", ())
            if one["in"] == "query" and one["required"]
        }
        content = described.get("requestBody", {}).get("content", {}).get("application/json")
        yield Door(
            service=service,
            route=route,
            person="" if route.path in IN_AND_OUT or not declared else _who(declared[0].names),
            path=path_of(route, "dinkes"),
            query=query,
            body=body_of(content["schema"], document) if content else None,
            form=() if method(route) in SAFE or route.path.startswith("/api/") else _fields_of(route),
            asked=_asked(route, described),
            described=described,
        )


def _who(names: tuple[str, ...]) -> str:
    """A person who may use the route."""
    granted = {
        role for name in names for role in {**TABLE.commands.get(name, {}), **TABLE.queries.get(name, {})}
    }
    return person_as(next((role for role in ROLES if role in granted), "operator"))


def _asked(route: RouteContext, described: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters of the query, also of pages, which no document describes."""
    dependant = getattr(route, "dependant", None)
    own = [one.name for one in dependant.query_params] if dependant else []
    return tuple(
        dict.fromkeys(
            [*own, *(one["name"] for one in described.get("parameters", ()) if one["in"] == "query")]
        )
    )


def _fields_of(route: RouteContext) -> tuple[str, ...]:
    """What a page's route reads out of forms: its parameters, and the names that stand in its module."""
    module: Any = inspect.getmodule(route.endpoint)
    dependant = getattr(route, "dependant", None)
    declared = [one.name for one in dependant.body_params] if dependant else []
    names = sorted({*_READ.findall(inspect.getsource(module)), *declared})
    return tuple(f"gubernur-{name}" if "{recipient}" in route.path else name for name in names)


def some(bad: Sequence[T], place: object) -> Sequence[T]:
    """Of what is tried at very many places: all of it with `make test-all`; else a third, another one at the
    next place, so that everything is tried at many places and each place with something.
    """
    if os.environ.get("JEJAK_TEST_ALL") == "1":
        return bad
    return bad[zlib.crc32(repr(place).encode()) % 3 :: 3] or bad


def leaves(
    schema: Mapping[str, Any], document: Mapping[str, Any], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every place of a body where one value stands: its path, and text, number, day or choice."""
    if "$ref" in schema:
        yield from leaves(
            document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document, path
        )
    elif options := [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]:
        yield from leaves(options[0], document, path)
    elif "properties" in schema:
        for name, inside in schema["properties"].items():
            yield from leaves(inside, document, (*path, name))
    elif schema.get("type") == "array":
        yield from leaves(schema["items"], document, (*path, 0))
    elif schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        yield from leaves(schema["additionalProperties"], document, (*path, "kunci"))
    else:
        yield path, _kind(schema)


def _kind(schema: Mapping[str, Any]) -> str:
    if schema.get("enum") or "const" in schema:
        return "choice"
    if schema.get("format") == "date":
        return "day"
    return {"integer": "number", "string": "text", "boolean": "flag"}.get(str(schema.get("type")), "text")


def spoiled(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The body with another value at one place; what is missing on the way is made."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        entries = list(body) if isinstance(body, list) and body else [None]
        return [spoiled(entries[0], rest, value), *entries[1:]]
    return {
        **(body if isinstance(body, dict) else {}),
        first: spoiled((body or {}).get(first) if isinstance(body, dict) else None, rest, value),
    }
