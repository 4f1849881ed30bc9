"""Pages of sheets: persons and offices as a file to take along, and a file looked over line by line before it
is taken in.

Serves every SOP step. Previous hop: a person's browser. Next hop: `people/importing.py`.
The lines go with the form that confirms them, and are kept nowhere else; where people changed since the look,
they are looked over again.
"""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request, Response

from services.intake.people import importing, queries
from services.intake.people.sheets import COLUMNS, SHEET, row_of, table_of
from services.intake.wording import words_of
from shared.web.files import sheets
from shared.web.files.sheets import LIMIT, Line
from shared.web.for_pages import (
    Act,
    Conflict,
    FieldError,
    Look,
    Refused,
    does,
    form_of,
    reads,
    render,
    see_other,
    sentence_of,
    text_of,
)
from shared.web.for_pages import gettext as _

router = APIRouter()

IMPORTS = does("intake.ImportPeople")
EVERYBODY = 100_000


@router.get("/pegawai/ekspor.xlsx", dependencies=[reads("intake.people")])
async def export_xlsx(look: Look) -> Response:
    return sheets.download(sheets.as_xlsx(await _table(look), "pegawai"), "pegawai.xlsx")


@router.get("/pegawai/ekspor.csv", dependencies=[reads("intake.people")])
async def export_csv(look: Look) -> Response:
    return sheets.download(sheets.as_csv(await _table(look)), "pegawai.csv")


async def _table(look: Look) -> sheets.Table:
    async with look.conn() as conn:
        rows, _after = await queries.listed(conn, look.viewer, look.region, "", None, EVERYBODY)
    return table_of(rows)


@router.get("/pegawai/impor", dependencies=[IMPORTS])
async def importing_page(request: Request) -> Response:
    return _page(request)


@router.post("/pegawai/impor", max_body_size=LIMIT, dependencies=[IMPORTS])
async def look_over(request: Request, act: Act) -> Response:
    """Shows what the sheet would change; nothing happens."""
    form = await form_of(request)
    try:
        lines = await sheets.uploaded(form.get("upload"), SHEET)
    except Refused as error:
        return _page(request, (FieldError("upload", sentence_of(error)),))
    return await _looked(request, act, lines)


@router.post("/pegawai/impor/terapkan", max_body_size=LIMIT, dependencies=[IMPORTS])
async def take_in(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        lines = sheets.lines_of("\n".join(map(str, form.getlist("line"))).encode(), sheets.CSV, SHEET)
    except Refused as error:
        return _page(request, (FieldError("upload", sentence_of(error)),))
    reason = text_of(form, "reason")
    try:
        looked = await importing.looked_over(act, _readings(lines))
        if not looked.fits:
            return await _looked(request, act, lines, reason)
        await importing.take_in(act, looked.rows, reason)
    except Refused as error:
        return await _looked(
            request, act, lines, reason, (FieldError(error.field or "", sentence_of(error)),)
        )
    except Conflict:
        moved = FieldError("", _("Data pegawai berubah sejak diperiksa; ini pemeriksaan yang baru."))
        return await _looked(request, act, lines, reason, (moved,))
    return see_other(request, "/pegawai", _("{n} baris diterapkan.").format(n=len(lines)))


def _readings(lines: Sequence[Line]) -> list[tuple[int, importing.Reading]]:
    return [(line.number, partial(row_of, line)) for line in lines]


def _page(request: Request, errors: Sequence[FieldError] = ()) -> Response:
    return render(
        request,
        "people_import.html",
        status_code=422 if errors else 200,
        errors=errors,
        columns=COLUMNS,
    )


async def _looked(
    request: Request, act: Act, lines: Sequence[Line], reason: str = "", errors: Sequence[FieldError] = ()
) -> Response:
    looked = await importing.looked_over(act, _readings(lines))
    return render(
        request,
        "people_looked_over.html",
        status_code=422 if errors or not looked.fits else 200,
        looked=looked,
        lines=sheets.again(lines, SHEET),
        reason=reason,
        errors=errors,
        sentence_of=sentence_of,
        words=words_of(request),
    )
