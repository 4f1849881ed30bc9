"""How many tries there are, in the database, so that all processes count together.

Lock-out that locks nobody else out: a browser that has signed in before as this person holds a signed
cookie and is counted by itself; all others are counted together, by the person whom they try to be and by
the address they come from. Whoever guesses from elsewhere shuts elsewhere, not the person's own desk.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.access.session import Sessions

QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    span: timedelta


LIMITS: Final[Mapping[str, Limit]] = {
    "device": Limit(10, QUARTER),
    "person": Limit(10, QUARTER),
    "address": Limit(40, QUARTER),
    "everybody": Limit(3000, QUARTER),
    "code": Limit(10, QUARTER),
    "code-day": Limit(40, DAY),
    "own": Limit(10, QUARTER),
}
"""`device`: of a known browser. `person`, `address`, `everybody`: of all others, each counted apart.
`code`: of second factors, by person and kind of browser; a six-digit code must not be guessed in months
either. `own`: of somebody signed in who gives the password again.
"""


class TooMany(Exception):
    """Too many tries of this kind; `wait` is how long none is looked at."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


Keys = Mapping[str, str]
"""What is counted: kind of limit → whom or what it is about."""


class Tries:
    """Counted before they are looked at, so that a thousand at once are not a thousand tries."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def count(self, keys: Keys) -> None:
        """Raises TooMany, and AccessAway."""
        limits = [LIMITS[kind] for kind in keys]
        values = {
            "keys": _digests(keys),
            "most": [limit.most for limit in limits],
            "spans": [limit.span for limit in limits],
        }
        row = await self._sessions.ask(b"SELECT count_attempt(%(keys)s, %(most)s, %(spans)s)", values)
        if row is not None and row[0] is not None:
            raise TooMany(row[0])

    async def forgive(self, keys: Keys) -> None:
        """It was right, so it was no try. Raises AccessAway."""
        await self._sessions.ask(b"SELECT forgive_attempt(%(keys)s)", {"keys": _digests(keys)})


def _digests(keys: Keys) -> list[bytes]:
    return [hashlib.sha256(f"{kind}\n{about}".encode()).digest() for kind, about in keys.items()]


def network_of(address: str) -> str:
    """What is counted as one address: with IPv6 the network that one customer gets."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "?"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 56), strict=False))
    return str(found)


class Devices:
    """Cookies of browsers that have signed in before, one for each person; `key` is known to all web
    processes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"devices of local accounts", "sha256")

    def cookie_of(self, person: str) -> str:
        """What the cookie of a person is called; two persons at one machine have one each."""
        return f"jejak_device_{hashlib.sha256(person.encode()).hexdigest()[:12]}"

    def fresh(self, person: str) -> str:
        """What a browser gets that has just signed in."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._seal(person, nonce)}"

    def known(self, person: str, cookie: str) -> str:
        """By which name a known browser is counted; empty for every other."""
        nonce, _, seal = cookie.partition(".")
        sound = _NONCE.fullmatch(nonce) and hmac.compare_digest(
            seal.encode("utf-8", "replace"), self._seal(person, nonce).encode()
        )
        return nonce if sound else ""

    def _seal(self, person: str, nonce: str) -> str:
        return hmac.new(self._key, f"{nonce}\n{person}".encode(), "sha256").hexdigest()
