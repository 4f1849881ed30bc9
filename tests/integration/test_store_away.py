"""An object store that is away, frozen, or holds other bytes: every route of every service that asks it says
so, and none waits as long as the client.
"""

import asyncio
import io
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import RouteContext
from httpx2 import AsyncClient, Response

from shared.access.people import ROLES
from shared.objects import presence, s3
from shared.objects.address import S3Address
from shared.objects.port import StoreAway, key_of
from shared.objects.presence import Presence
from shared.objects.s3_client import client_of
from shared.service_names import SERVICES
from tests.architecture.test_endpoint_matrix import guarded, knock, method, scopes
from tests.integration.test_outages import wrong
from tests.support.applications import application, bearer, fill, visiting
from tests.support.breaking import Wire, wire_to
from tests.support.events import DIGESTS
from tests.support.parts import ObjectStorePart, PostgresPart

ASKING = {"intake": 3, "verification": 4, "documents": 5, "archive": 2}
"""At least so many routes of each service ask the store, so that a test which comes past them is noticed."""
OF_THE_CYCLE = "c" * 64
PDF = b"%PDF-1.7\n%%EOF"


@dataclass
class House:
    """A service whose object store stands at the far end of a wire;
    `asked` counts what its routes ask there.
    """

    service: str
    app: FastAPI
    wire: Wire
    address: S3Address
    bucket: str
    asked: list[int]


@pytest.fixture(params=SERVICES)
async def house(
    request: pytest.FixtureRequest,
    postgres: PostgresPart,
    object_store: ObjectStorePart,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[House]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    service, bucket = str(request.param), f"away-{secrets.token_hex(4)}"
    address, database, asked = (
        S3Address.from_url(object_store.url),
        postgres.fresh_database(f"store_{service}"),
        list[int](),
    )
    await fill(service, database)
    await s3.ensure_buckets(address, work=bucket, archive=f"{bucket}-locked")
    through = Presence.ask

    async def noted(self: Presence, call: Callable[..., Any], *given: object) -> Any:
        asked.append(1)
        return await through(self, call, *given)

    monkeypatch.setattr(Presence, "ask", noted)
    if service == "documents":
        monkeypatch.setitem(DIGESTS, "dinkes", OF_THE_CYCLE)
    async with wire_to(object_store.url) as wire:
        objects = s3.connect(replace(address, endpoint=f"127.0.0.1:{wire.port}"), work=bucket, archive=bucket)
        async with application(service, database, objects) as app:
            yield House(service, app, wire, address, bucket, asked)
            await wire.mend()
    structlog.reset_defaults()


async def once(http: AsyncClient, house: House, route: RouteContext) -> Response:
    """A route as somebody who may; one that takes a file gets one."""
    role = next(role for role in ROLES if scopes(route, role))
    if route.path.endswith("/files") and method(route) == "POST":
        return await http.post(
            route.path,
            params={"name": "a.pdf"},
            content=PDF + secrets.token_bytes(8),
            headers=bearer(f"as_{role}"),
        )
    return await knock(http, house.app, route, role, "dinkes")


async def asking(http: AsyncClient, house: House) -> list[tuple[RouteContext, Response]]:
    """The routes that ask the store, one after the other, and what they answer."""
    found = []
    for route in [*guarded(house.service, reading=True), *guarded(house.service, reading=False)]:
        if any(scopes(route, role) for role in ROLES):
            house.asked.clear()
            answer = await once(http, house, route)
            if house.asked:
                found.append((route, answer))
    return found


async def test_every_route_says_that_the_store_is_away_or_silent_or_holds_other_bytes(house: House) -> None:
    # far below what the client itself would wait for all of them
    async with visiting(house.app) as browser, asyncio.timeout(180):
        await house.wire.cut()
        answers = await asking(browser.http, house)
        assert len(answers) >= ASKING[house.service], [route.path for route, _ in answers]
        assert wrong([one for one in answers if one[1].status_code >= 500]) == []
        assert {"store-away"} == {_outage(answer) for _, answer in answers if answer.status_code >= 500}
        await _says(browser.http, house, "store-away")
        await house.wire.mend()
        await _says(browser.http, house, "")

        house.wire.freeze()
        again = await asyncio.gather(*(once(browser.http, house, route) for route, _ in answers))
        for (route, before), answer in zip(answers, again, strict=True):
            # 404: what a command took away meanwhile
            assert answer.status_code in {before.status_code, 404}, route.path
        assert 503 in {answer.status_code for answer in again}
        await _says(browser.http, house, "store-away")
        await house.wire.mend()
        await _says(browser.http, house, "")

        for damaged in (False, True):
            for digest in {*DIGESTS.values(), OF_THE_CYCLE} if damaged else ():
                client_of(house.address).put_object(
                    house.bucket, key_of(digest), io.BytesIO(b"other bytes"), 11
                )
            again = await asyncio.gather(*(once(browser.http, house, route) for route, _ in answers))
            found = {
                f"{method(route)} {route.path}": answer.status_code
                for (route, _), answer in zip(answers, again, strict=True)
            }
            assert [f"{path}: {status}" for path, status in found.items() if status >= 500] == []
            told = {
                status for path, status in found.items() if path.startswith("GET ") and "{digest}" in path
            }
            assert told <= ({404, 410} if damaged else {404})
            assert (410 in found.values()) or not damaged


def _outage(answer: Response) -> str:
    return (
        "store-away"
        if "store-away" in answer.text or "Penyimpanan berkas tidak menjawab" in answer.text
        else answer.text
    )


async def _says(http: AsyncClient, house: House, cause: str) -> None:
    """Waits until /ready says this of the store."""
    wanted = {"ok": False, "cause": cause} if cause else {"ok": True}
    async with asyncio.timeout(30):
        while True:
            ready = await http.get(f"/api/{house.service}/health/ready")
            if ready.json()["checks"]["store"] == wanted:
                break
            await asyncio.sleep(0.05)
    assert ("retry-after" in ready.headers) == (ready.status_code == 503)


@pytest.fixture
async def store(object_store: ObjectStorePart) -> AsyncIterator[tuple[Presence, Wire]]:
    async with wire_to(object_store.url) as wire:
        yield Presence(replace(S3Address.from_url(object_store.url), endpoint=f"127.0.0.1:{wire.port}")), wire


async def test_what_rightly_takes_long_is_waited_for(store: tuple[Presence, Wire]) -> None:
    """As long as the store answers somebody, nobody gives up."""
    assert await store[0].ask(_slow) == "done"


def _slow() -> str:
    time.sleep(3 * presence.DOUBT_S)
    return "done"


async def test_who_comes_after_the_store_fell_silent_hangs_nothing_on_it(
    store: tuple[Presence, Wire],
) -> None:
    asked, wire = store
    begun, end = list[int](), threading.Event()
    wire.freeze()

    def hangs() -> None:
        begun.append(1)
        end.wait(60)

    for _ in range(20):
        with pytest.raises(StoreAway):
            await asked.ask(hangs)
    assert len(begun) == 1
    end.set()
    await wire.mend()
    async with asyncio.timeout(30):
        while True:
            with suppress(StoreAway):
                await asked.ask(hangs)
                break


async def test_what_a_call_raises_is_raised(store: tuple[Presence, Wire]) -> None:
    with pytest.raises(ZeroDivisionError):
        await store[0].ask(lambda: 1 // 0)
