"""One address for the browser: a small reverse proxy that finds the service by the first part of the path.

Previous hop: the browser. Next hop: one of the four services, which sees the whole path. Caddy takes this place in containers.
"""

import argparse
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import escape

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.local.ports import LOOPBACK

FIRST_PARTS: Mapping[str, tuple[str, ...]] = {
    "intake": ("", "siklus", "langkah", "isian", "opd", "kalender", "masuk", "keluar", "static", "intake"),
    "verification": ("verifikasi", "pengesahan", "verification"),
    "documents": ("dokumen", "pengiriman", "documents"),
    "archive": ("arsip", "jejak-audit", "macet", "archive"),
}
BY_FIRST_PART = {part: service for service, parts in FIRST_PARTS.items() for part in parts}
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "proxy-connection",
    }
)
FORGEABLE = frozenset({"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip"})
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PATIENCE = httpx2.Timeout(120.0, connect=3.0)
KEEP_IDLE = 4.0  # seconds; uvicorn closes an idle connection after 5
RETRY_AFTER = "3"
AWAY_PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5"><title>Sebentar, ya</title>
<style>body{{font:1.125rem/1.6 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1rem;color:#1d2733}}
h1{{font-size:1.5rem}}p[lang=en]{{color:#4a5663}}</style></head>
<body><main><h1>Sebentar, ya</h1>
<p>Bagian <b>{service}</b> sedang dimulai lagi. Isian yang sudah tersimpan tidak hilang. Halaman ini mencoba lagi sendiri dalam 5 detik.</p>
<p lang="en">The <b>{service}</b> service is starting again. Nothing that was saved is lost. This page tries again by itself in 5 seconds.</p>
</main></body></html>"""


def service_of(path: str) -> str:
    """Which service answers that path; what nobody knows goes to intake, whose page says so."""
    parts = path.lstrip("/").split("/")
    if parts[0] == "api":
        return parts[1] if len(parts) > 1 and parts[1] in FIRST_PARTS else "intake"
    return BY_FIRST_PART.get(parts[0], "intake")


def away(service: str, *, wants_page: bool) -> Response:
    """503 for a person or for a program, with when to try again."""
    headers = {"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"}
    if wants_page:
        return HTMLResponse(AWAY_PAGE.format(service=escape(service)), 503, headers)
    problem = {
        "type": "urn:jejak:problem:service-away",
        "title": "Layanan sedang dimulai lagi",
        "status": 503,
        "detail": f"Layanan {service} belum menjawab; coba lagi sebentar. The {service} service does not answer yet; try again shortly.",
        "service": service,
    }
    return JSONResponse(problem, 503, headers, media_type="application/problem+json")


def _onward(request: Request) -> list[tuple[bytes, bytes]]:
    """The headers for the service: the browser's own, without what only counts for one hop or could be forged, plus where it came from."""
    left_out = HOP_BY_HOP | FORGEABLE | {name.strip().lower() for name in request.headers.get("connection", "").split(",")}
    kept = [(name, value) for name, value in request.headers.raw if name.decode("latin-1") not in left_out]
    client = request.client.host if request.client else ""
    told = {"x-forwarded-for": client, "x-forwarded-proto": request.url.scheme, "x-forwarded-host": request.headers.get("host", "")}
    return kept + [(name.encode(), value.encode("latin-1")) for name, value in told.items()]


class FrontDoor:
    """Hands requests on and streams the answers back; holds one connection pool for all services."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        self._routes = routes
        limits = httpx2.Limits(max_connections=400, max_keepalive_connections=64, keepalive_expiry=KEEP_IDLE)
        self._client = httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False, limits=limits)
        for name in ("accept", "accept-encoding", "user-agent"):  # what the browser did not ask for, we do not ask for
            self._client.headers.pop(name, None)

    async def __call__(self, request: Request) -> Response:
        service = service_of(request.url.path)
        target = httpx2.URL(
            self._routes[service] + request.scope["raw_path"].decode("latin-1"), query=request.url.query.encode("latin-1") or None
        )
        try:
            answer = await self._ask(request, target)
        except ClientDisconnect:
            return Response(status_code=499)
        except httpx2.TransportError:
            wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
            return away(service, wants_page=wants_page)
        response = StreamingResponse(_pieces(answer), status_code=answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.decode("latin-1").lower() not in HOP_BY_HOP
        ]
        return response

    async def _ask(self, request: Request, target: httpx2.URL) -> httpx2.Response:
        body = request.stream() if _has_body(request) else None
        onward = self._client.build_request(request.method, target, headers=_onward(request), content=body)
        try:
            return await self._client.send(onward, stream=True)
        except (httpx2.RemoteProtocolError, httpx2.ReadError):
            if request.method not in {"GET", "HEAD"}:
                raise  # it may have taken effect; the person or program asks again with the same command id
            return await self._client.send(onward, stream=True)

    async def close(self) -> None:
        await self._client.aclose()


def _has_body(request: Request) -> bool:
    return "content-length" in request.headers or "transfer-encoding" in request.headers


async def _pieces(answer: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


def create_app(routes: Mapping[str, str]) -> Starlette:
    """The proxy as an application; `routes` gives the address of each service."""
    door = FrontDoor(routes)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await door.close()

    async def hand_on(request: Request) -> Response:
        return await door(request)

    return Starlette(routes=[Route("/{path:path}", hand_on, methods=METHODS)], lifespan=lifespan)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--host", default=LOOPBACK)
    arguments.add_argument("routes", nargs="+", metavar="SERVICE=ADDRESS")
    given = arguments.parse_args()
    routes = dict(route.split("=", 1) for route in given.routes)
    uvicorn.run(
        create_app(routes),
        host=given.host,
        port=given.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
