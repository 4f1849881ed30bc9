"""Around every answer, errors included: the host name that was asked for, protecting headers, the language,
problems for oversized bodies.

Nothing raised inside leaves this layer once an answer was given: the server would close the connection,
and the front door would learn of it only with the next person's request.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import counted
from shared.settings import Settings
from shared.telemetry import spans, tracing
from shared.web.middleware.security import HSTS, LOOPBACK_NAMES, SECURITY
from shared.web.running import is_https, running_of
from shared.web.words import i18n

Refusing = Callable[[Scope, HTTPException], Awaitable[ASGIApp]]
log = structlog.get_logger()


class Outermost:
    """`refusing` makes the answer for a request that never reaches a route,
    and the one that replaces the framework's plain 413.
    """

    def __init__(self, app: ASGIApp, refusing: Refusing) -> None:
        self.app, self.refusing = app, refusing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, asked = Headers(scope=scope), QueryParams(scope["query_string"]).get("lang")
        code = i18n.choose(
            asked, cookie_parser(headers.get("cookie", "")).get(i18n.COOKIE), headers.get("accept-language")
        )
        forget = i18n.language.set(code)
        name, answer, begun = scope["app"].state.name, _Answer(scope, send, code, asked), monotonic()
        with spans.asked(name, headers.get("traceparent")) as step:
            scope.setdefault("state", {})["traceparent"] = step.traceparent
            try:
                with tracing.logging_as(step.traceparent):
                    await self._answered(scope, receive, answer, headers)
            finally:
                i18n.language.reset(forget)
                said = {"method": counted.method(scope["method"]), "route": _template(scope) or counted.OTHER}
                status, seconds = answer.status, monotonic() - begun
                step.tell(" ".join(said.values()), **said, status=status)
                counted.request(name, **said, status=status, seconds=seconds)

    async def _answered(self, scope: Scope, receive: Receive, answer: "_Answer", headers: Headers) -> None:
        try:
            if not is_ours(headers.getlist("host"), running_of(Request(scope)).settings):
                await (await self.refusing(scope, HTTPException(421)))(scope, receive, answer.send)
                return
            await self.app(scope, receive, answer.send)
            if answer.plain_413:
                answer.plain_413 = False
                await (await self.refusing(scope, HTTPException(413)))(scope, receive, answer.send)
        except Exception:
            # what was promised cannot be given any more: only closing the connection says so
            if not answer.complete:
                raise
            # said when it was answered
            log.debug("raised-after-the-answer", path=scope["path"], exc_info=True)


def _template(scope: Scope) -> str:
    """The path of the route that answered as the table of routes has it: with the prefix of its router, which
    the route itself does not know.
    """
    whole = scope.get("fastapi", {}).get("effective_route_context")
    return str(getattr(whole, "path", None) or getattr(scope.get("route"), "path", ""))


class _Answer:
    """One answer on its way out: adds headers, holds back the framework's plain 413,
    knows when it is complete.
    """

    def __init__(self, scope: Scope, send: Send, language: str, asked: str | None) -> None:
        self._scope, self._send, self._language, self._asked = scope, send, language, asked
        self.plain_413 = self.complete = False
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.plain_413 = message["status"] == 413 and Headers(raw=message["headers"]).get(
                "content-type", ""
            ).startswith("text/plain")
            headers = MutableHeaders(scope=message)
            if not self._scope["path"].startswith("/static/"):
                # whatever it is: the next person at this computer is somebody else
                headers.setdefault("Cache-Control", "no-store")
            headers["Jejak-Request"] = tracing.id_of(self._scope["state"]["traceparent"])
            _add(headers, self._language, self._asked, https=is_https(Request(self._scope)))
        if self.plain_413:
            return
        self.status = message.get("status", self.status)
        await self._send(message)
        self.complete = message["type"] == "http.response.body" and not message.get("more_body", False)


def is_ours(hosts: list[str], settings: Settings) -> bool:
    """Whether a request names exactly one host, and that one is a name of this installation.

    A page of another site whose name was made to point at this machine (DNS
    rebinding) still says its own name here.
    """
    names = {*LOOPBACK_NAMES, _name(urlsplit(settings.public_url).netloc), *settings.hosts}
    return len(hosts) == 1 and _name(hosts[0]) in names


def _name(host: str) -> str:
    """The name of a host without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and (port == "" or (port.isascii() and port.isdigit())) else host).lower()


def _add(headers: MutableHeaders, code: str, asked: str | None, *, https: bool) -> None:
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if https:
        headers["Strict-Transport-Security"] = HSTS
    headers.setdefault("Content-Language", code)
    headers.add_vary_header("Accept-Language, Cookie")
    if asked in i18n.LANGUAGES:
        headers.append("Set-Cookie", f"{i18n.COOKIE}={code}; Path=/; Max-Age=31536000; SameSite=Lax")
