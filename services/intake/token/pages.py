"""Pages of tokens: those that the viewer's agencies have, one given there; each renewed and ended on its own
page, where its secret is shown once.

Serves every SOP step. Previous hop: a person's browser. Next hop: `token/orders.py`, with the same orders as
`token/api.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, get_args

from fastapi import APIRouter, Request, Response

from services.intake.domain.entering.token import Role
from services.intake.token import orders, queries
from services.intake.token.shapes import EndIn, GiveIn, RenewIn, TokenPath
from shared.access.people import ROLES
from shared.web.for_pages import (
    Act,
    Conflict,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    does,
    field_errors,
    form_of,
    reads,
    render,
    running_of,
    said_in,
    see_other,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.regions import people_in_sight
from shared.web.visitor import tokens_of, viewer_of

router = APIRouter()
LASTS = timedelta(days=180)
"""What the form proposes."""
Errors = Sequence[FieldError]


@router.get("/token", dependencies=[reads("intake.tokens")])
async def listing(request: Request, look: Look) -> Response:
    return await _listing(request, look)


@router.post("/token", dependencies=[does("intake.GiveToken")])
async def give(request: Request, act: Act) -> Response:
    form, look = await form_of(request), Looking(request, act.response)
    try:
        _answer, name, secret = await orders.give(act, said_in(form, GiveIn))
    except (Refused, Conflict) as error:
        return await _listing(request, look, typed(form), _errors(error))
    return await _one(request, look, name, secret=secret or "", given=True)


@router.get("/token/{token}", dependencies=[reads("intake.tokens")])
async def one(token: TokenPath, request: Request, look: Look) -> Response:
    return await _one(request, look, token)


@router.post("/token/{token}/perbarui", dependencies=[does("intake.RenewToken")])
async def renew(token: TokenPath, request: Request, act: Act) -> Response:
    form, look = await form_of(request), Looking(request, act.response)
    try:
        _answer, _name, secret = await orders.renew(act, token, said_in(form, RenewIn))
    except (Refused, Conflict) as error:
        return await _one(request, look, token, typed(form), _errors(error))
    return await _one(request, look, token, secret=secret or "", given=True)


@router.post("/token/{token}/akhiri", dependencies=[does("intake.EndToken")])
async def end(token: TokenPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.end(act, token, said_in(form, EndIn))
    except (Refused, Conflict) as error:
        return await _one(request, Looking(request, act.response), token, typed(form), _errors(error))
    return see_other(request, f"/token/{token}", _("Token diakhiri; tidak membuka apa pun lagi."))


def _errors(error: Refused | Conflict) -> Errors:
    return field_errors(error, {}, _("Token ini berubah sejak Anda melihatnya. Periksa lagi, lalu ulangi."))


async def _listing(
    request: Request, look: Looking, values: Mapping[str, str] | None = None, errors: Errors = ()
) -> Response:
    running, today = running_of(request), today_of(request)
    viewer = look.running.permissions.reading(viewer_of(request), "intake.tokens")
    async with running.pool.connection() as conn:
        rows = await queries.tokens(conn, viewer)
    kept, people = await tokens_of(request).kept(), running.people
    return render(
        request,
        "tokens.html",
        status_code=422 if errors else 200,
        tokens=[queries.standing(row, kept, people, today) for row in rows],
        roles=[(role, _(ROLES[role])) for role in get_args(Role)],
        agencies=sorted(people.of(look.region).agencies.items(), key=lambda agency: agency[1]),
        holders=_holders(request),
        until=today + LASTS,
        may_give=look.may("intake.GiveToken"),
        values=values or {},
        errors=errors,
        **_names(request),
    )


async def _one(
    request: Request,
    look: Looking,
    token: str,
    values: Mapping[str, str] | None = None,
    errors: Errors = (),
    secret: str = "",
    *,
    given: bool = False,
) -> Response:
    running, today = running_of(request), today_of(request)
    viewer = running.permissions.reading(viewer_of(request), "intake.tokens")
    async with running.pool.connection() as conn:
        row = await queries.token_of(conn, viewer, token)
    if row is None:
        raise NotFound
    kept = await tokens_of(request).kept()
    return render(
        request,
        "token.html",
        status_code=422 if errors else 200,
        token=queries.standing(row, kept, running.people, today),
        secret=secret,
        given=given,
        until=today + LASTS,
        may_renew=look.may("intake.RenewToken") and row["holder"] != look.person,
        may_end=look.may("intake.EndToken"),
        values=values or {},
        errors=errors,
        **_names(request),
    )


def _holders(request: Request) -> list[tuple[str, str]]:
    """Who has an office today, by name, but for whoever gives."""
    serving = people_in_sight(request).serving_on(today_of(request))
    people = running_of(request).people
    others = [person for person in serving if person.id != viewer_of(request).person]
    return [
        (person.id, f"{person.name} ({people.of(person.region).agency_name(person.agency)})")
        for person in sorted(others, key=lambda person: (person.name, person.id))
    ]


def _role_name(role: str) -> str:
    return _(ROLES.get(role, role))


def _names(request: Request) -> dict[str, Any]:
    """What ids are called."""
    people = running_of(request).people
    return {"who": people.name, "agency_name": people.agency_name, "role_name": _role_name}
