"""*Akun saya*: the own password and second factors, and a recovery that somebody else has asked for.

Serves every SOP step. Previous hop: a person's browser. Next hop: `account/own.py` and
`account/second.py`. Whatever changes what opens the account asks for the password once more: a window that
was left open is not its person.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.exceptions import HTTPException

from services.intake.account import own, second
from services.intake.account.door_pages import chosen_password, setting_up, too_many, wrong_code
from services.intake.account.entering import NotIn
from services.intake.account.local import local_of
from services.intake.domain.account import Active
from services.intake.domain.account_commands import (
    ChangePassword,
    ContestRecovery,
    RemoveSecondFactor,
)
from shared.access.local import codes
from shared.access.local.limits import TooMany
from shared.web.declared import signed_in
from shared.web.for_pages import FieldError, Refused, render, see_other, sentence_of
from shared.web.for_pages import gettext as _

router = APIRouter()
HERE = "/saya"
Typed = Annotated[str, Form()]


@router.get("/saya", dependencies=[signed_in()])
async def mine(request: Request) -> Response:
    return await _page(request)


@router.post("/saya/sandi", dependencies=[signed_in()])
async def change_password(
    request: Request, current_password: Typed = "", password: Typed = "", password_again: Typed = ""
) -> Response:
    try:
        mine = await own.prove(request, current_password)
        chosen = chosen_password(request, mine.person, password, password_again)
        await own.say(request, ChangePassword)
        await own.change_password(request, mine, chosen)
    except (NotIn, Refused, TooMany) as error:
        return await _page(request, _errors(error))
    return see_other(request, HERE, _("Kata sandi diganti. Sesi Anda yang lain sudah berakhir."))


@router.post("/saya/faktor", dependencies=[signed_in()])
async def begin(request: Request, current_password: Typed = "") -> Response:
    """A second factor is set up: the page with the picture and the passkey button."""
    try:
        mine = await own.prove(request, current_password)
    except (NotIn, Refused, TooMany) as error:
        return await _page(request, _errors(error))
    key = codes.new_key()
    ticket = await local_of(request).vault.hand_out(
        "enrol", mine.person.id, json.dumps({"own": True, "key": key})
    )
    return await _setting_up(request, mine, key, ticket)


@router.post("/saya/faktor/baru", dependencies=[signed_in()])
async def add(
    request: Request,
    setup_token: Typed = "",
    otp: Typed = "",
    passkey_token: Typed = "",
    label: Typed = "",
) -> Response:
    local, mine = local_of(request), await own.account(request)
    ticket = await local.vault.try_with("enrol", setup_token, 5)
    content = json.loads(ticket.content) if ticket else {}
    if mine is None or ticket is None or ticket.person != mine.person.id or not content.get("own"):
        return await _page(request, (FieldError("", _("Waktu untuk memasang sudah lewat. Mulailah lagi.")),))
    try:
        if passkey_token:
            await second.add_passkey(request, mine.person, mine.account, passkey_token, label)
        else:
            await second.add_code(request, mine.person, mine.account, content["key"], otp, label)
    except second.WrongCode:
        return await _setting_up(request, mine, content["key"], setup_token, (wrong_code(),), label)
    except Refused as error:
        return await _setting_up(request, mine, content["key"], setup_token, _errors(error), label)
    await local.vault.take("enrol", setup_token)
    return see_other(request, HERE, _("Faktor kedua terpasang."))


@router.post("/saya/faktor/hapus", dependencies=[signed_in()])
async def remove(request: Request, factor: Typed = "", current_password: Typed = "") -> Response:
    try:
        mine = await own.prove(request, current_password, field="remove_password")
        await own.say(request, RemoveSecondFactor, factor=factor, demanded=own.demanded_of(request))
        await local_of(request).vault.remove_factor(mine.person.id, factor)
    except (NotIn, Refused, TooMany) as error:
        return await _page(request, _errors(error))
    return see_other(request, HERE, _("Faktor kedua dihapus."))


@router.post("/saya/pemulihan", dependencies=[signed_in()])
async def contest(request: Request) -> Response:
    try:
        await own.say(request, ContestRecovery)
    except Refused as error:
        return await _page(request, _errors(error))
    return see_other(request, HERE, _("Pemulihan dibatalkan; akun Anda tetap seperti semula."))


def _errors(error: NotIn | Refused | TooMany) -> tuple[FieldError, ...]:
    match error:
        case Refused():
            return (FieldError(error.field or "", sentence_of(error)),)
        case TooMany():
            raise HTTPException(
                429, too_many(error), {"Retry-After": str(int(error.wait.total_seconds()) + 1)}
            )
        case _:
            return (FieldError("current_password", _("Kata sandi Anda yang sekarang tidak cocok.")),)


async def _page(request: Request, errors: Sequence[FieldError] = ()) -> Response:
    mine = await own.state(request)
    return render(
        request,
        "own_account.html",
        status_code=422 if errors else 200,
        errors=errors,
        account=mine,
        active=isinstance(mine.phase, Active),
        factors=mine.phase.factors if isinstance(mine.phase, Active) else (),
        demanded=own.demanded_of(request),
    )


async def _setting_up(
    request: Request,
    mine: own.Mine,
    key: str,
    ticket: str,
    errors: Sequence[FieldError] = (),
    label: str = "",
) -> Response:
    task = await second.ask_new_passkey(request, mine.person, mine.account)
    shown: dict[str, Any] = setting_up(local_of(request), mine.person, key, task, label)
    return render(
        request,
        "second_set.html",
        status_code=422 if errors else 200,
        errors=errors,
        setup_token=ticket,
        back=HERE,
        **shown,
    )
