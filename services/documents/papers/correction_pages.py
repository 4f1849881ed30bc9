"""The page on which a printed report is officially corrected: what is wrong, and by which decision.

SOP steps 9 to 12 once more. Previous hop: a Kabag's browser, from the page of the report. Next hop:
`command_handler` by way of `Act`, with the order of `papers/orders.py`; no rule here.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.documents.forms import errors_of
from services.documents.papers import corrections, orders, queries
from services.documents.papers.shapes import Correcting
from services.documents.queries import known
from services.documents.scans import scan_in
from shared.contracts.values import StoredFile
from shared.web.for_pages import (
    FORM_LIMIT,
    Act,
    Acting,
    Conflict,
    CyclePath,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    does,
    form_of,
    render,
    running_of,
    said_in,
    see_other,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)
DECIDES = does("documents.DecideCorrection")


@router.get("/dokumen/{cycle}/laporan/koreksi", dependencies=[DECIDES])
async def correcting(cycle: CyclePath, request: Request, look: Look) -> Response:
    return await _page(request, look, cycle)


@router.post("/dokumen/{cycle}/laporan/koreksi", max_body_size=FORM_LIMIT, dependencies=[DECIDES])
async def correct(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    named = [str(name) for name in form.getlist("submissions")]
    try:
        file, said = await signed_decision(act, form), said_in(form, Correcting)
        await act(await orders.correct(act, cycle, said, named, file=file, occurred_on=act.today))
    except (Refused, Conflict) as error:
        errors = errors_of(error, {"occurred_on": "issued_on", "digest": ""})
        look = Looking(request, act.response)
        return await _page(request, look, cycle, values=typed(form), named=named, errors=errors)
    done = _("Koreksi diputuskan: isian yang dipilih dibuka lagi; sesudah disetujui, laporan disusun ulang.")
    return see_other(request, f"/dokumen/{cycle}/laporan", done)


async def signed_decision(act: Acting, form: FormData) -> StoredFile:
    """The scan of the decision. Refuses a form without one."""
    scan = await scan_in(act, form, "decision")
    if scan is None:
        raise Refused("scan-missing", "Pilih pindaian keputusan koreksi.", field="decision")
    return scan


async def _page(
    request: Request,
    look: Looking,
    cycle: str,
    *,
    values: dict[str, str] | None = None,
    named: Sequence[str] = (),
    errors: Sequence[FieldError] = (),
) -> Response:
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
        view = await queries.document_of(conn, look.viewer, cycle, "laporan")
        found = await corrections.reported(conn, cycle)
    if view is None:
        raise NotFound
    shown = view.shown
    return render(
        request,
        "correction.html",
        status_code=422 if errors else 200,
        cycle=cycle,
        cycles=cycles,
        shown=shown,
        found=found,
        named=named,
        today=today_of(request),
        values=values or {},
        errors=errors,
        people=running_of(request).people,
    )
