"""Second factors, shown and set up: codes of an app, and passkeys.

Serves every SOP step. Previous hop: `account/door_pages.py` and `account/own_pages.py`.
Next hop: the account's stream for what the account holds, the vault for the secret of it.

A factor lies in the vault before the account says that it holds it: where something breaks off in between, it
opens nothing and demands nothing, and goes within the hour.
"""

import secrets
import uuid
from typing import Literal

from fastapi import Request

from services.intake import streams
from services.intake.account.local import local_of
from services.intake.domain.account import Active
from services.intake.domain.account_commands import SetSecondFactor
from shared.access.local import codes, passkeys
from shared.access.local.passkeys import NotThePasskey
from shared.access.local.vault import Factor
from shared.access.people import Person
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.web.running import now_of, running_of, today_of


class WrongCode(Exception):
    """The code is none of now, or was used before; or the passkey is not one of this account."""


async def held(request: Request, person: str, account: Active) -> list[Factor]:
    """The secrets of the factors that the account holds, and of no other."""
    kept = await local_of(request).vault.factors_of(person, account.invitation)
    return [one for one in kept if account.factor(one.factor) is not None]


async def show_code(request: Request, person: str, account: Active, code: str) -> None:
    """Raises WrongCode, AccessAway."""
    local, now = local_of(request), now_of(request)
    for factor in await held(request, person, account):
        step = codes.step_of(factor.totp, code, now) if factor.totp else None
        if step is not None and await local.vault.use_step(person, factor.factor, step):
            return
    raise WrongCode


async def ask_passkey(request: Request, person: str, account: Active) -> str:
    """The browser's task, as JSON; empty where the account holds no passkey."""
    local = local_of(request)
    known = [one for one in await held(request, person, account) if one.credential]
    if not known or not local.site.can:
        return ""
    task = passkeys.ask_for_known(local.site, known)
    await local.vault.hand_out("passkey-in", person, "", secret=passkeys.challenge_in(task))
    return task


async def show_passkey(request: Request, person: str, account: Active, answer: str) -> None:
    """Raises WrongCode, AccessAway."""
    local = local_of(request)
    try:
        challenge = passkeys.challenge_of(answer)
        ticket = await local.vault.take("passkey-in", challenge)
        if ticket is None or ticket.person != person:
            raise WrongCode
        known = await held(request, person, account)
        factor, count = passkeys.signed_by(local.site, known, challenge, answer)
    except NotThePasskey as error:
        raise WrongCode from error
    if not await local.vault.use_count(person, factor.factor, count):
        raise WrongCode


async def ask_new_passkey(request: Request, person: Person, account: Active) -> str:
    """The browser's task, as JSON: make a new passkey; empty where browsers make none for this address."""
    local = local_of(request)
    if not local.site.can:
        return ""
    known = await held(request, person.id, account)
    task = passkeys.ask_for_new(local.site, person.id, person.name, known)
    await local.vault.hand_out("passkey-new", person.id, "", secret=passkeys.challenge_in(task))
    return task


async def add_code(
    request: Request, person: Person, account: Active, key: str, code: str, label: str
) -> None:
    """The app that shows codes of this key is a second factor now. Raises WrongCode, Refused, AccessAway."""
    step = codes.step_of(key, code, now_of(request))
    if step is None:
        raise WrongCode
    await _add(request, person, account, Factor(factor=_fresh(), totp=key), "totp", label, step=step)


async def add_passkey(request: Request, person: Person, account: Active, answer: str, label: str) -> None:
    """The new passkey is a second factor now. Raises WrongCode, Refused, AccessAway."""
    local = local_of(request)
    try:
        challenge = passkeys.challenge_of(answer)
        ticket = await local.vault.take("passkey-new", challenge)
        if ticket is None or ticket.person != person.id:
            raise WrongCode
        made = passkeys.registered(local.site, _fresh(), challenge, answer)
    except NotThePasskey as error:
        raise WrongCode from error
    await _add(request, person, account, made, "passkey", label)


async def _add(
    request: Request,
    person: Person,
    account: Active,
    factor: Factor,
    means: Literal["totp", "passkey"],
    label: str,
    *,
    step: int = -1,
) -> None:
    local, today = local_of(request), today_of(request)
    confirmed = [one.factor for one in account.factors]
    if not await local.vault.add_factor(person.id, account.invitation, factor, confirmed, step=step):
        raise Refused("factor-known", "Faktor kedua ini sudah terpasang, atau terlalu banyak yang dicoba.")
    mine = person.id
    command = combined(
        SetSecondFactor, account, factor, person=mine, by=mine, means=means, label=label, occurred_on=today
    )
    office = next(iter(person.offices_on(today)))
    await running_of(request).handler.handle(
        Order(stream=streams.account(person.id), command=command, case_id=streams.SETTINGS),
        actor=combined(Actor, office, person=person.id),
        command_id=uuid.uuid4(),
    )


def _fresh() -> str:
    return secrets.token_hex(8)
