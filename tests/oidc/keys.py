"""Keys and tokens of a provider that says whatever a test wants, also what no real one would."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from shared.access.oidc.providers import Provider

NOW = datetime(2027, 1, 18, 3, 42, 7, tzinfo=UTC)
NONCE, ACCESS = "nonce-of-this-attempt", "access-token"
PROVIDER = Provider(
    id="uji", name="SSO Uji", issuer="https://sso.example.go.id/realms/pegawai", client_id="jejak"
)
RSA = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
SHORT = rsa.generate_private_key(65537, 1024)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def public(key: Any, kid: str, alg: str, **more: str) -> dict[str, Any]:
    """A key as a provider's document of keys says it."""
    kinds: dict[type, Any] = {
        rsa.RSAPrivateKey: RSAAlgorithm,
        ec.EllipticCurvePrivateKey: ECAlgorithm,
        ed25519.Ed25519PrivateKey: OKPAlgorithm,
    }
    algorithm = next(made for kind, made in kinds.items() if isinstance(key, kind))
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": alg, **more}


def half(text: str, size: int = 256) -> str:
    digest = hashlib.new(f"sha{size}", text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def claims(provider: Provider = PROVIDER, now: datetime = NOW, **said: Any) -> dict[str, Any]:
    """A good ID token's claims, with what is said otherwise; None leaves one out."""
    at = int(now.timestamp())
    good = {
        "iss": provider.issuer,
        "aud": provider.client_id,
        "azp": provider.client_id,
        "sub": "f:4711:sri",
        "sid": "provider-session-1",
        "iat": at,
        "exp": at + 300,
        "nonce": NONCE,
        "at_hash": half(ACCESS),
        "nip": "19850312 201001 2 003",
        "email": "sri@example.go.id",
        "email_verified": True,
        "name": "Sri Lestari",
    }
    return {name: value for name, value in {**good, **said}.items() if value is not None}


def goodbye(provider: Provider = PROVIDER, now: datetime = NOW, **said: Any) -> dict[str, Any]:
    """A good logout token's claims, with what is said otherwise; None leaves one out."""
    at = int(now.timestamp())
    good = {
        "iss": provider.issuer,
        "aud": provider.client_id,
        "iat": at,
        "exp": at + 120,
        "jti": "message-1",
        "sub": "f:4711:sri",
        "sid": "provider-session-1",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }
    return {name: value for name, value in {**good, **said}.items() if value is not None}


def token(
    said: Mapping[str, Any], key: Any = RSA, alg: str = "RS256", kid: str | None = "1", **header: Any
) -> str:
    kept = {**({"kid": kid} if kid else {}), **header}
    return jwt.encode(dict(said), key, algorithm=alg, headers=kept)


def by_hand(
    header: Mapping[str, Any], payload: bytes | Mapping[str, Any], secret: bytes | None = None
) -> str:
    """A token that no library would make: signed by nothing, or by a secret that is a public key."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    start = ".".join(_part(part) for part in (json.dumps(header).encode(), body))
    signature = hmac.digest(secret, start.encode(), "sha256") if secret is not None else b""
    return f"{start}.{_part(signature)}"


def pem(key: Any) -> bytes:
    made: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
