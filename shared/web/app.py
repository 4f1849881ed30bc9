"""The web application of a service: routes of its room in the frame that all services share.

Security headers and language around everything, body limits, problems instead of exceptions, health,
static files, the API reference.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from shared.eventsourcing.past.moment import present
from shared.eventsourcing.sight import whole
from shared.web import feed, parked, reference
from shared.web.files.file_kinds import LARGEST
from shared.web.forms.csrf import LIMITS, guard
from shared.web.forms.form_words import Words, word
from shared.web.frame.templating import HERE, VERSION, environment
from shared.web.middleware.answers import answer_to
from shared.web.middleware.headers import Outermost
from shared.web.middleware.incoming import readable
from shared.web.problems import answering
from shared.web.watched import health, metrics

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
BODY_LIMIT = 1_000_000
UPLOAD_LIMIT = LARGEST  # a route that takes files says max_body_size=UPLOAD_LIMIT


class _Application(FastAPI):
    """FastAPI with our own layer outside of everything,
    so that no request comes in and no answer leaves without it.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        with whole(), present():
            await Outermost(super().__call__, self._refusing)(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = reference.described(super().openapi(), self.routes)
        return self.openapi_schema

    async def _refusing(self, scope: Scope, error: HTTPException) -> Response:
        return await answer_to(Request(scope), error)


def create_app(
    name: str,
    *,
    routers: Sequence[APIRouter] = (),
    templates: Sequence[Path] = (),
    lifespan: Lifespan | None = None,
    description: str = "",
    words: Words = word,
) -> FastAPI:
    """The application of service `name`. `lifespan` opens the room and sets
    `app.state.running` before anything is served.

    `templates`: folders of templates (`folders_of`). `words` says what the fields of its forms are called,
    where a form is shown away from its page.
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
    for known in answering.KNOWN:
        app.add_exception_handler(known, answer_to)
    app.add_exception_handler(Exception, answer_to)
    for router in (
        health.router(name),
        metrics.router(name),
        reference.router(name),
        parked.router(name),
        feed.router(name),
        *routers,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app
