"""Signing in by a local account: name and password, then the second factor; and the session that follows.

Serves every SOP step. Previous hop: `account/door_pages.py`. Next hop: the account's stream, which says
what counts, and the database of sessions. Whether an account exists shows neither in an answer nor in its
time: the same is asked and hashed for a name that nobody has.
"""

import json
import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

import structlog
from fastapi import Request, Response

from services.intake import streams
from services.intake.account.local import NOBODY, Local, demands_second, local_of
from services.intake.domain.account import Account, Active, Invited
from services.intake.domain.account_commands import ActivateAccount
from shared.access.local import codes, passwords
from shared.access.local.limits import Keys, network_of
from shared.access.local.passwords import fits, prepared
from shared.access.people import Person
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.web.running import is_https, running_of, today_of

log = structlog.get_logger()
_SPACED = re.compile(r"[\s.-]")
_ACTIVATING = uuid.UUID("5a0d3f0e-6f0f-4c8b-9a6e-2f6d8f4f5b11")
Awaited = Literal["second", "enrol"]
"""What is asked of whoever has shown the password: a second factor, or to set one up."""


class NotIn(Exception):
    """Name and password do not belong together; which of them is wrong is not said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody who has shown the password of an active account; `awaits` is None where that is enough."""

    person: Person
    account: Active
    awaits: Awaited | None


async def show_password(request: Request, name: str, password: str) -> Shown:
    """Raises NotIn, TooMany, AccessAway."""
    local, person = local_of(request), _person_of(request, name)
    keys, known = _keys(request, person.id if person else _typed(name))
    await local.tries.count(keys)
    typed = prepared(password) if fits(password) else ""
    asked = person.id if person else NOBODY
    account, kept = await local.account(asked), await local.vault.password_of(asked)
    hashed = kept.hash if kept is not None and person is not None else local.hashing.nobody
    right = await local.hashing.matches(hashed, typed, known=known) if fits(typed) else False
    if not right or person is None or kept is None or not person.offices_on(today_of(request)):
        raise NotIn
    if account.phase == Invited(
        kept.number
    ):  # the link was used, and then something broke off: now it is said
        account = await activate(local, person, kept.number, today_of(request))
    if not isinstance(account.phase, Active) or account.phase.invitation != kept.number:
        raise NotIn
    if passwords.is_outdated(kept.hash):
        await local.vault.change_password(person.id, kept.hash, await local.hashing.hash(typed))
    await local.tries.forgive(keys)
    return shown(request, person, account.phase)


def shown(request: Request, person: Person, account: Active) -> Shown:
    """What is asked next of somebody who has shown the password, or has just set it."""
    if account.factors:
        return Shown(person, account, "second")
    return Shown(person, account, "enrol" if demands_second(request, person) else None)


async def activate(local: Local, person: Person, number: int, today: date) -> Account:
    """Says that the password of this invitation was set; once, whoever comes here. Raises Refused."""
    running = local.running
    office = next(iter(person.offices_on(today)), None)
    command = ActivateAccount(person=person.id, invitation=number, occurred_on=today)
    await running.handler.handle(
        Order(stream=streams.account(person.id), command=command, case_id=streams.SETTINGS),
        actor=Actor(
            person=person.id,
            role=office.role if office else "system",
            agency=office.agency if office else person.agency,
        ),
        command_id=uuid.uuid5(_ACTIVATING, f"{person.id}/{number}"),
    )
    return await local.account(person.id)


async def hand_ticket(request: Request, answer: Response, shown: Shown, target: str) -> Response:
    """The browser may show its second factor now, within ten minutes and for this sign-in alone."""
    assert shown.awaits is not None
    content: dict[str, Any] = {"target": target}
    if shown.awaits == "enrol":
        content["key"] = codes.new_key()
    made = await local_of(request).vault.hand_out(shown.awaits, shown.person.id, json.dumps(content))
    answer.set_cookie(
        _ticket_cookie(request),
        f"{shown.awaits}.{made}",
        max_age=600,
        httponly=True,
        samesite="strict",
        secure=is_https(request),
        path="/",
    )
    return answer


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-in that waits for its second factor."""

    person: Person
    account: Active
    awaits: Awaited
    secret: str
    target: str
    key: str = ""


async def waiting(request: Request, *, tries: bool = False) -> Waiting | None:
    """The sign-in that this browser has begun, while its account stands as it did; None for none. With
    `tries` it is counted. Raises TooMany, AccessAway.
    """
    awaits, _, secret = request.cookies.get(_ticket_cookie(request), "").partition(".")
    if awaits not in {"second", "enrol"} or not secret:
        return None
    local, purpose = local_of(request), cast("Awaited", awaits)
    ticket = await (local.vault.try_with(purpose, secret, 5) if tries else local.vault.see(purpose, secret))
    person = running_of(request).people.find(ticket.person) if ticket else None
    if ticket is None or person is None:
        return None
    account = (await local.account(person.id)).phase
    if not isinstance(account, Active) or shown(request, person, account).awaits != purpose:
        return None
    if tries:
        await local.tries.count(code_keys(request, person.id))
    content = json.loads(ticket.content)
    return Waiting(person, account, purpose, secret, content["target"], content.get("key", ""))


async def use_up(request: Request, waiting: Waiting) -> bool:
    """Whether this sign-in goes on here: once."""
    return await local_of(request).vault.take(waiting.awaits, waiting.secret) is not None


def code_keys(request: Request, person: str) -> Keys:
    """What is counted for a second factor: apart for a browser that has signed in before as this person."""
    kind = _device(request, person) or "others"
    return {"code": f"{person}\n{kind}", "code-day": f"{person}\n{kind}"}


def forget_ticket(request: Request, answer: Response) -> None:
    answer.delete_cookie(
        _ticket_cookie(request), path="/", secure=is_https(request), httponly=True, samesite="strict"
    )


def remember_device(request: Request, answer: Response, person: str) -> None:
    """From now on the browser is known as one of this person's."""
    devices = local_of(request).devices
    answer.set_cookie(
        devices.cookie_of(person),
        devices.fresh(person),
        max_age=400 * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=is_https(request),
        path="/",
    )


def _keys(request: Request, about: str) -> tuple[Keys, bool]:
    """What is counted for a password, and whether the browser is a known one."""
    if nonce := _device(request, about):
        return {"device": f"{about}\n{nonce}"}, True
    address = network_of(request.client.host if request.client else "")
    return {"person": about, "address": address, "everybody": ""}, False


def _device(request: Request, person: str) -> str:
    devices = local_of(request).devices
    return devices.known(person, request.cookies.get(devices.cookie_of(person), ""))


def _ticket_cookie(request: Request) -> str:
    return "__Host-jejak_second" if is_https(request) else "jejak_second"


def _typed(name: str) -> str:
    return "?" + unicodedata.normalize("NFKC", name[:200]).strip().casefold()


def _person_of(request: Request, name: str) -> Person | None:
    """By the id, or by the NIP as it is printed."""
    people, typed = running_of(request).people, _typed(name)[1:]
    if (found := people.find(typed)) is not None:
        return found
    nip = _SPACED.sub("", typed)
    named = [one for one in people.persons.values() if nip.isdigit() and _SPACED.sub("", one.nip) == nip]
    return named[0] if len(named) == 1 else None
