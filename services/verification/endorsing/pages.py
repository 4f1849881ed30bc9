"""The page of the endorsement: read the report, then endorse exactly that file or refuse it with a reason.

SOP step 10. Previous hop: the endorser's browser. Next hop: `command_handler` by way of `Act`,
with the orders of `endorsing/orders.py`; no rule here.
"""

from fastapi import APIRouter, Request, Response

from services.verification.endorsing import orders, queries
from services.verification.endorsing.downloads import report_file
from services.verification.lateness import lateness
from services.verification.queries import counts, known, others_for
from shared.sop.parts import ENDORSING
from shared.web.for_pages import (
    Act,
    Acting,
    Conflict,
    CyclePath,
    FieldError,
    Look,
    Looking,
    OptionalCycle,
    Refused,
    day_of,
    does,
    field_errors,
    form_of,
    reads,
    render,
    running_of,
    see_other,
    text_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)
READS = reads("verification.endorsement")


@router.get("/pengesahan", dependencies=[READS])
async def latest(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    return await _page(request, look, siklus)


@router.get("/pengesahan/{cycle}", dependencies=[READS])
async def one(cycle: CyclePath, request: Request, look: Look) -> Response:
    return await _page(request, look, cycle)


@router.get("/pengesahan/{cycle}/naskah", dependencies=[READS])
async def report(cycle: CyclePath, look: Look) -> Response:
    return await report_file(look, cycle)


@router.post("/pengesahan/{cycle}/sahkan", dependencies=[does("verification.EndorseReport")])
async def endorse(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        digest, day = text_of(form, "digest"), day_of(form, "disahkan_pada")
        await act(orders.endorse(act, cycle, digest, day))
    except (Refused, Conflict) as error:
        return await _again(
            cycle, request, act, error, typed(form), {"occurred_on": "disahkan_pada", "digest": ""}
        )
    return see_other(
        request,
        f"/pengesahan/{cycle}",
        _("Laporan disahkan dengan sidik {digest}.").format(digest=digest[:8]),
    )


@router.post("/pengesahan/{cycle}/tolak", dependencies=[does("verification.RefuseEndorsement")])
async def refuse(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        day, reason = day_of(form, "ditolak_pada"), text_of(form, "reason")
        await act(orders.refuse(act, cycle, text_of(form, "digest"), reason, day))
    except (Refused, Conflict) as error:
        return await _again(
            cycle, request, act, error, typed(form), {"occurred_on": "ditolak_pada", "digest": ""}
        )
    return see_other(
        request, f"/pengesahan/{cycle}", _("Laporan ditolak; penyusun diminta membuat naskah baru.")
    )


async def _again(
    cycle: str,
    request: Request,
    act: Acting,
    error: Refused | Conflict,
    values: dict[str, str],
    places: dict[str, str],
) -> Response:
    errors = field_errors(
        error, places, _("Pengesahan ini berubah sejak Anda membukanya. Periksa lagi, lalu putuskan.")
    )
    return await _page(request, Looking(request, act.response), cycle, values=values, errors=errors)


async def _page(
    request: Request,
    look: Looking,
    cycle: str,
    *,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
        cycle = cycle or (cycles[0]["cycle"] if cycles else "")
        found = await queries.endorsement_of(conn, cycle)
        by_status = await counts(conn, look.viewer, cycle)
        late = await lateness(conn, cycle, today_of(request), ENDORSING)
    involved = {*found["involved"], *found["figures_by"]} if found else set()
    endorsed = found is not None and found["status"] == "endorsed" and found["settled"]
    waiting = found is not None and found["status"] == "waiting"
    return render(
        request,
        "endorsement.html",
        status_code=422 if errors else 200,
        cycles=cycles,
        cycle=cycle,
        found=found,
        file=queries.draft_file(found) if found and found["file"] else None,
        counts=by_status,
        late=late,
        timing=late.until(found["decided_on"] if found and endorsed else None),
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_endorse=waiting and look.may("verification.EndorseReport"),
        is_own=look.viewer.person in involved,
        others=others_for(request, cycle, "verification.EndorseReport", involved),
        people=running_of(request).people,
    )
