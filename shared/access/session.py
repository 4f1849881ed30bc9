"""The session of a signed-in person: a signed token that names the person and ends; no role and no secret is inside.

Roles are looked up at every request, so that an office that ended yesterday opens nothing today.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

COOKIE = "jejak_session"
LIFETIME = timedelta(hours=10)
_ISSUER = "jejak"


@dataclass(frozen=True, slots=True)
class Session:
    """`id` is different at every sign-in; form tokens are bound to it."""

    id: str
    person: str
    ends_at: datetime


class SessionInvalid(Exception):
    """The token is forged, ended or not ours."""


def issue(person: str, *, secret: str, now: datetime, lifetime: timedelta = LIFETIME) -> str:
    """A token for this person. `secret` signs it (HS256) and is at least 32 bytes."""
    claims = {"iss": _ISSUER, "sub": person, "jti": uuid.uuid4().hex, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, secret, algorithm="HS256")


def read(token: str, *, secret: str, now: datetime) -> Session:
    """The session that a token names. Raises SessionInvalid."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            issuer=_ISSUER,
            options={"require": ["sub", "jti", "exp"], "verify_exp": False, "verify_iat": False},
        )
        ends_at = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
        session = Session(id=str(claims["jti"]), person=str(claims["sub"]), ends_at=ends_at)
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise SessionInvalid(type(error).__name__) from error
    if now >= session.ends_at:
        raise SessionInvalid("ended")
    return session
