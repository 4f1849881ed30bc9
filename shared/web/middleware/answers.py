"""What a request is answered that did not succeed: a problem document for a program, a page for a person,
the form back with what was typed.

Every SOP step. Previous hop: whatever was raised behind a route. Next hop: whoever asked.
"""

import asyncio
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from shared.web.acting import Acting
from shared.web.forms.sent_form import place_of, sent_form_of
from shared.web.frame.rendering import problem_page
from shared.web.middleware import outages
from shared.web.problems import answering
from shared.web.problems.shape import MEDIA_TYPE, Problem
from shared.web.problems.stated import OUTAGES
from shared.web.running import outage_of, request_id_of
from shared.web.signin import refused_form
from shared.web.visitor import find_visitor_if_possible

WRONG_HOST = 421  # answered without a page: whoever reads it is not known to be on our own site
MAYBE_DISK = {
    "database-away", "access-away", "store-away", "storage-full", "storage-read-only", "unexpected",
}  # fmt: skip
"""Problems whose cause may be the disk; PostgreSQL calls a read-only one a lack of rights."""
log = structlog.get_logger()


async def answer_to(request: Request, error: Exception) -> Response:
    """The answer for an error; one that nobody foresaw goes to the log file,
    and says nothing about the inside.
    """
    problem = answering.of(error)
    if kind := outages.kind_of(error):
        log.warning(
            "part-away",
            problem=kind,
            method=request.method,
            path=request.url.path,
            cause=type(error).__name__,
        )
    elif problem.code == "unexpected":
        log.error("request-failed", method=request.method, path=request.url.path, exc_info=error)
    problem = await _because_of_the_ground(request, problem)
    if problem.status != WRONG_HOST:
        await find_visitor_if_possible(request)
    if wants_json(request) or problem.status == WRONG_HOST:
        if problem.status in {404, 409, 422} and (before := await _answered_before(request)) is not None:
            return before
        return JSONResponse(
            problem.as_json(request.url.path, request_id_of(request)),
            status_code=problem.status,
            headers=dict(problem.headers),
            media_type=MEDIA_TYPE,
        )
    if problem.status == 401 and request.method in {"GET", "HEAD"}:
        return RedirectResponse(
            f"/masuk?ke={quote(place_of(request))}", status_code=303, headers={"Cache-Control": "no-store"}
        )
    sent = await sent_form_of(request)
    return refused_form(request, problem, error, sent) if sent else problem_page(request, problem)


async def _because_of_the_ground(request: Request, problem: Problem) -> Problem:
    """A part that seems to be away where a disk is full or read-only: that is what is said."""
    if problem.code not in MAYBE_DISK:
        return problem
    outage = await asyncio.to_thread(outage_of, request)
    return OUTAGES[outage].problem() if outage else problem


def wants_json(request: Request) -> bool:
    """Whether a program asks: it wants an answer about this request, never a page or a redirect to one."""
    if request.url.path.startswith("/api/") or request.headers.get("hx-request") == "true":
        return True
    accept = request.headers.get("accept", "")
    return request.headers.get("sec-fetch-dest") == "empty" or (
        "json" in accept and "text/html" not in accept
    )


async def _answered_before(request: Request) -> Response | None:
    """The answer to the same request under the same key, given earlier;
    what refuses it now may be its own effect.
    """
    acting: Acting | None = getattr(request.state, "acting", None)
    if acting is None or "idempotency-key" not in request.headers:
        return None
    answer = await acting.before()
    status = getattr(request.scope.get("route"), "status_code", None) or 200
    return (
        None
        if answer is None
        else JSONResponse(answer.model_dump(), status_code=status, headers=dict(acting.response.headers))
    )
