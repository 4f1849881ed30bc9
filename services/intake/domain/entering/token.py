"""Token: a system of an agency acts under an office that a person holds, as itself and never as that person.

Serves every SOP step in which an agency's own system says something. Nobody gives a token to himself, none
lasts longer than a year, one that was ended stays so, and none is lent an office that keeps people.
Previous hop: `token/orders.py`. Next hop: the read model, and the database `access`, which knows the secret.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, assert_never

from shared.contracts.fields import Id, Person, PlannedDay, Prose, Region
from shared.contracts.persons.token import TokenEnded, TokenGiven, TokenRenewed
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = TokenGiven | TokenRenewed | TokenEnded
Role = Literal["subkoordinator", "unsur_opd", "tim_spm", "arsiparis", "inspektur"]
"""Every role but those that keep people: who can give tokens and offices cannot be a program."""
LONGEST: Final = timedelta(days=366)


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveToken:
    """Gives a system a token; `token` is the region and a name that no other token ever had."""

    region: Region
    token: Id
    role: Role
    agency: Id
    holder: Person
    purpose: Prose
    valid_until: PlannedDay
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewToken:
    """Another secret, and another last day."""

    region: Region
    token: Id
    valid_until: PlannedDay
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndToken:
    """The token opens nothing any more."""

    region: Region
    token: Id
    reason: Prose
    by: Person
    occurred_on: date


Command = GiveToken | RenewToken | EndToken


# State


@dataclass(frozen=True, slots=True)
class Token:
    """`number`: how many secrets were made; 0 for no token at all."""

    number: int = 0
    holder: str = ""
    ended: bool = False


# Decide


def decide(command: Command, token: Token) -> Sequence[Event]:
    match command:
        case GiveToken():
            return give(command, token)
        case RenewToken():
            return renew(command, token)
        case EndToken():
            return end(command, token)
        case _:
            assert_never(command)


def give(command: GiveToken, token: Token) -> Sequence[Event]:
    if token.number:
        raise Refused("token-known", "Nama ini sudah pernah dipakai; pilih yang lain.", field="name")
    if not command.token.startswith(f"{command.region}-"):
        raise Refused("token-elsewhere", "Nama token dimulai dengan kode daerahnya.", field="name")
    if not command.purpose.strip():
        raise Refused("purpose-missing", "Tulis untuk apa token ini.", field="purpose")
    _not_to_oneself(command.by, command.holder)
    _lasts(command)
    return [combined(TokenGiven, command, number=1)]


def renew(command: RenewToken, token: Token) -> Sequence[Event]:
    _known(token)
    if token.ended:
        raise Refused("token-closed", "Token ini sudah diakhiri; berikan yang baru.")
    _not_to_oneself(command.by, token.holder)
    _lasts(command)
    return [combined(TokenRenewed, command, number=token.number + 1)]


def end(command: EndToken, token: Token) -> Sequence[Event]:
    _known(token)
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis alasannya.", field="reason")
    return [] if token.ended else [combined(TokenEnded, command)]


def _known(token: Token) -> None:
    if not token.number:
        raise Refused("token-unknown", "Token ini tidak ada.", field="token")


def _not_to_oneself(by: str, holder: str) -> None:
    if by == holder:
        raise Refused(
            "token-to-oneself",
            "Tidak seorang pun memberi token kepada dirinya sendiri; minta pejabat lain.",
            field="holder",
        )


def _lasts(command: GiveToken | RenewToken) -> None:
    if command.valid_until < command.occurred_on:
        raise Refused("token-over", "Hari terakhirnya sudah lewat.", field="valid_until")
    if command.valid_until - command.occurred_on > LONGEST:
        raise Refused("token-too-long", "Token berlaku paling lama setahun.", field="valid_until")


# Evolve


def evolve(token: Token, event: Event) -> Token:
    match event:
        case TokenGiven(holder=holder, number=number):
            return Token(number, holder)
        case TokenRenewed(number=number):
            return replace(token, number=number)
        case TokenEnded():
            return replace(token, ended=True)
        case _:
            assert_never(event)


token = Decider(initial=Token(), decide=decide, evolve=evolve)
