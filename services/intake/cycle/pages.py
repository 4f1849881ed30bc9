"""Pages of cycles as a whole: the list, opening one after a look at what will happen, withdrawing one in which nothing has happened.

Serves every SOP step. Previous hop: a person's browser. Next hop: `cycle/orders.py`, with the same commands as `cycle/api.py`; no rule here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.intake import queries
from services.intake.board.queries import opened_by
from services.intake.cycle import orders as cycle_acts
from services.intake.days import day_said
from services.intake.domain.cycle import Cycle, OpenCycle, decide, years
from services.intake.wording import words_of
from shared.eventsourcing.commands.command_handler import Conflict
from shared.eventsourcing.commands.decider import Refused
from shared.sop.deadlines import back_plan, due_date
from shared.sop.definition import CURRENT, sops
from shared.spm.catalogue import catalogue
from shared.web.acting import Act, Look, Looking
from shared.web.declared import does, reads
from shared.web.forms.csrf import form_of
from shared.web.forms.typed import day_of
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems import FieldError, sentence_of
from shared.web.running import today_of
from shared.web.words.i18n import gettext as _

router = APIRouter()

CycleName = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{4}$")]
OPENS = does("intake.OpenCycle")


@router.get("/siklus", dependencies=[reads("intake.board")])
async def cycles(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.cycles(conn)
        running = {row["cycle"] for row in await queries.open_cycles(conn)}
    return render(request, "cycles.html", known=found, running=running, may_open=look.may("intake.OpenCycle"), words=words_of(request))


@router.get("/siklus/buka", dependencies=[OPENS])
async def opening(request: Request, look: Look) -> Response:
    """The form, and below it what will happen when the cycle is opened as it is filled in."""
    return await _opening(request, look, dict(request.query_params))


@router.post("/siklus", dependencies=[OPENS])
async def open_cycle(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        year = _year(typed(form))
        await cycle_acts.open_cycle(
            act, year, str(form.get("region_name", "")).strip(), day_of(form, "report_due"), day_said(act, day_of(form, "occurred_on"))
        )
    except Refused as error:
        return await _opening(request, Looking(request, act.response), typed(form), error)
    cycle = f"{act.running.settings.region}-{year}"
    return see_other(request, f"/siklus/{cycle}", _("Siklus {year} dibuka. Langkah pertama sedang disiapkan.").format(year=year))


@router.post("/siklus/{cycle}/tarik", dependencies=[does("intake.WithdrawCycle")])
async def withdraw(cycle: CycleName, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await cycle_acts.withdraw_cycle(act, cycle, str(form.get("reason", "")), act.today)
    except (Refused, Conflict) as error:
        shown = sentence_of(error) if isinstance(error, Refused) else _("Siklus ini berubah sejak Anda membukanya.")
        return await _withdrawal(request, Looking(request, act.response), cycle, typed(form), (FieldError("reason", shown),))
    return see_other(request, "/", _("Siklus {cycle} ditarik.").format(cycle=cycle.partition("-")[2]))


@router.get("/siklus/{cycle}/tarik", dependencies=[does("intake.WithdrawCycle")])
async def withdrawal(cycle: CycleName, request: Request, look: Look) -> Response:
    return await _withdrawal(request, look, cycle, {})


async def _withdrawal(
    request: Request, look: Looking, cycle: str, values: Mapping[str, str], errors: Sequence[FieldError] = ()
) -> Response:
    async with look.conn() as conn:
        found = await queries.cycles(conn)
    return render(
        request, "cycle_withdrawal.html", status_code=422 if errors else 200, cycles=found, cycle=cycle, values=values, errors=errors
    )


def _year(values: Mapping[str, str]) -> int:
    text = values.get("year", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) == len("2026")):
        raise Refused("year-unreadable", "Tulis tahun empat angka, misalnya 2026.", field="year")
    return int(text)


async def _opening(request: Request, look: Looking, typed_in: Mapping[str, str], refused: Refused | None = None) -> Response:
    today = today_of(request)
    async with look.conn() as conn:
        found = await queries.cycles(conn)
        calendar, opens = await queries.calendar(conn), await opened_by(conn, today)
    values = {**_suggested(found, today), **typed_in}
    command = None
    try:
        command = _command(values, look, today)
        decide(command, Cycle(opened=any(row["year"] == command.year for row in found)))
    except Refused as error:
        refused = refused or error
    asked = {service for agency in opens for service in agency.services}
    sop = sops()[CURRENT]
    preview: dict[str, Any] = {}
    if command and refused is None:
        plan = {planned.step: planned for planned in back_plan(sop, command.report_due, calendar)}
        preview = {"plan": plan, "first_due": due_date(sop.steps[0], command.occurred_on, calendar)}
    errors = (FieldError(refused.field or "", sentence_of(refused)),) if refused else ()
    return render(
        request,
        "cycle_opening.html",
        status_code=422 if errors and request.method == "POST" else 200,
        errors=errors,
        values=values,
        years=years(today),
        sop=sop,
        opens=opens,
        unasked=[service for service in catalogue().services.values() if service.id not in asked],
        preview=preview,
    )


def _suggested(found: Sequence[queries.Row], today: date) -> dict[str, str]:
    """The first year that is not open yet, from the year that is running; the region as it was named last."""
    taken = {row["year"] for row in found}
    year = next((year for year in (today.year, today.year + 1, today.year - 1, today.year - 2) if year not in taken), today.year)
    return {
        "year": str(year),
        "region_name": str(found[0]["region_name"]) if found else "",
        "report_due": cycle_acts.last_legal_day(year).isoformat(),
        "occurred_on": today.isoformat(),
    }


def _command(values: Mapping[str, str], look: Looking, today: date) -> OpenCycle:
    """What would be decided. Raises Refused for what cannot be read."""
    region, year = look.running.settings.region, _year(values)
    occurred_on = day_of(values, "occurred_on")
    if occurred_on > today:
        raise Refused("day-to-come", "Tanggal ini belum terjadi.", field="occurred_on")
    return OpenCycle(
        region=region,
        installation=region,
        region_name=values["region_name"],
        year=year,
        sop=CURRENT,
        report_due=day_of(values, "report_due"),
        by=look.viewer.person,
        occurred_on=occurred_on,
    )
