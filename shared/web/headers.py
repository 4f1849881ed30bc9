"""Around every answer, errors included: headers (no foreign script, no frame, no sniffing), the language, and problems for oversized bodies."""

from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web import i18n
from shared.web.running import is_https

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000"


TooLarge = Callable[[Scope], Awaitable[ASGIApp]]


class Surroundings:
    """The outermost layer. `too_large` makes the answer that replaces the framework's plain 413."""

    def __init__(self, app: ASGIApp, too_large: TooLarge) -> None:
        self.app, self.too_large = app, too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, asked = Headers(scope=scope), QueryParams(scope["query_string"]).get("lang")
        code = i18n.choose(asked, _cookie(headers, i18n.COOKIE), headers.get("accept-language"))
        forget = i18n.language.set(code)
        plain_413 = False

        async def with_headers(message: Message) -> None:
            nonlocal plain_413
            if message["type"] == "http.response.start":
                plain_413 = message["status"] == 413 and Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")
                _add(MutableHeaders(scope=message), code, asked, https=is_https(Request(scope)))
            if not plain_413:
                await send(message)

        try:
            await self.app(scope, receive, with_headers)
            if plain_413:
                plain_413 = False
                answer = await self.too_large(scope)
                await answer(scope, receive, with_headers)
        finally:
            i18n.language.reset(forget)


def _add(headers: MutableHeaders, code: str, asked: str | None, *, https: bool) -> None:
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if https:
        headers["Strict-Transport-Security"] = HSTS
    headers.setdefault("Content-Language", code)
    headers.add_vary_header("Accept-Language, Cookie")
    if asked in i18n.LANGUAGES:
        headers.append("Set-Cookie", f"{i18n.COOKIE}={code}; Path=/; Max-Age=31536000; SameSite=Lax")


def _cookie(headers: Headers, name: str) -> str | None:
    found = SimpleCookie(headers.get("cookie", "")).get(name)
    return found.value if found else None
