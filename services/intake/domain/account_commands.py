"""Commands about local accounts.

Serves every SOP step. Previous hop: `account/orders.py`. Next hop: `domain/account.py`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.fields import Id, Name, Person, Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteAccount:
    """Makes a link by which the person sets a password. `terminal`: by whoever holds the machine, who can do
    everything anyway; it is how the first official of an installation gets in.
    """

    person: Person
    terminal: bool
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateAccount:
    """A password was set with the link of this invitation: by the service, which saw the link."""

    person: Person
    invitation: int
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    person: Person
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSecondFactor:
    """The person has shown to hold this second factor; its secret lies there under `invitation`."""

    person: Person
    invitation: int
    factor: Id
    means: Literal["totp", "passkey"]
    label: Name
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSecondFactor:
    """`demanded`: an office of the person demands one, so that the last must stay."""

    person: Person
    factor: Id
    demanded: bool
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRecovery:
    person: Person
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRecovery:
    person: Person
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseRecovery:
    person: Person
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestRecovery:
    """The person, who is signed in, says that nothing needs to be recovered."""

    person: Person
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccount:
    person: Person
    reason: Prose
    by: Person
    occurred_on: date


Command = (
    InviteAccount
    | ActivateAccount
    | ChangePassword
    | SetSecondFactor
    | RemoveSecondFactor
    | AskRecovery
    | ApproveRecovery
    | RefuseRecovery
    | ContestRecovery
    | CloseAccount
)
