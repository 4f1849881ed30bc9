"""Pages: a template, the frame around it, and what the frame shows (person, navigation,
language, data time).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, Template

from shared.web import positions
from shared.web.forms import sent_form
from shared.web.forms.sent_form import SentForm
from shared.web.frame import given_back
from shared.web.frame.form_keys import FormKeys
from shared.web.frame.nav import navigation, switch
from shared.web.past.looking_back import (
    between_moments,
    can_look_back,
    keeping,
    looks_at,
    named_in,
    of_the_present,
)
from shared.web.problems.shape import FieldError, Problem
from shared.web.running import is_https, now_of, request_id_of, running_of
from shared.web.visitor import visitor_of
from shared.web.words import i18n

NOTICE = "jejak_kabar"
ACCEPTED = "jejak_terima"
"""Cookie with the ids of the commands whose forms were taken last:
what the browser kept of them may be forgotten.
"""


def render(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page in the frame. `errors` (FieldErrors) fills the summary on top;
    a notice left by the page before is shown once. `unsent` (texts by their fields) says that an act of this
    page's form was done, and what of the form it did not need: the page is shown at once, with that in it.
    """
    made: Environment = request.app.state.templates
    visitor = visitor_of(request)
    running = running_of(request)
    cycle, keys = _cycle_of(context), FormKeys(request)
    frame: dict[str, Any] = {
        "request": request,
        "viewer": visitor.viewer if visitor else None,
        "nav": navigation(visitor.viewer, running.permissions, request.url.path, cycle) if visitor else [],
        "correction": _correction_of(request, context, cycle),
        "switch": switch(context.get("cycles", ()), cycle, request.url.path),
        "may": lambda name: visitor is not None and running.permissions.may(visitor.viewer, name),
        "lang": i18n.language.get(),
        "lang_links": {
            code: f"?{urlencode({**request.query_params, 'lang': code})}" for code in i18n.LANGUAGES
        },
        "now": now_of(request),
        "behind": getattr(request.state, "behind", False),
        "fresh_at": fresh_at(request),
        "notice": unquote(request.cookies.get(NOTICE, "")),
        "form_keys": keys,
        "region_here": keys.region,
        "accepted": _accepted(request) if "unsent" in context else request.cookies.get(ACCEPTED, ""),
        "checkpoint": getattr(request.app.state, "checkpoint", None),
        "mode": running.settings.mode,
        "ways": running.settings.login,
        "looked_at": looks_at(),
        "between_moments": between_moments,
        "past_cycle": cycle or named_in(request.url.path),
        "can_look_back": can_look_back(request),
        "present_query": of_the_present(request),
        "present_link": f"{request.url.path}?{urlencode(of_the_present(request))}".rstrip("?"),
        "errors": (),
        "lost": (),
    }
    text = _given_back(request, made.get_template(template), {**frame, **context})
    if asked := getattr(request.state, "moment", ""):
        text = keeping(text, asked)
    response = HTMLResponse(text, status_code=status_code, headers={"Cache-Control": "no-store"})
    if "unsent" in context:
        remember_what_was_done(request, response)
    for told in {NOTICE, given_back.REFUSED} & request.cookies.keys():
        response.delete_cookie(told, path="/")
    return response


def _given_back(request: Request, template: Template, context: Mapping[str, Any]) -> str:
    """The page; where something is to be mended, with every text that was typed, and with links that lead to
    what is on it.
    """
    page, errors = template.render(context), context["errors"]
    form = context.get("unsent") or (getattr(request.state, "form", None) if errors else None)
    if form is None:
        return page
    lost = given_back.lost_of(form, page, request.app.state.words)
    leading = given_back.leading_somewhere(errors, page, given_back.LOST if lost else "")
    if not lost and leading == list(errors):
        return page
    return template.render({**context, "lost": lost, "errors": leading})


def _cycle_of(context: Mapping[str, Any]) -> str:
    """The cycle that the page shows: its name, or its row."""
    shown = context.get("cycle", "")
    return str(shown["cycle"] if isinstance(shown, Mapping) else shown)


def _correction_of(request: Request, context: Mapping[str, Any], cycle: str) -> Mapping[str, Any] | None:
    """The latest official correction of the cycle that the page shows, by the rows that its switch is made
    of: so every page of a cycle says it. It is done once its cycle is `closed` again,
    where the service knows.
    """
    rows = (row for row in context.get("cycles", ()) if row["cycle"] == cycle)
    row: Mapping[str, Any] = next(rows, {})
    if not (found := row.get("correction")):
        return None
    done = bool(row.get("closed"))
    return {**found, "name": running_of(request).people.name(found["by"]), "done": done}


def fresh_at(request: Request) -> datetime | None:
    """Since when nothing comes in from the other services; None while everything does.
    `app.state.takes_in` says whether it does.
    """
    state = request.app.state
    if getattr(state, "takes_in", lambda: True)():
        state.last_fresh_at = now_of(request)
        return None
    return cast("datetime | None", getattr(state, "last_fresh_at", None)) or now_of(request)


def see_other(request: Request, path: str, notice: str = "") -> Response:
    """After a command: go and look (303). The next pages, of any service,
    wait until they can see what was done; `notice` is shown there.
    """
    response = RedirectResponse(path, status_code=303)
    remember_what_was_done(request, response)
    if notice:
        _set(request, response, NOTICE, quote(notice[:300]))
    return response


def remember_what_was_done(request: Request, response: Response, before: str = "") -> None:
    """For the pages that come next, and for what the browser kept of the form. `before`: the position that
    another service left, which sent the form on.
    """
    token = ",".join(filter(None, (getattr(request.state, "position", ""), before)))
    if token:
        _set(request, response, positions.COOKIE, token, seconds=30)
    if accepted := _accepted(request):
        _set(request, response, ACCEPTED, accepted)


def _set(request: Request, response: Response, name: str, value: str, seconds: int = 60) -> None:
    secure = is_https(request)
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)


def _accepted(request: Request) -> str:
    """The ids of the commands that were taken last, with that of this request."""
    known = request.cookies.get(ACCEPTED, "").split(".")
    return ".".join(filter(None, [getattr(request.state, "command", ""), *known][:5]))


def problem_page(
    request: Request, problem: Problem, sent: SentForm | None = None, **context: Any
) -> HTMLResponse:
    """A problem for a person; what was `sent` with the form that could not be taken is on it."""
    back = sent.page if sent else sent_form.page_of(request)
    if problem.status == 413 and not sent:
        back = sent_form.came_from(request)
    called = request.app.state.words
    page = render(
        request,
        "problem.html",
        status_code=problem.status,
        problem=problem,
        number=request_id_of(request),
        sent=sent,
        back=back,
        called=called,
        **context,
    )
    page.headers.update(problem.headers)
    return page


def typed(form: Mapping[str, Any]) -> dict[str, str]:
    """What a person typed, to show it again: text fields only, without the hidden ones."""
    return {key: value for key, value in form.items() if isinstance(value, str) and not key.startswith("_")}


__all__ = ["FieldError", "problem_page", "remember_what_was_done", "render", "see_other", "typed"]
