"""Health: live (the process answers) and ready (its checks pass). Whoever opens a part adds a check to `app.state.checks`."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from shared.web.declared import public
from shared.web.rendering import VERSION
from shared.web.running import running_of, troubles_of

Check = Callable[[], Awaitable[Mapping[str, Any]]]


def router(service: str) -> APIRouter:
    """`/api/<service>/health/live` and `/ready`. A check answers a mapping with `ok` and whatever explains it.

    What is wrong without keeping the service from its work is told as `troubles`.
    """
    made = APIRouter(prefix=f"/api/{service}/health", tags=["health"], dependencies=[public()])

    @made.get("/live", summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "live", "service": service, "version": VERSION}

    @made.get("/ready", summary="The service can work: database, broker, store")
    async def ready(request: Request) -> JSONResponse:
        checks = {"database": await _database(request)}
        for name, check in getattr(request.app.state, "checks", {}).items():
            checks[name] = dict(await check())
        fine = all(check["ok"] for check in checks.values())
        wrong = {
            trouble.name: {"cause": trouble.cause, "since": trouble.since.isoformat(), **trouble.facts} for trouble in troubles_of(request)
        }
        status = ("ready, with troubles" if wrong else "ready") if fine else "not ready"
        return JSONResponse({"status": status, "checks": checks, "troubles": wrong}, status_code=200 if fine else 503)

    return made


async def _database(request: Request) -> dict[str, Any]:
    try:
        async with running_of(request).pool.connection(timeout=2) as conn:
            await conn.execute(b"SELECT 1")
    except Exception as error:  # noqa: BLE001  whatever keeps us from the database is the answer
        return {"ok": False, "cause": type(error).__name__}
    return {"ok": True}
