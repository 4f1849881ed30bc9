"""The four OpenAPI documents, held against the services themselves by schemathesis:
no 5xx, no undocumented status, answers as described.

Every operation, as somebody who may use it, with requests that fit and requests that do not;
always the same ones.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.service_names import SERVICES
from tests.support.applications import HERE, application, fill
from tests.support.doors import doors
from tests.support.parts import PostgresPart

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class House:
    """A service behind its routes, in one event loop that goes on between requests."""

    app: FastAPI
    runner: asyncio.Runner
    http: httpx2.AsyncClient

    def ask(self, case: Any, headers: dict[str, str]) -> httpx2.Response:
        said = case.as_transport_kwargs(base_url=HERE, headers={**(case.headers or {}), **headers})
        said["content"] = said.pop("data", None)
        self.http.cookies.update(said.pop("cookies", None) or {})
        return self.runner.run(
            self.http.request(**{name: value for name, value in said.items() if value is not None})
        )


@pytest.fixture(params=SERVICES)
def house(request: pytest.FixtureRequest, postgres: PostgresPart) -> Iterator[House]:
    database = postgres.fresh_database(f"openapi_{request.param}")
    with asyncio.Runner() as runner, contextlib.ExitStack() as opened:
        runner.run(fill(request.param, database))
        app_of = application(request.param, database)
        app = runner.run(app_of.__aenter__())
        opened.callback(lambda: runner.run(app_of.__aexit__(None, None, None)))
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        yield House(app, runner, httpx2.AsyncClient(transport=transport, base_url=HERE))


def test_every_operation_answers_as_its_document_says(house: House) -> None:
    document, signed_in = house.app.openapi(), {}
    for door in doors(house.app.state.name, house.app):
        signed_in[door.verb, door.route.path] = door.headers
    schema, faults = schemathesis.openapi.from_dict(document), list[str]()
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            faults += _tried(house, operation, mode, signed_in[operation.method.upper(), operation.path])
    assert not faults, "\n\n".join(faults)


def _tried(house: House, operation: Any, mode: GenerationMode, headers: dict[str, str]) -> list[str]:
    faults: list[str] = []

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        answer = house.ask(case, headers)
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as failures:
            faults.append(
                f"{operation.method.upper()} {operation.path} ({mode.value}): "
                f"{[str(one)[:600] for one in failures.exceptions]}"
            )

    # an operation without parameters has no request that does not fit
    with contextlib.suppress(Unsatisfiable):
        each()
    return faults


def test_every_document_says_what_a_reader_needs(house: House) -> None:
    document = house.app.openapi()
    assert (document["servers"], document["info"]["license"]["identifier"]) == (
        [{"url": "/", "description": document["servers"][0]["description"]}],
        "Apache-2.0",
    )
    seen = set[str]()
    for path, methods in document["paths"].items():
        for verb, operation in methods.items():
            assert operation.get("summary"), f"{verb} {path} says not what it does"
            assert operation["operationId"] not in seen, operation["operationId"]
            assert {"400", "401", "413", "415", "422", "503"} <= operation["responses"].keys(), (
                f"{verb} {path}"
            )
            seen.add(operation["operationId"])
