"""One attempt to sign in at a provider, bound to the browser that began it: sealed into a cookie, so that
nothing is kept here for whoever begins a thousand and finishes none.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec
from cryptography.fernet import Fernet, InvalidToken

LASTS_S: Final = 600
LONGEST_TARGET: Final = 1_000
"""Bytes of the address to go on to that travel along: a cookie holds four thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`state` comes back by the browser, `nonce` in the token, `verifier` proves that the code is ours."""

    provider: str
    target: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def challenge(self) -> str:
        """What PKCE (S256) sends ahead of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Seal:
    """Seals what a browser keeps for us; only this service opens it, an attempt not for long."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hmac.digest(key, b"signing in", "sha256")))

    def seal(self, attempt: Attempt) -> str:
        fits = len(attempt.target.encode()) <= LONGEST_TARGET
        return self.closed(msgspec.json.encode(attempt if fits else replace(attempt, target="/")).decode())

    def open(self, sealed: str) -> Attempt | None:
        """The attempt; None for what we did not seal, or too long ago."""
        try:
            return msgspec.json.decode(self.opened(sealed, LASTS_S), type=Attempt)
        except msgspec.MsgspecError:
            return None

    def closed(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def opened(self, sealed: str, lasts: int | None = None) -> str:
        """The text; empty for what we did not seal, or longer ago than it lasts."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=lasts).decode()
        except (InvalidToken, ValueError):
            return ""
