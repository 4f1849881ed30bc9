"""Signing in and out: the page with every way that this installation allows, and the development login
(choosing a person), for trying Jejak out and for programs that play the roles.

Settings make that one impossible together with production (`shared.access.login`). Identity providers
(`app.state.providers`) are opened by intake, which alone serves this at the front door's `/masuk`.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from shared.access.oidc.asking import Asking
from shared.access.people import Person
from shared.access.permissions import Viewer
from shared.access.session import Entered, Session
from shared.web.declared import public, signed_in
from shared.web.device import device_of
from shared.web.forms.csrf import ForeignRequest, given_token
from shared.web.forms.fields import Name
from shared.web.forms.sent_form import SentForm, inside, unpack
from shared.web.frame.nav import navigation
from shared.web.frame.rendering import FieldError, problem_page, render, see_other
from shared.web.problems.shape import NotFound, Problem
from shared.web.running import is_https, running_of, today_of
from shared.web.visitor import Visitor, find_visitor, session_cookie, session_id_of, viewer_of, visitor_of
from shared.web.words.i18n import gettext as _

api = APIRouter(prefix="/api/intake/session", tags=["session"])
pages = APIRouter(include_in_schema=False)
FAREWELL = "jejak_pamit"
"""The cookie of `/keluar` by which whoever came in by a provider signs out there too."""
SIGN_IN_LIMIT = 2_000_000  # a form that waits for signing in comes along, percent-encoded


class SignIn(BaseModel):
    person: Name = Field(description="id of a person from the people file", examples=["sri"])


class SessionAnswer(BaseModel):
    """Send `token` as `Authorization: Bearer …` to every service."""

    token: str
    person: str
    name: str
    agency: str
    roles: list[str]
    expires_in: int = Field(description="seconds")


class Me(BaseModel):
    person: str
    name: str
    agency: str
    roles: list[str]
    form_token: str | None = Field(
        description="for the forms of pages that are open already; only for a browser's session"
    )


@api.post("", summary="Sign in as a person (development login)", dependencies=[public()])
async def sign_in(body: SignIn, request: Request) -> SessionAnswer:
    person, session = await _start(request, body.person)
    roles = list(dict.fromkeys(office.role for office in person.offices_on(today_of(request))))
    longest = int(running_of(request).sessions.longest.total_seconds())
    return SessionAnswer(
        token=session.id,
        person=person.id,
        name=person.name,
        agency=person.agency,
        roles=roles,
        expires_in=longest,
    )


@api.get("", summary="Who am I", dependencies=[signed_in(tokens=True)])
async def whoami(request: Request, response: Response) -> Me:
    viewer, visitor = viewer_of(request), visitor_of(request)
    token = visitor.session.form_token if visitor is not None and visitor.by_cookie else None
    response.headers["Cache-Control"] = "no-store"
    return Me(
        person=viewer.person,
        name=viewer.name,
        agency=viewer.agency,
        roles=list(viewer.roles),
        form_token=token,
    )


@api.delete("", summary="Sign out: end this session everywhere", status_code=204, dependencies=[signed_in()])
async def sign_out(request: Request, response: Response) -> None:
    session_id, by_cookie = session_id_of(request)
    await running_of(request).sessions.end(session_id)
    if by_cookie:
        _forget(request, response)


@pages.get("/masuk", dependencies=[public()])
async def choose(request: Request, ke: str = "/") -> Response:
    await find_visitor(request)
    return await _ways_in(request, inside(ke))


@pages.get("/masuk/selesai", dependencies=[signed_in()])
async def signed_in_again(request: Request) -> Response:
    """Where the second window ends that a page opens when its session has ended."""
    return render(request, "signed_in.html")


@pages.post("/masuk", max_body_size=SIGN_IN_LIMIT, dependencies=[public()])
async def enter(
    request: Request,
    person: Annotated[Name, Form()] = "",
    ke: Annotated[str, Form()] = "/",
    isian: Annotated[str, Form()] = "",
) -> Response:
    """Signs in under a new id; the session that the browser had, if any, has ended.
    A form that waited for it is shown to be sent again.
    """
    sent = unpack(isian) if isian else None
    try:
        found, session = await _start(request, person)
    except NotFound:
        errors = (FieldError("person", _("Pilih satu nama dari daftar.")),)
        return await _ways_in(request, inside(ke), status_code=422, sent=sent, errors=errors)
    await end_old(request)
    if sent is not None and sent.by in {"", found.id}:
        visitor = Visitor(_viewer(request, found), session, by_cookie=True)
        request.state.visitor = visitor
        answer: Response = render(
            request, "send_again.html", sent=sent, shown=sent.typed, token=session.form_token
        )
    elif sent is not None:
        notice = _("Yang diketik {name} tidak dibawa.").format(name=running_of(request).people.name(sent.by))
        answer = see_other(request, sent.page, notice)
    else:
        answer = see_other(request, home_of(request, found, inside(ke)))
    return keep(request, answer, session)


@pages.post("/keluar", dependencies=[public()])
async def leave(request: Request) -> Response:
    await end_old(request)
    by_provider = FAREWELL in request.cookies
    answer = see_other(request, "/keluar/penyedia" if by_provider else "/masuk", _("Anda sudah keluar."))
    _forget(request, answer)
    return answer


def refused_form(request: Request, problem: Problem, error: Exception, sent: SentForm) -> Response:
    """The answer to a form that could not be taken:
    what was typed is on it, and the way to send it once more.
    """
    visitor = visitor_of(request)
    me, people = (visitor.viewer.person if visitor else ""), running_of(request).people
    somebody_else = bool(visitor and sent.by and sent.by != me)
    stale = isinstance(error, ForeignRequest) and error.stale
    foreign = isinstance(error, ForeignRequest) and not error.stale
    way = "none"
    if problem.status == 401 or (stale and somebody_else):
        way = "sign-in"
    elif stale or (problem.status >= 500 and not somebody_else):
        way = "again"
    return problem_page(
        request,
        problem,
        None if foreign else sent,
        way=way,
        typist=people.name(sent.by) if sent.by else "",
        shown=[] if somebody_else else sent.typed,
        groups=_groups(request, only=sent.by if somebody_else else "") if way == "sign-in" else [],
        target=sent.page,
        token=visitor.session.form_token if visitor else given_token(request),
    )


async def _start(request: Request, wanted: str) -> tuple[Person, Session]:
    """A new session for a person who holds an office today, where choosing one is a way in at all.
    Raises NotFound for anybody else, and everywhere else.
    """
    running = running_of(request)
    person = running.people.find(wanted)
    if (
        "development" not in running.settings.login
        or person is None
        or not person.offices_on(today_of(request))
    ):
        raise NotFound
    return person, await running.sessions.start(person.id, Entered(device=device_of(request)))


async def _ways_in(request: Request, target: str, *, status_code: int = 200, **more: Any) -> Response:
    """The page with every way in; a provider that is away is said, with when it is asked again."""
    found: Mapping[str, Asking] = getattr(request.app.state, "providers", {})
    away = await asyncio.gather(*(asking.status() for asking in found.values()))
    shown = [(asking.provider, gone) for asking, gone in zip(found.values(), away, strict=True)]
    groups = _groups(request)
    return render(
        request, "login.html", status_code=status_code, groups=groups, providers=shown, target=target, **more
    )


def keep(request: Request, answer: Response, session: Session) -> Response:
    """The answer, with the session for the browser to keep."""
    longest = int(running_of(request).sessions.longest.total_seconds())
    answer.set_cookie(
        session_cookie(request),
        session.id,
        max_age=longest,
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )
    return answer


async def end_old(request: Request) -> None:
    """Ends the session of the browser's cookie, whether or not it still opens anything."""
    if old := request.cookies.get(session_cookie(request)):
        await running_of(request).sessions.end(old)


