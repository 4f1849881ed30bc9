"""Every endpoint × every role × own and foreign agency: nothing foreign is shown, nothing foreign is done.

Generated from the routes themselves. A new route needs no line here,
unless its path has a parameter that `PARAMETERS` does not know.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import RouteContext
from httpx2 import AsyncClient, Response

from deploy.local.postgres.databases import Database
from shared.access import permissions
from shared.access.people import ROLES
from shared.service_names import SERVICES
from tests.architecture.test_roles_table import SAFE, declarations, routes
from tests.support.applications import application, bearer, fill, person_as, visiting
from tests.support.events import CONTENT, CYCLE, DIGESTS, FOREIGN
from tests.support.events import SERVICES as BASIC_SERVICES
from tests.support.parts import PostgresPart

TABLE = permissions.load()
OF_AGENCY = {"case", "agency", "token"}
NOT_FOUND, FORBIDDEN = 404, 403
SHOWN = {200, 303}
"""What was asked for, or the way to it."""


_TEXTS = ("teks", "2026-02-17", "a" * 64, "3402", "3402-2026", "dinsos", "sos.anak", "2026-02-17T00:00:00Z")


def body_of(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """A value that fits a JSON schema of the document, as small as can be."""
    if "$ref" in schema:
        return body_of(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for choice in ("const", "default"):
        if choice in schema:
            return schema[choice]
    if "enum" in schema:
        return schema["enum"][0]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return body_of(options[0], document)
    return _plain(schema, document)


def _plain(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            return {
                name: body_of(schema["properties"][name], document) for name in schema.get("required", ())
            }
        case "array":
            return [body_of(schema["items"], document) for _ in range(schema.get("minItems", 0))]
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


def parameters(agency: str) -> dict[str, str]:
    """What a path parameter looks like, by its name."""
    return {
        "case": f"{CYCLE}-{agency}-tahunan",
        "agency": agency,
        "cycle": CYCLE,
        "digest": DIGESTS[agency],
        "login": DIGESTS["dinkes"],
        "whose": "nobody",
        "token": f"3402-{agency}",
        "provider": "uji",
        "session": "00000000-0000-4000-8000-000000000000",
        "service": BASIC_SERVICES[agency][0],
        "number": "7",
        "step": "filling",
        "item": "laporan",
        "kind": "laporan",
        "document": f"{CYCLE}-laporan",
        "recipient": "gubernur",
        "dispatch": f"{CYCLE}-gubernur",
        "revision": "1",
        "size": "1",
        "index": "0",
        "person": "teks",
        "office": "1",
    }


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def database(service: str, postgres: PostgresPart) -> Database:
    made = postgres.fresh_database(f"matrix_{service}")
    asyncio.run(fill(service, made))
    return made


@pytest.fixture
async def app(service: str, database: Database) -> AsyncIterator[FastAPI]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with application(service, database) as made:
        yield made
    structlog.reset_defaults()


def path_of(route: RouteContext, agency: str, person: str = "") -> str:
    known = parameters(agency) | ({"person": person, "whose": person} if person else {})
    unknown = set(re.findall(r"{(\w+)", route.path)) - known.keys()
    assert not unknown, f"{route.path}: say in parameters() what {unknown} looks like"
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: known[found[1]], route.path)


def scopes(route: RouteContext, role: str) -> set[str]:
    """The scopes in which a role may use a route; empty: not at all."""
    (declaration,) = declarations(route)
    table = TABLE.commands if declaration.kind == "command" else TABLE.queries
    return {table[name][role] for name in declaration.names if role in table[name]}


def guarded(service: str, *, reading: bool) -> list[RouteContext]:
    kinds = {"query", "feed", "command"}
    return [
        route
        for route in routes(service)
        if declarations(route)[0].kind in kinds and (route.methods <= SAFE) == reading
    ]


def method(route: RouteContext) -> str:
    return next(iter(route.methods - {"HEAD"}))


async def knock(
    http: AsyncClient,
    app: FastAPI,
    route: RouteContext,
    role: str,
    agency: str,
    *,
    by: str = "",
    person: str = "",
) -> Response:
    """One request of a role to a route, with a body and a query that fit where the route describes them;
    `by` somebody else in that role, about this `person`.
    """
    document, verb = app.openapi(), method(route)
    described = document["paths"].get(route.path, {}).get(verb.lower(), {})
    query = {
        one["name"]: body_of(one["schema"], document)
        for one in described.get("parameters", ())
        if one["in"] == "query" and one["required"]
    }
    sent: dict[str, Any] = {"headers": bearer(by or person_as(role)), "params": query}
    if described.get("requestBody") is None:
        sent["data"] = {} if verb not in SAFE else None
    else:
        (kind, content), *_ = described["requestBody"]["content"].items()
        files = {"file": ("bukti.pdf", b"%PDF-1.7", "application/pdf")}
        sent |= (
            {"json": body_of(content["schema"], document)} if kind == "application/json" else {"files": files}
        )
    return await http.request(verb, path_of(route, agency, person), **sent)


async def test_a_role_without_the_permission_is_shown_nothing_and_does_nothing(
    service: str, app: FastAPI
) -> None:
    async with visiting(app) as browser:
        for route in [*guarded(service, reading=True), *guarded(service, reading=False)]:
            for role in ROLES:
                if not scopes(route, role):
                    answer = await knock(browser.http, app, route, role, "dinkes")
                    assert answer.status_code == FORBIDDEN, (
                        f"{method(route)} {route.path} as {role}: {answer.status_code}"
                    )


async def test_nobody_in_particular_is_shown_nothing_and_does_nothing(service: str, app: FastAPI) -> None:
    async with visiting(app) as browser:
        for route in [*guarded(service, reading=True), *guarded(service, reading=False)]:
            answer = await browser.http.request(method(route), path_of(route, "dinkes"))
            login = answer.status_code == 303 and answer.headers["location"].startswith("/masuk")
            assert answer.status_code == 401 or login, f"{method(route)} {route.path}: {answer.status_code}"


async def test_an_officer_sees_nothing_of_another_agency(service: str, app: FastAPI) -> None:
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            if scopes(route, "unsur_opd") == {"own_agency"}:
                answer = await knock(browser.http, app, route, "unsur_opd", "dinkes")
                assert answer.status_code in {*SHOWN, NOT_FOUND}, f"{route.path}: {answer.status_code}"
                seen = [mark for mark in FOREIGN if mark in answer.text]
                assert seen == [], f"{route.path} shows {seen}"


async def test_a_foreign_case_is_not_there_for_an_officer(service: str, app: FastAPI) -> None:
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            if scopes(route, "unsur_opd") == {"own_agency"} and OF_AGENCY & set(
                re.findall(r"{(\w+)", route.path)
            ):
                answer = await knock(browser.http, app, route, "unsur_opd", "dinsos")
                assert answer.status_code == NOT_FOUND, f"{route.path}: {answer.status_code}"


async def test_an_officer_does_nothing_for_another_agency(service: str, app: FastAPI) -> None:
    before = await events_of(app)
    async with visiting(app) as browser:
        for route in guarded(service, reading=False):
            if scopes(route, "unsur_opd") == {"own_agency"} and OF_AGENCY & set(
                re.findall(r"{(\w+)", route.path)
            ):
                answer = await knock(browser.http, app, route, "unsur_opd", "dinsos")
                where = f"{method(route)} {route.path}: {answer.status_code} {answer.text[:300]}"
                assert answer.status_code in {FORBIDDEN, NOT_FOUND} or not route.path.startswith("/api/"), (
                    where
                )
                assert not [mark for mark in CONTENT if mark in answer.text], where
                assert await events_of(app) == before, where


async def events_of(app: FastAPI) -> int:
    async with app.state.running.pool.connection() as conn:
        found = await (await conn.execute("SELECT count(*) FROM event")).fetchone()
    return int(found[0])


async def test_whoever_may_read_gets_an_answer(service: str, app: FastAPI) -> None:
    """Without this the tests above would praise pages that show nothing to anybody."""
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            roles = [role for role in ROLES if scopes(route, role)]
            codes = {
                role: (await knock(browser.http, app, route, role, "dinkes")).status_code for role in roles
            }
            known = SHOWN & set(codes.values()) or set(codes.values()) == {NOT_FOUND}
            assert known, f"{route.path}: {codes}"
            assert not [role for role, code in codes.items() if code >= 500 or code == FORBIDDEN], (
                f"{route.path}: {codes}"
            )
