"""A part that is away, full or silent: every route of every service says so with 503 and when to come back,
and works again afterwards.
"""

import asyncio
import errno
import logging as standard_logging
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import RouteContext
from httpx2 import AsyncClient, Response
from psycopg_pool import PoolTimeout

from shared import logging
from shared.access.people import ROLES
from shared.contracts.registry import NewerEvent
from shared.eventsourcing import pool as pooling
from shared.objects.port import StoreAway
from shared.service_names import SERVICES
from shared.web.middleware import outages
from shared.web.problems import answering
from tests.architecture.test_endpoint_matrix import guarded, knock, scopes
from tests.support.applications import application, fill, visiting
from tests.support.breaking import Wire, wire_to
from tests.support.parts import PostgresPart

AT_ONCE = 8
WITHOUT_DATABASE = {
    *("/api/intake/services", "/api/archive/key"),
    *("/api/intake/sessions", "/api/intake/sessions/of/{whose}", "/sesi", "/sesi/{whose}"),
    "/pegawai/impor",
}
"""Routes that need no database of the service: what they answer is in the program, or with the sessions."""


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def house(service: str, postgres: PostgresPart) -> AsyncIterator[tuple[FastAPI, Wire]]:
    """A service at the far end of a wire that can be cut."""
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    database = postgres.fresh_database(f"away_{service}")
    await fill(service, database)
    async with (
        wire_to(database.app) as wire,
        application(service, replace(database, app=wire.through(database.app))) as app,
    ):
        yield app, wire
        await wire.mend()
    structlog.reset_defaults()


async def knock_everywhere(
    http: AsyncClient, app: FastAPI, service: str
) -> list[tuple[RouteContext, Response]]:
    """Every route that asks who comes, once, as somebody who may."""
    crowd = asyncio.Semaphore(AT_ONCE)

    async def once(route: RouteContext) -> tuple[RouteContext, Response]:
        async with crowd:
            role = next(role for role in ROLES if scopes(route, role))
            return route, await knock(http, app, route, role, "dinkes")

    routes = [*guarded(service, reading=True), *guarded(service, reading=False)]
    return await asyncio.gather(
        *(once(route) for route in routes if any(scopes(route, role) for role in ROLES))
    )


def wrong(answers: list[tuple[RouteContext, Response]]) -> list[str]:
    """Answers of an outage that are not what they should be."""
    bad = []
    for route, answer in answers:
        is_503 = answer.status_code == 503 and "retry-after" in answer.headers
        in_shape = (
            "urn:jejak:problem:" in answer.text
            if route.path.startswith("/api/")
            else "<h1" in answer.text and 'class="frame"' in answer.text
        )
        may_do_without = answer.status_code < 500 and (
            answer.status_code >= 300 or route.path in WITHOUT_DATABASE
        )
        if not (is_503 and in_shape) and not may_do_without:
            bad.append(f"{route.path}: {answer.status_code} {answer.text[:120]}")
    return bad


async def test_with_the_database_cut_off_every_route_says_so(
    house: tuple[FastAPI, Wire], service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, wire = house
    monkeypatch.setattr(pooling, "KNOWN_AWAY_S", 0.02)
    async with visiting(app) as browser:
        await wire.cut()
        answers = await knock_everywhere(browser.http, app, service)
        assert wrong(answers) == []
        reading = [answer.status_code for route, answer in answers if "GET" in route.methods]
        assert reading.count(503) > len(reading) / 2
        ready = await browser.http.get(f"/api/{service}/health/ready")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (
            503,
            {"ok": False, "cause": "database-away"},
        )
        assert (await browser.http.get(f"/api/{service}/health/live")).status_code == 200
        await wire.mend()
        async with asyncio.timeout(20):
            while True:
                ready = await browser.http.get(f"/api/{service}/health/ready")
                if ready.json()["checks"]["database"] == {"ok": True}:
                    break
                await asyncio.sleep(0.05)


async def test_more_readers_than_connections_are_all_answered(
    house: tuple[FastAPI, Wire], service: str
) -> None:
    """Nobody holds a connection while asking for a second one:
    sixteen readers share four connections on every route.
    """
    app, _ = house
    app.state.running.pool.timeout = app.state.running.sessions._patience = (
        60.0  # a wait without end shows all the same, a slow machine does not
    )
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            role = next((role for role in ROLES if scopes(route, role)), None)
            if role is None:
                continue
            codes = [
                answer.status_code
                for answer in await asyncio.gather(
                    *(knock(browser.http, app, route, role, "dinkes") for _ in range(16))
                )
            ]
            assert len(set(codes)) == 1, f"{route.path}: {codes}"
            assert codes[0] < 500, f"{route.path}: {codes}"


async def test_a_silent_database_is_told_too(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("silent")
    await fill("documents", database)
    async with (
        wire_to(database.app) as wire,
        application("documents", replace(database, app=wire.through(database.app))) as app,
        visiting(app) as browser,
        asyncio.timeout(60),
    ):
        route = next(route for route in guarded("documents", reading=True) if route.path == "/dokumen")
        assert (await knock(browser.http, app, route, "kabag", "dinkes")).status_code == 200
        wire.freeze()
        assert (await knock(browser.http, app, route, "kabag", "dinkes")).status_code == 503
        await wire.mend()


STATES = {
    "08006": "database-away", "57P01": "database-away", "57P03": "database-away", "58030": "database-away",
    "53300": "database-away", "25006": "database-away",
    "53100": "storage-full", "57014": "too-slow", "40P01": "too-busy", "40001": "too-busy",
    "55P03": "too-busy", "25P03": "too-busy",
    "23505": "", "42P01": "", "22P05": "",
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_what_postgresql_says_is_an_outage_or_a_fault(state: str) -> None:
    assert outages.kind_of(psycopg.errors.lookup(state)()) == STATES[state]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PoolTimeout(), "database-away"),
        (psycopg.OperationalError("server closed the connection"), "database-away"),
        (psycopg.InterfaceError("the connection is closed"), "database-away"),
        (StoreAway("work"), "store-away"),
        (OSError(errno.ENOSPC, "No space left on device"), "storage-full"),
        (OSError(errno.EMFILE, "Too many open files"), "too-busy"),
        (NewerEvent("intake.submission-received.v9"), "newer-event"),
    ],
)
def test_an_outage_is_a_503_with_retry_after(error: Exception, code: str) -> None:
    problem = answering.of(error)
    assert (problem.status, problem.code) == (503, code)
    assert int(problem.headers["Retry-After"]) >= 1
    assert answering.of(OSError(errno.ENOENT, "no such file")).status == 500


def test_a_log_on_a_full_disk_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    wrote = list[str]()
    with suppress(OSError), open("/dev/full", "w") as full:  # noqa: PTH123  a device, not a file; closing it fails as well
        monkeypatch.setattr(sys, "stderr", full)
        logging.configure("intake", "debug")
        try:
            structlog.get_logger().error("request-failed", detail="x" * 100_000)
            wrote.append("structlog")
            standard_logging.getLogger("anything").error("x" * 100_000)
            wrote.append("logging")
        finally:
            structlog.reset_defaults()
            standard_logging.basicConfig(force=True)
        monkeypatch.undo()
    assert wrote == ["structlog", "logging"]
