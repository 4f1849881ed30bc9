"""No other site can act for a signed-in person: state-changing requests come from our own pages, and forms carry a token of the session.

Programs with `Authorization: Bearer` are not concerned: no browser sends that header by itself.
"""

import hmac
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData

from shared.access.session import Session
from shared.web.running import running_of
from shared.web.visitor import visitor_of

FIELD = "_csrf"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForeignRequest(Exception):
    """A state-changing request that did not come from one of our pages."""


def token(session: Session, secret: str) -> str:
    """The form token of a session."""
    return hmac.new(secret.encode(), b"form:" + session.id.encode(), "sha256").hexdigest()


async def guard(request: Request) -> None:
    """Runs before every route. Raises ForeignRequest."""
    if request.method in _SAFE:
        return
    visitor = visitor_of(request)
    if visitor is not None and not visitor.by_cookie:
        return
    if not came_from_here(request):
        raise ForeignRequest("origin")
    if visitor is None or not is_form(request):
        return
    given = str((await form_of(request)).get(FIELD, ""))
    if not hmac.compare_digest(given.encode(), token(visitor.session, running_of(request).settings.session_secret).encode()):
        raise ForeignRequest("token")


def came_from_here(request: Request) -> bool:
    """What the browser says about the sender; a client that says nothing is no browser and holds no cookie of a person by accident."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    allowed = {request.headers.get("host", ""), urlsplit(running_of(request).settings.public_url).netloc}
    return urlsplit(origin).netloc in allowed - {""}


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(_FORMS)


async def form_of(request: Request) -> FormData:
    """The form of a request, parsed once; empty when the body is no form."""
    return await request.form() if is_form(request) else FormData()
