"""No other site can act for a signed-in person: state-changing requests come from our own pages,
and forms carry a token of the session.

Programs with `Authorization: Bearer` are not concerned: no browser sends that header by itself.
"""

import hmac
from typing import TypedDict
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from shared.web.running import running_of
from shared.web.visitor import find_visitor

FIELD = "_csrf"
BY = "_by"
"""Hidden field of every form: who saw it."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Limits(TypedDict):
    max_files: int
    max_fields: int
    max_part_size: int


LIMITS: Limits = {"max_files": 100, "max_fields": 2000, "max_part_size": 64 * 1024}
"""Of every form: the largest sheet has some 400 fields,
the longest text 4,000 characters of up to nine bytes each.
"""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForeignRequest(Exception):
    """A state-changing request that did not come from one of our pages,
    or from a page of another session or person (`stale`).
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.stale = what in {"token", "person"}


async def guard(request: Request) -> None:
    """Runs before every route. Raises ForeignRequest."""
    if request.method in _SAFE:
        return
    if is_form(request) and request.url.path.startswith("/api/"):
        raise HTTPException(415)  # programs send JSON, or the bytes of a file as they are
    visitor = await find_visitor(request)
    if visitor is not None and not visitor.by_cookie:
        return
    if not came_from_here(request):
        raise ForeignRequest("origin")
    if visitor is None or not is_form(request):
        return
    form = await form_of(request)
    if not hmac.compare_digest(
        given_token(request).encode("utf-8", "replace"), visitor.session.form_token.encode()
    ):
        raise ForeignRequest("token")
    if form.get(BY, "") not in {"", visitor.viewer.person}:  # typed by one, sent by another: nobody's act
        raise ForeignRequest("person")


def came_from_here(request: Request) -> bool:
    """What the browser says about the sender; a client that says nothing is no
    browser and holds no cookie of a person by accident.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    allowed = {request.headers.get("host", ""), urlsplit(running_of(request).settings.public_url).netloc}
    try:
        return urlsplit(origin).netloc in allowed - {""}
    except ValueError:  # http://[
        return False


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(_FORMS)


async def form_of(request: Request) -> FormData:
    """The form of a request, parsed once; empty when the body is no form.

    Raises HTTPException for too many or too large fields and for a body that is no form whatever it says,
    RequestValidationError for a field that holds what no store can hold.
    """
    if not is_form(request):
        return FormData()
    form = await request.form(**LIMITS)
    if faults := [
        name
        for name, value in form.multi_items()
        if _is_unstorable(name) or (isinstance(value, str) and _is_unstorable(value))
    ]:
        raise RequestValidationError(
            [{"type": "text_not_plain", "loc": ("form", name), "ctx": {"sign": "U+0000"}} for name in faults]
        )
    request.state.form = form  # so that whoever answers a failure later can give it back
    return form


def _is_unstorable(text: str) -> bool:
    """No browser sends a NUL or half of a surrogate pair;
    everything else that a person can paste is answered beside its field.
    """
    return "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


def given_token(request: Request) -> str:
    """The token that came with a form that was read already."""
    return str(getattr(request.state, "form", FormData()).get(FIELD, ""))
