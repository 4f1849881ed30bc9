"""Login: who somebody at an identity provider is here. Joined once, by an official who looked, never by
what a provider says alone.

Serves every SOP step: who signs in by it acts as that person. Previous hop: `login/orders.py`.
Next hop: the read model that signing in asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, assert_never

from shared.contracts.fields import Digest, Name, Origin, Person, Prose, Short
from shared.contracts.persons.login import LoginJoined, LoginParted, LoginRequested
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = LoginRequested | LoginJoined | LoginParted

MOST_REQUESTS: Final = 10
"""So often at most what a provider says of one login is recorded while nobody answers: people can change
their names there as they like.
"""


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLogin:
    """Somebody signed in at a provider and is not joined: by the service itself."""

    login: Digest
    issuer: Origin
    nip: Short
    email: Name
    name: Name
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinLogin:
    """A login is that person. `known_nip`: the person's as it stands here, empty where there is none."""

    login: Digest
    person: Person
    known_nip: Short
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLogin:
    """A login is nobody's any more."""

    login: Digest
    reason: Prose
    by: Person
    occurred_on: date


Command = RequestLogin | JoinLogin | PartLogin


# State


@dataclass(frozen=True, slots=True)
class Login:
    """`requests`: how often it asked since somebody last decided; `nip`, `email`, `name` as last said."""

    requests: int = 0
    nip: str = ""
    email: str = ""
    name: str = ""
    person: str = ""
    parted: bool = False


# Decide


def decide(command: Command, login: Login) -> Sequence[Event]:
    match command:
        case RequestLogin():
            return request(command, login)
        case JoinLogin():
            return join(command, login)
        case PartLogin():
            return part(command, login)
        case _:
            assert_never(command)


def request(command: RequestLogin, login: Login) -> Sequence[Event]:
    said = (command.nip, command.email, command.name) == (login.nip, login.email, login.name)
    if login.person or login.requests >= MOST_REQUESTS or (login.requests and said):
        return []
    return [combined(LoginRequested, command)]


def join(command: JoinLogin, login: Login) -> Sequence[Event]:
    if command.by == command.person:
        raise Refused(
            "login-own", "Akun Anda sendiri dihubungkan oleh pejabat lain, bukan oleh Anda.", field="person"
        )
    if login.person == command.person:
        return []
    if login.person:
        raise Refused(
            "login-joined", "Akun ini sudah milik pegawai lain; putuskan dahulu hubungannya.", field="person"
        )
    if not login.requests:
        raise Refused("login-unknown", "Tidak ada permintaan yang menunggu dari akun ini.", field="person")
    if login.nip and command.known_nip and login.nip != command.known_nip:
        raise Refused(
            "login-nip-differs",
            "NIP yang disebut penyedia ({said}) bukan NIP pegawai ini ({known}).",
            field="person",
            said=login.nip,
            known=command.known_nip,
        )
    return [combined(LoginJoined, command)]


def part(command: PartLogin, login: Login) -> Sequence[Event]:
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis alasannya.", field="reason")
    if not login.person and not login.parted:
        raise Refused("login-not-joined", "Akun ini tidak dihubungkan dengan siapa pun.")
    if not login.person:
        return []
    return [combined(LoginParted, command, person=login.person)]


# Evolve


def evolve(login: Login, event: Event) -> Login:
    match event:
        case LoginRequested(nip=nip, email=email, name=name):
            return replace(login, requests=login.requests + 1, nip=nip, email=email, name=name)
        case LoginJoined(person=person):
            return replace(login, requests=0, person=person)
        case LoginParted():
            return replace(login, requests=0, person="", parted=True)
        case _:
            assert_never(event)


login = Decider(initial=Login(), decide=decide, evolve=evolve)