def _forget(request: Request, response: Response) -> None:
    response.delete_cookie(
        session_cookie(request), path="/", secure=is_https(request), httponly=True, samesite="lax"
    )


def _groups(request: Request, *, only: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    """The people who hold an office today, by agency; `only` one of them."""
    people, today = running_of(request).people, today_of(request)
    if "development" not in running_of(request).settings.login:
        return []
    serving = [person for person in people.serving_on(today) if only in {"", person.id}]

    def place(person: Person) -> str:
        of = people.of(person.region).agency_name(person.agency)
        return f"{person.region} · {of}" if len(people.regions) > 1 else of

    grouped = groupby(sorted(serving, key=place), key=place)
    return [(agency, [_choice(person, today) for person in members]) for agency, members in grouped]


def _choice(person: Person, today: date) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "nip": person.nip,
        "offices": [office.title for office in person.offices_on(today)],
    }


def home_of(request: Request, person: Person, target: str = "/") -> str:
    """Where a person wanted to go; without that the first place of the menu that this person may use."""
    if target != "/":
        return target
    links = navigation(_viewer(request, person), running_of(request).permissions, "/")
    return links[0].path if links else "/"


def _viewer(request: Request, person: Person) -> Viewer:
    named = running_of(request).people.of(person.region).agency_name(person.agency)
    return Viewer.of(person, named, today_of(request))
