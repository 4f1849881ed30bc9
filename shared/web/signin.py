"""Signing in by choosing a person: the development login, for trying Jejak out and for programs that play the roles.

Settings make it impossible together with production (`shared.access.login`). Only intake serves it, at the front door's `/masuk`.
"""

from datetime import date
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field

from shared.access.people import Person
from shared.access.permissions import Viewer
from shared.access.session import COOKIE, LIFETIME, issue
from shared.web.declared import public, signed_in
from shared.web.i18n import gettext as _
from shared.web.nav import navigation
from shared.web.problems import NotFound
from shared.web.rendering import FieldError, render, see_other
from shared.web.running import is_https, now_of, running_of, today_of
from shared.web.visitor import viewer_of

api = APIRouter(prefix="/api/intake/session", tags=["session"])
pages = APIRouter(include_in_schema=False)


class SignIn(BaseModel):
    person: str = Field(max_length=100, description="id of a person from the people file", examples=["sri"])


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


@api.post("", summary="Sign in as a person (development login)", dependencies=[public()])
async def sign_in(body: SignIn, request: Request) -> SessionAnswer:
    person, token = _token(request, body.person)
    roles = list(dict.fromkeys(office.role for office in person.offices_on(today_of(request))))
    return SessionAnswer(
        token=token, person=person.id, name=person.name, agency=person.agency, roles=roles, expires_in=int(LIFETIME.total_seconds())
    )


@api.get("", summary="Who am I", dependencies=[signed_in()])
async def whoami(request: Request) -> Me:
    viewer = viewer_of(request)
    return Me(person=viewer.person, name=viewer.name, agency=viewer.agency, roles=list(viewer.roles))


@pages.get("/masuk", dependencies=[public()])
async def choose(request: Request, ke: Annotated[str, Query(max_length=500)] = "/") -> Response:
    return render(request, "login.html", groups=_groups(request), target=_inside(ke))


@pages.post("/masuk", dependencies=[public()])
async def enter(
    request: Request, person: Annotated[str, Form(max_length=100)] = "", ke: Annotated[str, Form(max_length=500)] = "/"
) -> Response:
    try:
        found, token = _token(request, person)
    except NotFound:
        errors = (FieldError("person", _("Pilih satu nama dari daftar.")),)
        return render(request, "login.html", status_code=422, groups=_groups(request), target=_inside(ke), errors=errors)
    answer = see_other(request, _home(request, found) if _inside(ke) == "/" else _inside(ke))
    secure = is_https(request)
    answer.set_cookie(COOKIE, token, max_age=int(LIFETIME.total_seconds()), httponly=True, samesite="lax", secure=secure)
    return answer


@pages.post("/keluar", dependencies=[public()])
async def leave(request: Request) -> Response:
    answer = see_other(request, "/masuk", _("Anda sudah keluar."))
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _token(request: Request, wanted: str) -> tuple[Person, str]:
    running = running_of(request)
    person = running.people.find(wanted)
    if person is None or not person.offices_on(today_of(request)):
        raise NotFound
    return person, issue(person.id, secret=running.settings.session_secret, now=now_of(request))


def _groups(request: Request) -> list[tuple[str, list[dict[str, Any]]]]:
    """The people who hold an office today, by agency."""
    people, today = running_of(request).people, today_of(request)
    serving = sorted(people.serving_on(today), key=lambda person: people.agency_name(person.agency))
    grouped = groupby(serving, key=lambda person: people.agency_name(person.agency))
    return [(agency, [_choice(person, today) for person in members]) for agency, members in grouped]


def _choice(person: Person, today: date) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "nip": person.nip, "offices": [office.title for office in person.offices_on(today)]}


def _home(request: Request, person: Person) -> str:
    """The first place of the menu that this person may use."""
    running = running_of(request)
    viewer = Viewer.of(person, running.people.agency_name(person.agency), today_of(request))
    links = navigation(viewer, running.permissions, "/")
    return links[0].path if links else "/"


def _inside(target: str) -> str:
    """Only a path of our own; anything else goes home."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"
