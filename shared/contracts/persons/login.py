"""Events of intake about logins: who asked to be let in by a provider, and who that is here.

A stream of a login, `login-<digest>`, is named by the digest of issuer and subject, which nobody needs to
read.
"""

from dataclasses import dataclass
from datetime import date

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequested:
    """Somebody whom nobody knows here signed in at a provider; or its provider says other things of the same
    one now. What it does not vouch for is empty.
    """

    login: str
    issuer: str
    nip: str
    email: str
    name: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginJoined:
    """From now on whoever signs in by this login is this person here."""

    login: str
    person: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginParted:
    """From now on this login is nobody's here."""

    login: str
    person: str
    reason: str
    by: str
    occurred_on: date
