"""The web application of a service: routes of its room in the frame that all services share.

Security headers and language around everything, body limits, problems instead of exceptions, health, static files, the API reference.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from shared.web import feed, health, parked, problems, reference
from shared.web.acting import Acting
from shared.web.files.file_kinds import LARGEST
from shared.web.forms.csrf import LIMITS, guard
from shared.web.forms.form_words import Words, word
from shared.web.forms.sent_form import place_of, sent_form_of
from shared.web.frame.rendering import HERE, VERSION, environment, problem_page
from shared.web.middleware import outages
from shared.web.middleware.headers import Outermost
from shared.web.middleware.incoming import readable
from shared.web.running import request_id_of
from shared.web.signin import refused_form
from shared.web.visitor import find_visitor_if_possible

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
BODY_LIMIT = 1_000_000
WRONG_HOST = 421  # answered without a page: whoever reads it is not known to be on our own site
UPLOAD_LIMIT = LARGEST  # a route that takes files says max_body_size=UPLOAD_LIMIT

log = structlog.get_logger()


class _Application(FastAPI):
    """FastAPI with our own layer outside of everything, so that no request comes in and no answer leaves without it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await Outermost(super().__call__, self._refusing)(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = reference.described(super().openapi(), self.routes)
        return self.openapi_schema

    async def _refusing(self, scope: Scope, error: HTTPException) -> Response:
        return await _answer(Request(scope), error)


def create_app(
    name: str,
    *,
    routers: Sequence[APIRouter] = (),
    templates: Sequence[Path] = (),
    lifespan: Lifespan | None = None,
    description: str = "",
    words: Words = word,
) -> FastAPI:
    """The application of service `name`. `lifespan` opens the room and sets `app.state.running` before anything is served.

    `templates`: folders of templates (`folders_of`). `words` says what the fields of its forms are called, where a form is shown away from its page.
    """
    app = _Application(
        title=f"Jejak · {name}",
        version=VERSION,
        description=description,
        lifespan=lifespan,
        openapi_url=f"/api/{name}/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_LIMIT,
        dependencies=[Depends(readable), Depends(guard)],
        form_limits=cast("Any", LIMITS),
        responses=reference.PROBLEM_RESPONSES,
        servers=[{"url": "/", "description": "the address of this installation"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.templates = environment(*templates)
    app.state.name, app.state.words = name, words
    for known in problems.KNOWN:
        app.add_exception_handler(known, _answer)
    app.add_exception_handler(Exception, _answer)
    for router in (health.router(name), reference.router(name), parked.router(name), feed.router(name), *routers):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app


async def _answer(request: Request, error: Exception) -> Response:
    problem = problems.of(error)
    if kind := outages.kind_of(error):
        log.warning("part-away", problem=kind, method=request.method, path=request.url.path, cause=type(error).__name__)
    elif problem.code == "unexpected":
        log.error("request-failed", method=request.method, path=request.url.path, exc_info=error)
    if problem.status != WRONG_HOST:
        await find_visitor_if_possible(request)
    if wants_json(request) or problem.status == WRONG_HOST:
        if problem.status in {404, 409, 422} and (before := await _answered_before(request)) is not None:
            return before
        return JSONResponse(
            problem.as_json(request.url.path, request_id_of(request)),
            status_code=problem.status,
            headers=dict(problem.headers),
            media_type=problems.MEDIA_TYPE,
        )
    if problem.status == 401 and request.method in {"GET", "HEAD"}:
        return RedirectResponse(f"/masuk?ke={quote(place_of(request))}", status_code=303, headers={"Cache-Control": "no-store"})
    sent = await sent_form_of(request)
    return refused_form(request, problem, error, sent) if sent else problem_page(request, problem)


def wants_json(request: Request) -> bool:
    """Whether a program asks: it wants an answer about this request, never a page or a redirect to one."""
    if request.url.path.startswith("/api/") or request.headers.get("hx-request") == "true":
        return True
    accept = request.headers.get("accept", "")
    return request.headers.get("sec-fetch-dest") == "empty" or ("json" in accept and "text/html" not in accept)


async def _answered_before(request: Request) -> Response | None:
    """The answer to the same request under the same key, given earlier; what refuses it now may be its own effect."""
    acting: Acting | None = getattr(request.state, "acting", None)
    if acting is None or "idempotency-key" not in request.headers:
        return None
    answer = await acting.before()
    status = getattr(request.scope.get("route"), "status_code", None) or 200
    return None if answer is None else JSONResponse(answer.model_dump(), status_code=status, headers=dict(acting.response.headers))
