"""The page of the endorsement: read the report, then endorse exactly that file or refuse it with a reason.

SOP step 10. Previous hop: the endorser's browser. Next hop: `command_handler` by way of `Act`; no rule here.
"""

from fastapi import APIRouter, Request, Response

from services.verification import queries
from services.verification.checking import downloads
from services.verification.checking.api import Cycle
from services.verification.domain.endorsement import EndorseReport, RefuseEndorsement
from services.verification.lateness import lateness
from shared.eventsourcing.commands.command_handler import Conflict, Order
from shared.eventsourcing.commands.decider import Refused
from shared.sop.parts import ENDORSING
from shared.web.acting import Act, Acting, Look, Looking
from shared.web.declared import does, reads
from shared.web.forms.csrf import form_of
from shared.web.forms.fields import OptionalCycle
from shared.web.forms.typed import day_of, text_of
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems import FieldError, sentence_of
from shared.web.running import running_of, today_of
from shared.web.words.i18n import gettext as _

router = APIRouter(include_in_schema=False)
READS = reads("verification.endorsement")


@router.get("/pengesahan", dependencies=[READS])
async def latest(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    return await _page(request, look, siklus)


@router.get("/pengesahan/{cycle}", dependencies=[READS])
async def one(cycle: Cycle, request: Request, look: Look) -> Response:
    return await _page(request, look, cycle)


@router.get("/pengesahan/{cycle}/naskah", dependencies=[READS])
async def report(cycle: Cycle, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.endorsement_of(conn, cycle)
    return await downloads.report(request, found)


@router.post("/pengesahan/{cycle}/sahkan", dependencies=[does("verification.EndorseReport")])
async def endorse(cycle: Cycle, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        digest, day = text_of(form, "digest"), day_of(form, "disahkan_pada")
        await act(_order(cycle, EndorseReport(digest=digest, by=act.viewer.person, occurred_on=day)))
    except (Refused, Conflict) as error:
        return await _again(cycle, request, act, error, typed(form), {"occurred_on": "disahkan_pada", "digest": ""})
    return see_other(request, f"/pengesahan/{cycle}", _("Laporan disahkan dengan sidik {digest}.").format(digest=digest[:8]))


@router.post("/pengesahan/{cycle}/tolak", dependencies=[does("verification.RefuseEndorsement")])
async def refuse(cycle: Cycle, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        day, reason = day_of(form, "ditolak_pada"), text_of(form, "reason")
        command = RefuseEndorsement(digest=text_of(form, "digest"), reason=reason, by=act.viewer.person, occurred_on=day)
        await act(_order(cycle, command))
    except (Refused, Conflict) as error:
        return await _again(cycle, request, act, error, typed(form), {"occurred_on": "ditolak_pada", "digest": ""})
    return see_other(request, f"/pengesahan/{cycle}", _("Laporan ditolak; penyusun diminta membuat naskah baru."))


def _order(cycle: str, command: object) -> Order:
    return Order(stream=f"endorsement-{cycle}", command=command, case_id=cycle)


async def _again(
    cycle: str, request: Request, act: Acting, error: Refused | Conflict, values: dict[str, str], places: dict[str, str]
) -> Response:
    if isinstance(error, Refused):
        errors = (FieldError(places.get(error.field or "", error.field or ""), sentence_of(error)),)
    else:
        errors = (FieldError("", _("Pengesahan ini berubah sejak Anda membukanya. Periksa lagi, lalu putuskan.")),)
    return await _page(request, Looking(request, act.response), cycle, values=values, errors=errors)


async def _page(
    request: Request, look: Looking, cycle: str, *, values: dict[str, str] | None = None, errors: tuple[FieldError, ...] = ()
) -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = cycle or (cycles[0]["cycle"] if cycles else "")
        found = await queries.endorsement_of(conn, cycle)
        counts = await queries.counts(conn, look.viewer, cycle)
        late = await lateness(conn, cycle, today_of(request), ENDORSING)
    endorsed = found is not None and found["status"] == "endorsed" and found["settled"]
    waiting = found is not None and found["status"] == "waiting"
    return render(
        request,
        "endorsement.html",
        status_code=422 if errors else 200,
        cycles=cycles,
        cycle=cycle,
        found=found,
        counts=counts,
        late=late,
        timing=late.until(found["decided_on"] if found and endorsed else None),
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_endorse=waiting and look.may("verification.EndorseReport"),
        is_own=found is not None and look.viewer.person in {*found["involved"], *found["figures_by"]},
        people=running_of(request).people,
    )
