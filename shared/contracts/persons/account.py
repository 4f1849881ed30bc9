"""Events of intake about local accounts: what is known of them without being secret.

A stream of a person, `account-<person>`. Passwords, keys and codes stand in no event, nor does anything from
which one could be guessed; they lie in the database of sessions (ADR 38).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInvited:
    """A link was made by which this person sets a password; it alone counts from now on. `invitation`
    numbers the links of a person. `recovery`: the account was open once, and whatever opened it before
    opens nothing any more; two officials agreed to it, or whoever holds the machine made it (`by` is
    `jejak:terminal`).
    """

    person: str
    invitation: int
    recovery: bool
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActivated:
    """Whoever held the link of this invitation has set a password."""

    person: str
    invitation: int
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    """The person has given the account another password."""

    person: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorSet:
    """From now on signing in asks also for this. `label` is what the person calls it."""

    person: str
    factor: str
    means: Literal["totp", "passkey"]
    label: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRemoved:
    """A second factor opens nothing any more."""

    person: str
    factor: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryAsked:
    """An official says that the person stands before him and cannot sign in; a second one must agree."""

    person: str
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryApproved:
    """A second official has agreed; the invitation follows in the same decision."""

    person: str
    asked_by: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRefused:
    """The recovery that was asked for does not happen; the account stays as it was."""

    person: str
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClosed:
    """Nobody signs in by this account any more. Two officials may open it again, by a recovery."""

    person: str
    reason: str
    by: str
    occurred_on: date
