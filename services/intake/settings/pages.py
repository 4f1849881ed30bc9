"""Pages of agencies with their services, and of the working calendar with its override table.

Serves SOP steps 6 and 7 and every due date. Previous hop: a person's browser.
Next hop: `settings/orders.py`, with the same orders as `settings/api.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.intake import queries
from services.intake.settings import orders
from services.intake.wording import words_of
from shared.spm.catalogue import current, named
from shared.web.for_pages import (
    Act,
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
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter()
Errors = Sequence[FieldError]


@router.get("/opd", dependencies=[reads("intake.agencies")])
async def agencies(request: Request, look: Look) -> Response:
    return await _agencies(request, look)


@router.post("/opd", dependencies=[does("intake.RegisterAgency")])
async def register(request: Request, act: Act) -> Response:
    form = await form_of(request)
    agency, name, short_name = (str(form.get(field, "")).strip() for field in ("code", "name", "short_name"))
    try:
        _check_id(agency.lower())
        await orders.register_agency(act, agency.lower(), name, short_name)
    except Refused as error:
        return await _agencies(request, Looking(request, act.response), typed(form), _errors(error))
    return see_other(request, "/opd", _("{name} terdaftar.").format(name=name))


@router.post("/opd/layanan", dependencies=[does("intake.AssignService")])
async def assign(request: Request, act: Act) -> Response:
    form = await form_of(request)
    agency = str(form.get("of_agency", ""))
    try:
        _check_id(agency, "of_agency")
        valid_from, valid_until = (
            day_of(form, "valid_from"),
            day_of(form, "valid_until") if form.get("valid_until") else None,
        )
        await orders.assign_service(act, agency, str(form.get("service", "")), valid_from, valid_until)
    except Refused as error:
        return await _agencies(request, Looking(request, act.response), typed(form), _errors(error))
    return see_other(request, "/opd", _("Penugasan layanan tersimpan."))


@router.get("/kalender", dependencies=[reads("intake.calendar")])
async def calendar(
    request: Request, look: Look, tahun: Annotated[int | None, Query(ge=2020, le=2035)] = None
) -> Response:
    return await _calendar(request, look, tahun)


@router.post("/kalender", dependencies=[does("intake.OverrideDay")])
async def override(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        day = day_of(form, "day")
        name, source = (str(form.get(field, "")).strip() for field in ("name", "source"))
        await orders.override_day(
            act, day, "working" if form.get("kind") == "working" else "holiday", name, source
        )
    except Refused as error:
        return await _calendar(request, Looking(request, act.response), None, typed(form), _errors(error))
    return see_other(
        request,
        f"/kalender?tahun={day.year}",
        _("Kalender berubah; tenggat yang dihitung sejak kini memakainya."),
    )


def _check_id(agency: str, field: str = "code") -> None:
    if not (
        2 <= len(agency) <= 40
        and agency.replace("_", "").isalnum()
        and agency.isascii()
        and agency[0].isalpha()
    ):
        raise Refused("agency-id", "Tulis kode pendek dari huruf kecil, misalnya dinkes.", field=field)


def _errors(error: Refused) -> Errors:
    return (FieldError(error.field or "", sentence_of(error)),)


async def _agencies(
    request: Request, look: Looking, values: Mapping[str, str] | None = None, errors: Errors = ()
) -> Response:
    today = today_of(request)
    async with look.conn() as conn:
        found = await queries.agencies(conn, look.region)
        every = await queries.assignments(conn, look.region)
        now = await queries.assignments(conn, look.region, today)
    holders: dict[str, list[str]] = {}
    for row in now:
        holders.setdefault(row["service"], []).append(row["agency"])
    return render(
        request,
        "agencies.html",
        status_code=422 if errors else 200,
        agencies=found,
        choices=[(row["agency"], row["name"]) for row in found],
        assigned=_by_agency(every),
        catalogue=current(),
        service_named=named,
        unassigned=[service for name, service in current().services.items() if name not in holders],
        twice=[named(name) for name, agencies in holders.items() if len(agencies) > 1],
        today=today,
        values=values or {},
        errors=errors,
        may_change=look.may("intake.AssignService"),
    )


def _by_agency(rows: Sequence[queries.Row]) -> dict[str, list[queries.Row]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["agency"], []).append(row)
    return found


async def _calendar(
    request: Request,
    look: Looking,
    year: int | None,
    values: Mapping[str, str] | None = None,
    errors: Errors = (),
) -> Response:
    shown = year or today_of(request).year
    async with look.conn() as conn:
        changes = await queries.calendar_changes(conn, look.region)
    made = queries.overridden(changes)
    days = [(day, made.holidays[day]) for day in sorted(made.holidays) if day.year == shown]
    return render(
        request,
        "calendar.html",
        status_code=422 if errors else 200,
        year=shown,
        calendar=made,
        days=days,
        working=sorted(day for day in made.working if day.year == shown),
        count=made.working_days(date(shown, 1, 1), date(shown, 12, 31)) + made.is_working(date(shown, 1, 1)),
        changes=list(reversed(changes)),
        values=values or {},
        errors=errors,
        may_change=look.may("intake.OverrideDay"),
        words=words_of(request),
    )
