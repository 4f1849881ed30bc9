"""Asking a provider: never long, never much, and not again and again while it is away.

Previous hop: `services/intake/login/provider_pages.py`, for an address, a key or the answer to a code.
Next hop: the provider. What it sends is judged by `tokens.py`.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx2
import jwt
import structlog

from shared.access.oidc.providers import Provider, is_safe
from shared.access.oidc.tokens import ALGORITHMS, TokenRefused
from shared.clock import now

LARGEST: Final = 256_000
PATIENCE_S: Final = 5.0
REST_S: Final = 15.0
"""For how long one that is away is not asked again."""
FRESH_S: Final = 30.0
"""For how long its addresses count without asking: whoever is sent there finds somebody."""
KEYS_REST_S: Final = 15.0
"""How often at most keys are fetched because of a token that names an unknown one."""
KEYS_LAST_S: Final = 600.0
"""How long a key that the provider does not name any more still counts at most."""
WELL_KNOWN = "/.well-known/openid-configuration"
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")

log = structlog.get_logger()


class ProviderAway(Exception):
    """The provider gives no answer, or none that can be used; the text says why."""


class CodeRefused(Exception):
    """The provider takes the code for none of its own, or for one that was used."""


@dataclass(frozen=True, slots=True)
class Away:
    """Since when a provider is away, why, and when it is asked again."""

    cause: str
    since: datetime
    again_at: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for. `refresh_token`, empty where there is none, is kept sealed, the others
    nowhere.
    """

    id_token: str
    access_token: str
    refresh_token: str = ""

    def __repr__(self) -> str:
        return "Tokens()"


