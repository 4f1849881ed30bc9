"""A provider of our own on this machine: it says and does what a test wants and no real one would."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from fastapi import FastAPI, Request, Response

from shared.access.oidc.providers import Provider
from tests.oidc import keys
from tests.support.applications import HERE, Browser, listening

SECRET = "s3kr3t-of-the-client"


@dataclass
class Issuer:
    """`claims` are said in the next ID token; `token` makes it; `answers` are given instead, by path."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = keys.RSA
    keys: list[dict[str, Any]] = field(default_factory=lambda: [keys.public(keys.RSA, "1", "RS256")])
    kid: str = "1"
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    grants: set[str] = field(default_factory=set)

    @property
    def provider(self) -> Provider:
        return Provider(id="uji", name="SSO Uji", issuer=self.address, client_id="jejak")

    def told(self, folder: Path, **more: str) -> dict[str, str]:
        """The settings by which intake knows it."""
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        lines = {"id": "uji", "name": "SSO Uji", "issuer": self.address, "client_id": "jejak"}
        lines |= {"client_secret_file": "secret", **more}
        said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
        (folder / "oidc.toml").write_text(f"[[provider]]\n{said}\n", encoding="utf-8")
        return {"JEJAK_OIDC": str(folder / "oidc.toml"), "JEJAK_LOGIN": "oidc", "JEJAK_MODE": "production"}

    def id_token(self, nonce: str, **said: Any) -> str:
        good = keys.claims(self.provider, datetime.now(UTC), nonce=nonce, at_hash=keys.half("access"))
        return keys.token({**good, **self.claims, **said}, self.key, kid=self.kid)

    def goodbye(self, **said: Any) -> str:
        return keys.token(keys.goodbye(self.provider, datetime.now(UTC), **said), self.key, kid=self.kid)

    def about(self) -> dict[str, Any]:
        good = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/auth",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/logout",
            "code_challenge_methods_supported": ["plain", "S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return {name: value for name, value in {**good, **self.document}.items() if value is not None}

    def times(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def _grant(self) -> dict[str, str]:
        """A new one to ask with again; each counts once."""
        self.grants.add(made := f"grant-{len(self.asked)}-{len(self.grants)}")
        return {"refresh_token": made}

    async def answer(self, request: Request, path: str) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        self.asked.append((path, {**form, "authorization": request.headers.get("authorization", "")}))
        given = self.answers.get(path)
        if given is not None:
            made = await given() if inspect.iscoroutinefunction(given) else given
            return made if isinstance(made, Response) else Response(made, media_type="application/json")
        match path:
            case ".well-known/openid-configuration":
                said: Mapping[str, Any] = self.about()
            case "keys":
                said = {"keys": self.keys}
            case "token" if form.get("code") in self.codes:
                said = {"id_token": self.codes.pop(form["code"]), "access_token": "access"} | self._grant()
            case "token" if form.get("refresh_token") in self.grants:
                self.grants.discard(form["refresh_token"])
                said = {"access_token": "access", **self._grant()}
            case _:
                return Response('{"error": "invalid_grant"}', status_code=400)
        return Response(json.dumps(said), media_type="application/json")


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """A provider that listens on a port of its own."""
    app = FastAPI()
    async with listening(app) as address:
        made = Issuer(address)

        @app.api_route("/{path:path}", methods=["GET", "POST"])
        async def anything(path: str, request: Request) -> Response:
            return await made.answer(request, path)

        yield made


async def begun(browser: Browser, target: str = "/") -> dict[str, str]:
    """Begins to sign in; answers what the browser is sent to the provider with."""
    answer = await browser.http.get("/masuk/oidc/uji", params={"ke": target})
    assert answer.status_code == 303, answer.text[:300]
    there = answer.headers["location"]
    assert there.startswith("http"), f"not sent to the provider but to {there}"
    return {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}


async def come_back(browser: Browser, issuer: Issuer, asked: Mapping[str, str], **said: Any) -> Any:
    """The provider is content, and the browser comes back. `said` is what the address says otherwise."""
    code = f"code-{len(issuer.asked)}"
    issuer.codes[code] = issuer.id_token(asked.get("nonce", ""))
    there = {"code": code, "state": asked.get("state", ""), "iss": issuer.address, **said}
    return await browser.http.get(
        "/masuk/kembali/uji", params={name: value for name, value in there.items() if value is not None}
    )


async def signed_in(browser: Browser, issuer: Issuer, target: str = "/") -> Any:
    return await come_back(browser, issuer, await begun(browser, target))


async def slowly(seconds: float = 3) -> Response:
    await asyncio.sleep(seconds)
    return Response("{}")


__all__ = ["HERE", "SECRET", "Issuer", "begun", "come_back", "issuing", "signed_in", "slowly"]
