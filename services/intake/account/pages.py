"""Pages of local accounts for officials: who has one, and one of them with what may be done.

Serves every SOP step. Previous hop: a person's browser. Next hop: `account/orders.py`, with the same
orders as `account/api.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from fastapi import APIRouter, Request, Response

from services.intake.account import orders, queries
from shared.web.for_pages import (
    Act,
    Acting,
    CommandAnswer,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    does,
    form_of,
    later,
    reads,
    render,
    running_of,
    see_other,
    sentence_of,
    text_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.regions import people_in_sight

router = APIRouter()


@router.get("/akun/lokal", dependencies=[reads("intake.accounts")])
async def accounts(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.accounts(conn, people_in_sight(request))
    return render(
        request, "local_accounts.html", accounts=found, asking=[row for row in found if row["asked_by"]]
    )


@router.get("/akun/lokal/{person}", dependencies=[reads("intake.accounts")])
async def account(person: str, request: Request, look: Look) -> Response:
    return await _page(request, look, person)


@router.post("/akun/lokal/{person}/undangan", dependencies=[does("intake.InviteAccount")])
async def invite(person: str, request: Request, act: Act) -> Response:
    return await _with_link(request, act, person, orders.invite)


@router.post("/akun/lokal/{person}/persetujuan", dependencies=[does("intake.ApproveRecovery")])
async def approve(person: str, request: Request, act: Act) -> Response:
    return await _with_link(request, act, person, orders.approve_recovery)


@router.post("/akun/lokal/{person}/pemulihan", dependencies=[does("intake.AskRecovery")])
async def ask(person: str, request: Request, act: Act) -> Response:
    done = later("Pemulihan diminta. Pejabat kedua harus menyetujuinya.")
    return await _with_reason(request, act, person, orders.ask_recovery, done)


@router.post("/akun/lokal/{person}/penolakan", dependencies=[does("intake.RefuseRecovery")])
async def refuse(person: str, request: Request, act: Act) -> Response:
    return await _with_reason(request, act, person, orders.refuse_recovery, later("Pemulihan ditolak."))


@router.post("/akun/lokal/{person}/penutupan", dependencies=[does("intake.CloseAccount")])
async def close(person: str, request: Request, act: Act) -> Response:
    done = later("Akun ditutup, dan sesinya berakhir.")
    return await _with_reason(request, act, person, orders.close, done)


async def _with_link(
    request: Request,
    act: Act,
    person: str,
    order: Callable[[Acting, str], Awaitable[tuple[CommandAnswer, str]]],
) -> Response:
    """The page with the link, which is shown here and never again."""
    look = Looking(request, act.response)
    try:
        _answer, link = await order(act, person)
    except Refused as error:
        return await _page(request, look, person, (_error(error),))
    return await _page(request, look, person, link=link)


async def _with_reason(
    request: Request,
    act: Act,
    person: str,
    order: Callable[[Acting, str, str], Awaitable[CommandAnswer]],
    done: str,
) -> Response:
    form = await form_of(request)
    try:
        await order(act, person, text_of(form, "reason"))
    except Refused as error:
        return await _page(request, Looking(request, act.response), person, (_error(error),), typed(form))
    return see_other(request, f"/akun/lokal/{person}", _(done))


def _error(error: Refused) -> FieldError:
    return FieldError(error.field or "", sentence_of(error))


async def _page(
    request: Request,
    look: Looking,
    person: str,
    errors: Sequence[FieldError] = (),
    values: Mapping[str, str] | None = None,
    link: str = "",
) -> Response:
    running = running_of(request)
    known = running.people.find(person)
    if known is None:
        raise NotFound
    async with running.pool.connection() as conn:
        found = await queries.account_of(conn, person)
    return render(
        request,
        "local_account.html",
        status_code=422 if errors else 200,
        errors=errors,
        person=known,
        account=found,
        link=link,
        values=values or {},
        who=running.people.name,
        own=known.id == look.person,
        allowed="local" in running.settings.login,
        may_change=look.may("intake.InviteAccount"),
    )
