"""Pages of the reference populations of a region: those that are there, one recorded, and a sheet of many
that is looked over line by line before it is taken in.

SOP steps 7 and 8. Previous hop: a person's browser. Next hop: `rules/orders.py`. The lines of a sheet go with
the form that confirms them, and are kept nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.intake.domain.rules import PopulationRow
from services.intake.rules import orders, queries
from services.intake.rules.population_sheet import SHEET, row_of
from services.intake.rules.shapes import PopulationIn
from services.intake.wording import words_of
from shared.spm.catalogue import current, named
from shared.web.files import sheets
from shared.web.files.sheets import LIMIT, Line
from shared.web.for_pages import (
    Act,
    Acting,
    FieldError,
    Look,
    Looking,
    Refused,
    does,
    form_of,
    reads,
    render,
    said_in,
    see_other,
    sentence_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter()

RECORDS = does("intake.RecordPopulations")


@dataclass(frozen=True, slots=True)
class Looked:
    """A line of a sheet with what it would do; `fault`: why it can not be taken in."""

    number: int
    row: PopulationRow | None
    news: bool = False
    fault: Refused | None = None


@router.get("/aturan/penduduk", dependencies=[reads("intake.rules")])
async def populations(request: Request, look: Look) -> Response:
    return await _page(request, look)


@router.post("/aturan/penduduk", dependencies=[RECORDS])
async def record(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.record_populations(act, [orders.row_of(said_in(form, PopulationIn))])
    except Refused as error:
        return await _again(request, act, error, typed(form))
    return see_other(request, "/aturan/penduduk", _("Penduduk acuan tersimpan."))


@router.post("/aturan/penduduk/periksa", max_body_size=LIMIT, dependencies=[RECORDS])
async def look_over(request: Request, act: Act) -> Response:
    """Shows what the sheet would change; nothing happens."""
    form = await form_of(request)
    try:
        lines = await sheets.uploaded(form.get("upload"), SHEET)
    except Refused as error:
        return await _again(request, act, error)
    return await _looked(request, act, lines)


@router.post("/aturan/penduduk/terapkan", max_body_size=LIMIT, dependencies=[RECORDS])
async def take_in(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        lines = sheets.lines_of("\n".join(map(str, form.getlist("line"))).encode(), sheets.CSV, SHEET)
    except Refused as error:
        return await _again(request, act, error)
    looked = await _look(act, lines)
    if any(line.fault for line in looked):
        return _show(request, lines, looked)
    await orders.record_populations(act, [line.row for line in looked if line.row])
    return see_other(request, "/aturan/penduduk", _("{n} baris diterapkan.").format(n=len(lines)))


async def _looked(request: Request, act: Acting, lines: Sequence[Line]) -> Response:
    return _show(request, lines, await _look(act, lines))


async def _look(act: Acting, lines: Sequence[Line]) -> Sequence[Looked]:
    read = [_read(line) for line in lines]
    outcomes = iter(await orders.looked_over(act, [line.row for line in read if line.row]))
    return [_with(line, next(outcomes)) if line.row else line for line in read]


def _read(line: Line) -> Looked:
    try:
        return Looked(line.number, row_of(line))
    except Refused as error:
        return Looked(line.number, None, fault=error)


def _with(line: Looked, outcome: orders.Outcome) -> Looked:
    if isinstance(outcome, Refused):
        return Looked(line.number, line.row, fault=outcome)
    return Looked(line.number, line.row, bool(outcome))


def _show(request: Request, lines: Sequence[Line], looked: Sequence[Looked]) -> Response:
    faults = [line for line in looked if line.fault]
    return render(
        request,
        "populations_looked_over.html",
        status_code=422 if faults else 200,
        looked=looked,
        faults=faults,
        lines=sheets.again(lines, SHEET),
        service_named=named,
        sentence_of=sentence_of,
    )


async def _again(
    request: Request, act: Acting, error: Refused, values: Mapping[str, str] | None = None
) -> Response:
    field = (error.field or "").removeprefix("rows.0.")
    look = Looking(request, act.response)
    return await _page(request, look, values, (FieldError(field, sentence_of(error)),))


async def _page(
    request: Request,
    look: Looking,
    values: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
) -> Response:
    async with look.conn() as conn:
        rows = await queries.populations(conn, look.region)
    return render(
        request,
        "populations.html",
        status_code=422 if errors else 200,
        rows=rows,
        catalogue=current(),
        columns=SHEET.says,
        service_named=named,
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_record=look.may("intake.RecordPopulations"),
        words=words_of(request),
    )
