"""A digest is not a key: whoever names a file that is not theirs to see learns no more
than somebody who names a file that never was.

Generated from the routes of all four services: every path with a digest, every body that names a file.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext
from httpx2 import AsyncClient, Response

from shared.access import permissions
from shared.access.people import ROLES
from tests.architecture.test_endpoint_matrix import (
    app,
    body_of,
    database,
    guarded,
    method,
    path_of,
    scopes,
    service,
)
from tests.architecture.test_roles_table import SAFE
from tests.support.applications import bearer, person_as, visiting
from tests.support.events import DIGESTS

TABLE = permissions.load()
__all__ = ["app", "database", "service"]

FOREIGN, NEVER = DIGESTS["dinsos"], "e" * 64
"""A file of Dinas Sosial that the store has, and one that nobody ever had; nobody here uploaded either."""


def resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind references, options and lists."""
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if options := schema.get("anyOf"):
        return resolved(options[0], document)
    return resolved(schema["items"], document) if "items" in schema else schema


def names_a_file(schema: Mapping[str, Any]) -> bool:
    return {"digest", "name"} <= schema.get("properties", {}).keys()


def with_file(schema: Mapping[str, Any], document: Mapping[str, Any], digest: str) -> Any:
    """A body that fits, with this digest wherever a file can be named; None where none can."""
    inner, made = resolved(schema, document), body_of(schema, document)
    if names_a_file(inner):
        return {**made, "digest": digest}
    filled = {}
    for name, part in inner.get("properties", {}).items():
        if names_a_file(resolved(part, document)):
            one = {**body_of(resolved(part, document), document), "digest": digest}
            filled[name] = [one] if "items" in part or part.get("type") == "array" else one
    return {**made, **filled} if filled else None


SAME_REQUEST = {"traceparent": f"00-{1:032x}-{1:016x}-01"}
"""So that answers differ by nothing but what they say."""


async def ask(
    http: AsyncClient, app: FastAPI, route: RouteContext, role: str, digest: str
) -> Response | None:
    """One request that names the file; None where the route cannot name one."""
    verb, path, headers = method(route), path_of(route, "dinkes"), bearer(person_as(role)) | SAME_REQUEST
    if "{digest}" in route.path:
        return await http.request(verb, path.replace(DIGESTS["dinkes"], digest), headers=headers)
    described = app.openapi()["paths"].get(route.path, {}).get(verb.lower(), {})
    content = described.get("requestBody", {}).get("content", {}).get("application/json")
    sent = with_file(content["schema"], app.openapi(), digest) if content else None
    return await http.request(verb, path, headers=headers, json=sent) if sent else None


async def test_a_foreign_file_and_one_that_never_was_are_the_same_to_everybody(
    service: str, app: FastAPI
) -> None:
    asked = 0
    async with visiting(app) as browser:
        for route in [*guarded(service, reading=True), *guarded(service, reading=False)]:
            for role in (role for role in ROLES if scopes(route, role)):
                if "all" in scopes(route, role) and route.methods <= SAFE and "{case}" not in route.path:
                    continue  # a reader of all agencies, asking without naming a case, may open it
                if (
                    service == "intake"
                    and not route.methods <= SAFE
                    and TABLE.queries["intake.submission"].get(role) == "all"
                ):
                    continue  # and may attach it
                foreign, never = [
                    await ask(browser.http, app, route, role, digest) for digest in (FOREIGN, NEVER)
                ]
                if foreign is None or never is None:
                    continue
                asked += 1
                where = f"{method(route)} {route.path} as {role}"
                assert foreign.status_code == never.status_code, (
                    f"{where}: {foreign.status_code}, {never.status_code}"
                )
                said = [
                    answer.text.replace(digest, "").replace(digest[:8], "")
                    for answer, digest in ((foreign, FOREIGN), (never, NEVER))
                ]
                if route.path.startswith("/api/"):
                    assert said[0] == said[1], where
                    assert foreign.status_code >= 400, where
    assert asked or service == "archive", "no route names a file any more?"


async def test_a_reach_is_that_of_the_query_which_answers(service: str, app: FastAPI) -> None:
    """The Arsiparis may read steps and no submissions: evidence of a submission is not there,
    whatever else the route answers.
    """
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            if "{digest}" in route.path and len(scopes(route, "arsiparis")) and service == "intake":
                answer = await ask(browser.http, app, route, "arsiparis", DIGESTS["dinkes"])
                assert answer is not None
                assert answer.status_code == 404 or "langkah" in route.path, (
                    f"{route.path}: {answer.status_code}"
                )
