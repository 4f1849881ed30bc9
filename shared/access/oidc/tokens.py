"""Whether a token of a provider is to be believed, and what it says: pure, with the moment as it is given.

Signatures are PyJWT's; which claims must hold follows OpenID Connect Core 3.1.3.7 and Back-Channel Logout
2.6.
Whatever is wrong raises TokenRefused with a code, never with anything of the token.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import jwt

from shared.access.oidc.providers import Provider
from shared.contracts.fields import Name, NotPlain, Text, plain

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by a key pair. `none` and everything with a shared secret is not among them."""
LEEWAY_S: Final = 60
"""By how much a provider's clock may differ."""
LONGEST: Final = 64_000
FRESH_S: Final = 600
"""A token that was just asked for is not older than this."""
SMALLEST_RSA: Final = 2048
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_NIP = re.compile(r"[0-9]{18}")
_NAME: Final[Text] = Name.__metadata__[0]  # type: ignore[attr-defined]


class TokenRefused(Exception):
    """A token that is not believed; `code` says why, for log and page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signed in at a provider: `login` is what is kept of issuer and subject, `provider_session` of the
    provider's session. What the provider vouches for beside it is empty where it does not.
    """

    login: str
    issuer: str
    provider_session: str
    issued_at: int
    nip: str
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logout:
    """Who signed out at a provider: a session of it, or a login with all that was issued until then."""

    message: bytes = field(repr=False)
    login: str
    provider_session: str
    issued_at: int


def login_of(issuer: str, subject: str) -> str:
    """The name of a subject of an issuer: their digest, for a stream and a session."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def key_id(token: str) -> str | None:
    """Which key a token says it was signed with, before anything of it is believed. Raises TokenRefused."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise TokenRefused("shape")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise TokenRefused("shape") from None
    if not isinstance(header.get("alg"), str):
        raise TokenRefused("shape")
    if header["alg"] not in ALGORITHMS:
        raise TokenRefused("algorithm")
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def signed(token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
    """The claims of a token that this key has signed. Raises TokenRefused."""
    if key.algorithm_name not in ALGORITHMS or getattr(key.key, "key_size", SMALLEST_RSA) < _least(key):
        raise TokenRefused("key")
    try:
        read = jwt.PyJWS().decode_complete(token, key, algorithms=[key.algorithm_name])
    except jwt.InvalidAlgorithmError:
        raise TokenRefused("algorithm") from None
    except (jwt.PyJWTError, ValueError, TypeError):
        raise TokenRefused("signature") from None
    try:
        claims = json.loads(read["payload"], object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise TokenRefused("shape") from None
    if not isinstance(claims, dict):
        raise TokenRefused("shape")
    return {**claims, "": read["header"].get("typ", "")}


def identity_of(
    claims: Mapping[str, Any], provider: Provider, nonce: str, access_token: str, *, alg: str, now: datetime
) -> Identity:
    """Who an ID token says signed in, for this very attempt (`nonce`). Raises TokenRefused."""
    _of_us(claims, provider)
    issued = _moment(claims, "iat")
    if "events" in claims:
        raise TokenRefused("kind")
    _timely(claims, now)
    if issued < now.timestamp() - FRESH_S:
        raise TokenRefused("clock")
    if _moment(claims, "exp") <= now.timestamp() - LEEWAY_S:
        raise TokenRefused("expired")
    if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):
        raise TokenRefused("nonce")
    if "at_hash" in claims and not hmac.compare_digest(
        _text(claims, "at_hash").encode(), _half(access_token, alg).encode()
    ):
        raise TokenRefused("at-hash")
    session = _text(claims, "sid") if "sid" in claims else ""
    return Identity(
        login=login_of(provider.issuer, _text(claims, "sub")),
        issuer=provider.issuer,
        provider_session=login_of(provider.issuer, f"sid\n{session}") if session else "",
        issued_at=issued,
        nip=_nip(claims.get(provider.nip_claim)),
        email=_said(claims.get("email")) if claims.get("email_verified") is True else "",
        name=_said(claims.get("name")),
    )


def logout_of(claims: Mapping[str, Any], provider: Provider, *, now: datetime) -> Logout:
    """Who a logout token says signed out. Raises TokenRefused."""
    _of_us(claims, provider)
    if str(claims[""]).lower() not in {"", "jwt", "logout+jwt"}:
        raise TokenRefused("kind")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise TokenRefused("kind")
    _timely(claims, now)
    issued = _moment(claims, "iat")
    if issued < now.timestamp() - FRESH_S:
        raise TokenRefused("expired")
    if "exp" in claims and _moment(claims, "exp") <= now.timestamp() - LEEWAY_S:
        raise TokenRefused("expired")
    message = hashlib.sha256(f"{provider.issuer}\n{_text(claims, 'jti')}".encode()).digest()
    session = _text(claims, "sid") if "sid" in claims else ""
    login = login_of(provider.issuer, _text(claims, "sub")) if "sub" in claims else ""
    if not session and not login:
        raise TokenRefused("subject")
    ended = login_of(provider.issuer, f"sid\n{session}") if session else ""
    return Logout(message=message, login=login, provider_session=ended, issued_at=issued)


def _least(key: jwt.PyJWK) -> int:
    return SMALLEST_RSA if key.algorithm_name[:2] in {"RS", "PS"} else 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand there once each: two readers of it must not read two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("said twice")
    return found


def _of_us(claims: Mapping[str, Any], provider: Provider) -> None:
    """From this provider, for this client."""
    if claims.get("iss") != provider.issuer:
        raise TokenRefused("issuer")
    audience = claims.get("aud")
    if audience != provider.client_id and not (isinstance(audience, list) and provider.client_id in audience):
        raise TokenRefused("audience")
    several = isinstance(audience, list) and len(audience) > 1 and "events" not in claims
    if ("azp" in claims or several) and claims.get("azp") != provider.client_id:
        raise TokenRefused("azp")


def _timely(claims: Mapping[str, Any], now: datetime) -> None:
    """Not from the future, whatever says so: then one of both clocks is wrong."""
    latest = now.timestamp() + LEEWAY_S
    if _moment(claims, "iat") > latest or ("nbf" in claims and _moment(claims, "nbf") > latest):
        raise TokenRefused("clock")


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        raise TokenRefused(name)
    return int(value)


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that names something: what no identifier needs is no identifier."""
    value = claims.get(name)
    if isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable():
        return value
    raise TokenRefused(name)


def _half(access_token: str, alg: str) -> str:
    """The left half of the access token's digest, by the algorithm of the signature."""
    size = "512" if alg == "EdDSA" else alg[-3:]
    digest = hashlib.new(f"sha{size}", access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _said(value: object) -> str:
    """What a person is called, as it may be kept; empty where it may not."""
    try:
        return plain(value, _NAME).strip() if isinstance(value, str) else ""
    except NotPlain:
        return ""


def _nip(value: object) -> str:
    """Eighteen digits, however they are parted; anything else is no NIP."""
    digits = re.sub(r"[ .-]", "", value) if isinstance(value, str) and len(value) <= 60 else ""
    return digits if _NIP.fullmatch(digits) else ""
