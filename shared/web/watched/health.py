"""Health: live (the process answers) and ready (its checks pass).
Whoever opens a part adds a check to `app.state.checks`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from shared.objects.port import Denied, NotThere, Objects
from shared.web.declared import public
from shared.web.frame.templating import VERSION
from shared.web.middleware.outages import kind_of
from shared.web.running import running_of, troubles_of

Check = Callable[[], Awaitable[Mapping[str, Any]]]
PATIENCE_S: Final = 1.8


def router(service: str) -> APIRouter:
    """`/api/<service>/health/live` and `/ready`.
    A check answers a mapping with `ok` and whatever explains it.

    What is wrong without keeping the service from its work is told as `troubles`.
    """
    made = APIRouter(prefix=f"/api/{service}/health", tags=["health"], dependencies=[public()])

    @made.get("/live", summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "live", "service": service, "version": VERSION}

    @made.get("/ready", summary="The service can work: database, broker, store")
    async def ready(request: Request) -> JSONResponse:
        checks = await checked(request)
        fine = all(check["ok"] for check in checks.values())
        wrong = {
            trouble.name: {"cause": trouble.cause, "since": trouble.since.isoformat(), **trouble.facts}
            for trouble in troubles_of(request)
        }
        status = ("ready, with troubles" if wrong else "ready") if fine else "not ready"
        later = {} if fine else {"Retry-After": "5"}
        return JSONResponse(
            {"status": status, "checks": checks, "troubles": wrong},
            status_code=200 if fine else 503,
            headers=later,
        )

    return made


async def checked(request: Request) -> dict[str, dict[str, Any]]:
    """What each part answers that is asked how it is, all at once."""
    asked: dict[str, Check] = {
        "database": lambda: _database(request),
        **({"store": lambda: _store(request)} if hasattr(request.app.state, "objects") else {}),
        **getattr(request.app.state, "checks", {}),
    }
    answers = await asyncio.gather(*(_in_time(check) for check in asked.values()))
    return dict(zip(asked, answers, strict=True))


async def _in_time(check: Check) -> dict[str, Any]:
    """What a check answers; whatever keeps it from answering is the answer."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return dict(await check())
    except TimeoutError:
        return {"ok": False, "cause": "no answer"}
    except Exception as error:  # noqa: BLE001  whatever it is, it is said
        return {"ok": False, "cause": kind_of(error) or type(error).__name__}


async def _database(request: Request) -> dict[str, Any]:
    async with running_of(request).pool.connection() as conn:
        await conn.execute(b"SELECT 1")
    return {"ok": True}


async def _store(request: Request) -> dict[str, Any]:
    """Whether the object store says anything at all; it need not have the file that is asked for."""
    objects: Objects = request.app.state.objects
    with suppress(NotThere, Denied):
        await objects.work.stat("health")
    return {"ok": True}
