"""What a person does to the own account, signed in: shows the password again, and says what happens.

Serves every SOP step. Previous hop: `account/own_pages.py`. Next hop: `command_handler`. Not by way of
`Act`, which keeps a digest of what was sent: from one of a password the password could be guessed.
"""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.intake import streams
from services.intake.account.entering import NotIn
from services.intake.account.local import demands_second, local_of
from services.intake.domain.account import Account, Active
from shared.access.local.passwords import fits, prepared
from shared.access.local.vault import Password
from shared.access.people import Person
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.web.forms.csrf import form_of
from shared.web.running import running_of, today_of, traceparent_of
from shared.web.visitor import session_id_of, viewer_of

_SAID = uuid.UUID("0b2f9a58-7c1d-4d39-9a52-6a1f5a3a4c77")
_COMMAND = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Mine:
    """The own account, active; `password` where it was shown."""

    person: Person
    account: Active
    password: Password | None = None


async def state(request: Request) -> Account:
    """The own account as it stands, whether or not there is one."""
    return await local_of(request).account(viewer_of(request).person)


async def account(request: Request) -> Mine | None:
    """The own account; None where it is not active."""
    phase, person = (await state(request)).phase, _person(request)
    return Mine(person, phase) if isinstance(phase, Active) else None


async def prove(request: Request, password: str, *, field: str = "current_password") -> Mine:
    """The own account, for whoever knows its password. Raises NotIn, Refused, TooMany, AccessAway."""
    local, mine = local_of(request), await account(request)
    if mine is None:
        raise Refused("account-not-active", "Akun ini tidak aktif.", field=field)
    keys = {"own": mine.person.id}
    await local.tries.count(keys)
    kept = await local.vault.password_of(mine.person.id)
    typed = prepared(password) if fits(password) else ""
    current = kept is not None and kept.number == mine.account.invitation and fits(typed)
    if kept is None or not current or not await local.hashing.matches(kept.hash, typed, known=True):
        raise NotIn
    await local.tries.forgive(keys)
    return Mine(mine.person, mine.account, kept)


async def change_password(request: Request, mine: Mine, chosen: str) -> None:
    """After the event: where this breaks off, the old password still opens and the page has said no.
    Raises Refused where somebody was quicker, AccessAway.
    """
    local = local_of(request)
    assert mine.password is not None
    changed = await local.vault.change_password(
        mine.person.id, mine.password.hash, await local.hashing.hash(chosen)
    )
    if not changed:
        raise Refused("password-changed", "Kata sandi baru saja diganti di tempat lain. Coba lagi.")
    session, _by_cookie = session_id_of(request)
    await running_of(request).sessions.end_of(mine.person.id, kept=session)


async def say(request: Request, kind: Any, **said: Any) -> None:
    """Gives a command about the own account, which everybody may who is signed in. Raises Refused."""
    viewer, running = viewer_of(request), running_of(request)
    mine = viewer.person
    command = kind(person=mine, by=mine, occurred_on=today_of(request), **said)
    pressed = str((await form_of(request)).get("_command") or "")
    name = pressed if _COMMAND.fullmatch(pressed) else uuid.uuid4().hex
    await running.handler.handle(
        Order(stream=streams.account(viewer.person), command=command, case_id=streams.SETTINGS),
        actor=combined(Actor, viewer.offices[0], person=mine),
        command_id=uuid.uuid5(_SAID, f"{viewer.person}\n{name}"),
        traceparent=traceparent_of(request),
    )


def demanded_of(request: Request) -> bool:
    return demands_second(request, _person(request))


def _person(request: Request) -> Person:
    found = running_of(request).people.find(viewer_of(request).person)
    assert found is not None, "whoever is signed in is somebody"
    return found
