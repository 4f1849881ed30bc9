"""What a route needs, said where the route is declared: `dependencies=[reads("intake.board")]`,
`[does("intake.EnterFigure")]`, `[public()]`.

A route without one of these answers nobody: `tests/architecture/test_endpoint_matrix.py` fails for it,
and so do `Act` and `Look`.
"""

import hashlib
import hmac
from typing import Any, Literal

from fastapi import Depends, Request

from shared.web.past.looking_back import look_at_moment
from shared.web.regions import keep_to_regions
from shared.web.running import running_of
from shared.web.visitor import find_visitor, find_visitor_if_possible, viewer_of

Kind = Literal["command", "query", "public", "signed_in", "feed"]


class Declaration:
    """A route's permission: a dependency that FastAPI runs before anything else of the route,
    and that tests can enumerate.
    """

    def __init__(self, kind: Kind, names: tuple[str, ...], *, tokens: bool = False) -> None:
        self.kind, self.names, self.tokens = kind, names, tokens

    async def __call__(self, request: Request) -> None:
        request.state.declaration = self
        running = running_of(request)
        if self.kind == "feed" and is_service(request):
            return
        if self.kind == "public":
            await find_visitor_if_possible(request)
            return
        await find_visitor(request)
        viewer, permissions = viewer_of(request), running.permissions
        if self.kind == "signed_in" and (self.tokens or not viewer.is_token):
            keep_to_regions(request, permissions.everywhere(viewer))
        elif any(permissions.may(viewer, name) for name in self.names):
            keep_to_regions(request, permissions.places(viewer, *self.names))
            await look_at_moment(request, self.names, acts=self.kind == "command")
        else:
            raise permissions.refusal(viewer, *self.names)


def reads(*names: str) -> Any:
    """The route answers this query (any one of them is enough)."""
    return Depends(Declaration("query", names))


def does(*names: str) -> Any:
    """The route gives one of these commands;
    the exact one and its agency are checked again when it is given.
    """
    return Depends(Declaration("command", names))


def public() -> Any:
    """The route is for everybody, also before signing in."""
    return Depends(Declaration("public", ()))


def signed_in(*, tokens: bool = False) -> Any:
    """The route is for everybody who is signed in, whatever the office; for `tokens` where it says so."""
    return Depends(Declaration("signed_in", (), tokens=tokens))


def feeds(name: str) -> Any:
    """The route serves other services (each by its own secret) and people with this query."""
    return Depends(Declaration("feed", (name,)))


def is_service(request: Request) -> bool:
    """Whether the caller is another service of this installation:
    one whose secret for asking this one is known here by its digest.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    digest = hashlib.sha256(given.strip().encode()).digest()
    askers = running_of(request).settings.feed_askers.values()
    return scheme.lower() == "bearer" and any([hmac.compare_digest(digest, known) for known in askers])  # noqa: C419  all of them, always
