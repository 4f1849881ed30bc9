"""Who is at the door: the session of a request, by cookie for a browser or by `Authorization: Bearer` for a
program; or the token of an agency's system, which comes by that header only, to addresses of programs only.

`find_visitor` asks once per request and before its route;
afterwards `visitor_of` and `viewer_of` only remember.
"""

import secrets
from dataclasses import dataclass

from fastapi import Request

from shared.access.permissions import Viewer
from shared.access.session import COOKIE, AccessAway, Session
from shared.access.tokens import TokenRefused, Tokens, TooFast
from shared.contracts.secret_text import PREFIX
from shared.eventsourcing.combined import combined
from shared.web.running import is_https, running_of, today_of


class NotSignedIn(Exception):
    """The page or call needs a person, and there is none."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person and how the session came: only a cookie can be abused by another site. For a token
    the session is one that nobody can use.
    """

    viewer: Viewer
    session: Session
    by_cookie: bool


async def find_visitor(request: Request) -> Visitor | None:
    """The visitor of a request, None when nobody (or nobody with an office today) is signed in.
    Raises AccessAway: it cannot be told; TokenRefused, TooFast.
    """
    if (told := getattr(request.state, "not_found", None)) is not None:
        raise told  # asked once already, and waited for it
    if not hasattr(request.state, "visitor"):
        try:
            request.state.visitor = await _find(request)
        except (AccessAway, TokenRefused, TooFast) as error:
            request.state.not_found = error
            raise
    return visitor_of(request)


async def find_visitor_if_possible(request: Request) -> Visitor | None:
    """The same for what is shown to everybody: where it cannot be told, the frame names nobody."""
    try:
        return await find_visitor(request)
    except (AccessAway, TokenRefused, TooFast):
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


def tokens_of(request: Request) -> Tokens:
    """The tokens as this process knows them."""
    sessions = running_of(request).sessions
    known = getattr(request.app.state, "tokens", None)
    if known is None or known[0] is not sessions:
        known = request.app.state.tokens = (sessions, Tokens(sessions))
    made: Tokens = known[1]
    return made


async def _find(request: Request) -> Visitor | None:
    session_id, by_cookie = session_id_of(request)
    running = running_of(request)
    await running.roster.look(running.sessions)
    given = request.headers.getlist("authorization")
    if any(PREFIX in header for header in given):
        return await _by_token(request, session_id, alone=len(given) == 1)
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


async def _by_token(request: Request, secret: str, *, alone: bool) -> Visitor:
    """The system of an agency, in the office that its token is lent; nobody where its holder has that no
    more. Raises TokenRefused, TooFast, AccessAway.
    """
    if not alone or not request.url.path.startswith("/api/"):
        raise TokenRefused
    token, people = await tokens_of(request).use(secret), running_of(request).people
    holder, today = people.find(token.holder), today_of(request)
    if holder is None:
        raise TokenRefused
    has = (token.role, token.agency)
    lent = tuple(one for one in holder.offices_on(today) if (one.role, one.agency) == has)
    if not lent:
        raise TokenRefused
    viewer = combined(
        Viewer,
        token,
        person=token.subject,
        name=people.name(token.subject),
        region=holder.region,
        agency_name=people.of(holder.region).agency_name(token.agency),
        offices=lent[:1],
    )
    session = Session(secrets.token_urlsafe(32), token.subject, token.ends_at)
    return Visitor(viewer, session, by_cookie=False)
