"""Who is at the door: the session of a request, by cookie for a browser or by `Authorization: Bearer` for a program."""

from dataclasses import dataclass

from fastapi import Request

from shared.access.permissions import Viewer
from shared.access.session import COOKIE, Session, SessionInvalid, read
from shared.web.running import now_of, running_of, today_of


class NotSignedIn(Exception):
    """The page or call needs a person, and there is none."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person and how the session came: only a cookie can be abused by another site."""

    viewer: Viewer
    session: Session
    by_cookie: bool


def visitor_of(request: Request) -> Visitor | None:
    """The visitor of a request, None when nobody (or nobody with an office today) is signed in; read once per request."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _find(request)
    found: Visitor | None = request.state.visitor
    return found


def viewer_of(request: Request) -> Viewer:
    """The signed-in viewer. Raises NotSignedIn."""
    visitor = visitor_of(request)
    if visitor is None:
        raise NotSignedIn
    return visitor.viewer


def _find(request: Request) -> Visitor | None:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    token = request.cookies.get(COOKIE, "") if by_cookie else bearer.strip()
    if not token:
        return None
    running = running_of(request)
    try:
        session = read(token, secret=running.settings.session_secret, now=now_of(request))
    except SessionInvalid:
        return None
    person = running.people.find(session.person)
    if person is None:
        return None
    viewer = Viewer.of(person, running.people.agency_name(person.agency), today_of(request))
    return Visitor(viewer, session, by_cookie) if viewer.offices else None
