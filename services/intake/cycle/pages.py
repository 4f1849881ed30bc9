"""Pages of cycles as a whole: the list, opening one after a look at what will happen,
withdrawing one in which nothing has happened.

Serves every SOP step. Previous hop: a person's browser.
Next hop: `cycle/orders.py`, with the same orders as `cycle/api.py`; no rule here.
"""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response

from services.intake import queries, streams
from services.intake.cycle import orders
from services.intake.cycle.preview import preview, year_typed
from services.intake.wording import words_of
from shared.web.for_pages import (
    Act,
    Conflict,
    CyclePath,
    FieldError,
    Look,
    Looking,
    Refused,
    day_of,
    does,
    form_of,
    reads,
    render,
    see_other,
    sentence_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter()

OPENS = does("intake.OpenCycle")


@router.get("/siklus", dependencies=[reads("intake.board")])
async def cycles(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.cycles(conn)
        running = {row["cycle"] for row in await queries.open_cycles(conn)}
    return render(
        request,
        "cycles.html",
        known=found,
        running=running,
        may_open=look.may("intake.OpenCycle"),
        words=words_of(request),
    )


@router.get("/siklus/buka", dependencies=[OPENS])
async def opening(request: Request, look: Look) -> Response:
    """The form, and below it what will happen when the cycle is opened as it is filled in."""
    return await _opening(request, look, dict(request.query_params))


@router.post("/siklus", dependencies=[OPENS])
async def open_cycle(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        year = year_typed(typed(form))
        region_name = str(form.get("region_name", "")).strip()
        opened = await orders.open_cycle(
            act, year, region_name, day_of(form, "report_due"), day_of(form, "occurred_on")
        )
    except Refused as error:
        return await _opening(request, Looking(request, act.response), typed(form), error)
    done = _("Siklus {year} dibuka. Langkah pertama sedang disiapkan.").format(year=year)
    return see_other(request, f"/siklus/{streams.case_of(opened.stream)}", done)


@router.post("/siklus/{cycle}/tarik", dependencies=[does("intake.WithdrawCycle")])
async def withdraw(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.withdraw_cycle(act, cycle, str(form.get("reason", "")))
    except (Refused, Conflict) as error:
        shown = (
            sentence_of(error)
            if isinstance(error, Refused)
            else _("Siklus ini berubah sejak Anda membukanya.")
        )
        return await _withdrawal(
            request, Looking(request, act.response), cycle, typed(form), (FieldError("reason", shown),)
        )
    return see_other(request, "/", _("Siklus {cycle} ditarik.").format(cycle=streams.year_of(cycle)))


@router.get("/siklus/{cycle}/tarik", dependencies=[does("intake.WithdrawCycle")])
async def withdrawal(cycle: CyclePath, request: Request, look: Look) -> Response:
    return await _withdrawal(request, look, cycle, {})


async def _withdrawal(
    request: Request, look: Looking, cycle: str, values: Mapping[str, str], errors: Sequence[FieldError] = ()
) -> Response:
    async with look.conn() as conn:
        found = await queries.cycles(conn)
    return render(
        request,
        "cycle_withdrawal.html",
        status_code=422 if errors else 200,
        cycles=found,
        cycle=cycle,
        values=values,
        errors=errors,
    )


async def _opening(
    request: Request, look: Looking, typed_in: Mapping[str, str], refused: Refused | None = None
) -> Response:
    shown = await preview(look, typed_in, refused)
    return render(
        request,
        "cycle_opening.html",
        status_code=422 if shown["errors"] and request.method == "POST" else 200,
        **shown,
    )
