"""Who is at the door: the session of a request, by cookie for a browser or
by `Authorization: Bearer` for a program.

`find_visitor` asks once per request and before its route;
afterwards `visitor_of` and `viewer_of` only remember.
"""

from dataclasses import dataclass

from fastapi import Request

from shared.access.permissions import Viewer
from shared.access.session import COOKIE, AccessAway, Session
from shared.web.running import is_https, running_of, today_of


class NotSignedIn(Exception):
    """The page or call needs a person, and there is none."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person and how the session came: only a cookie can be abused by another site."""

    viewer: Viewer
    session: Session
    by_cookie: bool


async def find_visitor(request: Request) -> Visitor | None:
    """The visitor of a request, None when nobody (or nobody with an office today) is signed in.
    Raises AccessAway: it cannot be told.
    """
    if (away := getattr(request.state, "access_away", None)) is not None:
        raise away  # asked once already, and waited for it
    if not hasattr(request.state, "visitor"):
        try:
            request.state.visitor = await _find(request)
        except AccessAway as error:
            request.state.access_away = error
            raise
    return visitor_of(request)


async def find_visitor_if_possible(request: Request) -> Visitor | None:
    """The same for what is shown to everybody: where it cannot be told, the frame names nobody."""
    try:
        return await find_visitor(request)
    except AccessAway:
        return None


def visitor_of(request: Request) -> Visitor | None:
    """What `find_visitor` found."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    return found


def viewer_of(request: Request) -> Viewer:
    """The signed-in viewer. Raises NotSignedIn."""
    visitor = visitor_of(request)
    if visitor is None:
        raise NotSignedIn
    return visitor.viewer


def session_cookie(request: Request) -> str:
    """The name of the session's cookie. By https one that browsers take from this very host by https only,
    so that nobody plants a session there.
    """
    return f"__Host-{COOKIE}" if is_https(request) else COOKIE


def session_id_of(request: Request) -> tuple[str, bool]:
    """The session id that a request carries ("" for none), and whether it came by cookie.
    A bearer token goes before a cookie.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    return request.cookies.get(session_cookie(request), "") if by_cookie else bearer.strip(), by_cookie


async def _find(request: Request) -> Visitor | None:
    session_id, by_cookie = session_id_of(request)
    running = running_of(request)
    await running.roster.look(running.sessions)
    session = await running.sessions.find(session_id) if session_id else None
    if session is None:
        return None
    people = running.people
    person = people.find(session.person)
    if person is None:
        return None
    named = people.of(person.region).agency_name(person.agency)
    viewer = Viewer.of(person, named, today_of(request))
    return Visitor(viewer, session, by_cookie) if viewer.offices else None