class Asking:
    """One provider as this process asks it. Raises ProvidersInvalid where its secret cannot be read."""

    def __init__(self, provider: Provider, *, patience: float = PATIENCE_S) -> None:
        self.provider, self._patience, self._secret = provider, patience, provider.secret()
        trusted = ssl.create_default_context(cafile=provider.authority and str(provider.authority))
        self._http = httpx2.AsyncClient(
            timeout=patience, follow_redirects=False, verify=trusted, headers={"Accept-Encoding": "identity"}
        )
        self.away: Away | None = None
        self._ask_again = self._fresh_until = self._keys_rest = self._keys_until = float("-inf")
        self._addresses: Mapping[str, Any] = {}
        self._keys: Sequence[jwt.PyJWK] = ()
        self._one = asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()

    async def addresses(self) -> Mapping[str, Any]:
        """Where the provider is to be asked what, by its own document. Raises ProviderAway."""
        async with self._one:
            if time.monotonic() >= self._fresh_until or self.away is not None:
                said = await self._json("GET", self.provider.issuer.rstrip("/") + WELL_KNOWN)
                try:
                    self._addresses = _believed(said, self.provider)
                except ProviderAway as lie:
                    raise self._left_alone(str(lie)) from None
                self._fresh_until = time.monotonic() + FRESH_S
            return self._addresses

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that name; without one the only one that there is. One that is not known is asked for,
        but not again and again. Raises ProviderAway, TokenRefused.
        """
        found = self._known(kid) if time.monotonic() < self._keys_until else None
        if found is None and time.monotonic() >= self._keys_rest:
            address = str((await self.addresses())["jwks_uri"])
            async with self._one:
                if time.monotonic() >= self._keys_rest:
                    self._keys = _keys_in(await self._json("GET", address))
                    self._keys_rest = time.monotonic() + KEYS_REST_S
                    self._keys_until = time.monotonic() + KEYS_LAST_S
            found = self._known(kid)
        if found is None:
            raise TokenRefused("key")
        return found

    async def exchange(self, code: str, verifier: str, back: str) -> Tokens:
        """The tokens for a code. Raises ProviderAway, CodeRefused."""
        said = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": back,
        }
        answer = await self._token(said)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise TokenRefused("shape")
        return Tokens(id_token, access_token, _text(answer.get("refresh_token")))

    async def still(self, refresh_token: str) -> str:
        """Asks whether who got this is still somebody there; what to ask with next time.
        Raises CodeRefused where not, ProviderAway where it cannot be known.
        """
        answer = await self._token({"grant_type": "refresh_token", "refresh_token": refresh_token})
        return _text(answer.get("refresh_token")) or refresh_token

    async def _token(self, said: Mapping[str, str]) -> Mapping[str, Any]:
        who = self.provider.client_id
        basic = (quote(who, safe=""), quote(self._secret, safe="")) if self._secret else None
        address = str((await self.addresses())["token_endpoint"])
        return await self._json(
            "POST", address, data=said if basic else {**said, "client_id": who}, auth=basic
        )

    async def status(self) -> Away | None:
        """Whether somebody can be sent there now."""
        try:
            await self.addresses()
        except ProviderAway:
            return self.away
        return None

    def _known(self, kid: str | None) -> jwt.PyJWK | None:
        fitting = [key for key in self._keys if kid is None or key.key_id == kid]
        return fitting[0] if len(fitting) == 1 else None

    async def _json(self, verb: str, address: str, **more: Any) -> Mapping[str, Any]:
        """The object that it answers. Raises ProviderAway (at once while it is left alone), CodeRefused."""
        if time.monotonic() < self._ask_again and self.away is not None:
            raise ProviderAway(self.away.cause)
        try:
            async with asyncio.timeout(self._patience):
                status, body = await self._body(verb, address, more)
            answer = _said(verb, status, body)
        except (httpx2.HTTPError, TimeoutError, OSError) as error:
            raise self._left_alone(type(error).__name__) from None
        except ProviderAway as error:
            raise self._left_alone(str(error)) from None
        if self.away is not None:
            log.info("provider-back", provider=self.provider.id)
        self.away = None
        return answer

    async def _body(self, verb: str, address: str, more: Mapping[str, Any]) -> tuple[int, bytes]:
        body = bytearray()
        async with self._http.stream(verb, address, **more) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise ProviderAway("compressed")
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise ProviderAway("too large")
            return answer.status_code, bytes(body)

    def _left_alone(self, cause: str) -> ProviderAway:
        """Notes that it is away, and for how long nobody asks."""
        moment = now()
        since = self.away.since if self.away else moment
        if self.away is None:
            log.warning("provider-away", provider=self.provider.id, cause=cause)
        self._ask_again = time.monotonic() + REST_S
        self.away = Away(cause, since, moment + timedelta(seconds=REST_S))
        return ProviderAway(cause)


def _said(verb: str, status: int, body: bytes) -> Mapping[str, Any]:
    if verb == "POST" and status == 400 and _object(body).get("error") == "invalid_grant":
        raise CodeRefused
    if status != 200:
        raise ProviderAway(f"HTTP {status}")
    return _object(body)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderAway("no JSON") from None
    if not isinstance(read, dict):
        raise ProviderAway("no JSON object")
    return read


def _believed(document: Mapping[str, Any], provider: Provider) -> Mapping[str, Any]:
    """The provider's document about itself, if it is this provider's and names where to ask."""
    if document.get("issuer") != provider.issuer:
        raise ProviderAway("another issuer")
    ending = document.get("end_session_endpoint")
    for name in (*_ADDRESSES, *(["end_session_endpoint"] if ending is not None else [])):
        if not is_safe(document.get(name)):
            raise ProviderAway(f"no {name}")
    methods = document.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise ProviderAway("no PKCE")
    return document


def _keys_in(document: Mapping[str, Any]) -> Sequence[jwt.PyJWK]:
    """The keys that sign; of what cannot be read or is a shared secret there is none."""
    entries = document.get("keys")
    found: list[jwt.PyJWK] = []
    for entry in entries[:100] if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or "d" in entry:
            continue
        try:
            key = jwt.PyJWK(entry)
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if key.algorithm_name in ALGORITHMS:
            found.append(key)
    return found
