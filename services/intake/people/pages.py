"""Pages of persons and offices: the list, one person, and who held which office on a day.

Serves every SOP step. Previous hop: a person's browser. Next hop: `people/orders.py`, with the same orders as
`people/api.py`.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.intake.people import act_pages, orders, queries, region_pages, sheet_pages
from services.intake.people.act_pages import NOTHING, PersonPath, Tried, levels, tried
from services.intake.people.shapes import PersonIn
from services.intake.wording import words_of
from shared.access.qualifications import lacking
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
    said_in,
    see_other,
    sentence_of,
    text_of,
    today_of,
)
from shared.web.for_pages import gettext as _
from shared.web.forms.fields import Name
from shared.web.paging import After

router = APIRouter()

router.include_router(act_pages.router)
router.include_router(sheet_pages.router)
router.include_router(region_pages.router)
ROWS = 100


@router.get("/pegawai", dependencies=[reads("intake.people")])
async def people(
    request: Request, look: Look, cari: Annotated[Name, Query()] = "", after: After = None
) -> Response:
    return await _people(request, look, cari, after)


@router.post("/pegawai", dependencies=[does("intake.RegisterPerson")])
async def register(request: Request, act: Act) -> Response:
    form = await form_of(request)
    person, said = text_of(form, "code").lower(), said_in(form, PersonIn)
    try:
        await orders.register(act, person, said, new=True)
    except Refused as error:
        return await _people(
            request, Looking(request, act.response), "", None, tried(form, error, person="code")
        )
    return see_other(request, f"/pegawai/orang/{person}", _("{name} terdaftar.").format(name=said.name))


@router.get("/pegawai/jabatan", dependencies=[reads("intake.people")])
async def offices(request: Request, look: Look, tanggal: Annotated[Name, Query()] = "") -> Response:
    """Who held which office on a day; today where none is said."""
    errors, day = list[FieldError](), today_of(request)
    if tanggal:
        try:
            day = day_of({"tanggal": tanggal}, "tanggal")
        except Refused as error:
            errors.append(FieldError("tanggal", sentence_of(error)))
    async with look.conn() as conn:
        held = await queries.held_on(conn, look.viewer, look.region, day)
    return render(
        request,
        "offices.html",
        status_code=422 if errors else 200,
        day=day,
        typed=tanggal,
        held=held,
        errors=errors,
        lacking=lacking,
        words=words_of(request),
    )


@router.get("/pegawai/orang/{person}", dependencies=[reads("intake.people")])
async def one(person: PersonPath, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.one(conn, look.viewer, look.region, person)
        agencies = await queries.agency_names(conn, look.region)
    return render(
        request,
        "person.html",
        person=found,
        agencies=agencies,
        today=today_of(request),
        lacking=lacking,
        words=words_of(request),
    )


async def _people(
    request: Request, look: Looking, search: str, after: str | None, said: Tried = NOTHING
) -> Response:
    async with look.conn() as conn:
        rows, following = await queries.listed(conn, look.viewer, look.region, search, after, ROWS)
        agencies = await queries.agency_names(conn, look.region)
    return render(
        request,
        "people.html",
        status_code=422 if said["errors"] else 200,
        rows=rows,
        next=following,
        search=search,
        today=today_of(request),
        agencies=list(agencies.items()),
        levels=levels(),
        **said,
        lacking=lacking,
        words=words_of(request),
    )
