"""Page of the queue: what waits, and the approval of several submissions about which nothing is open.

SOP step 8. Previous hop: a verifier's browser. Next hop: `command_handler` by way of `Act`, one decision for
each submission; no rule here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from services.verification import streams
from services.verification.checking import orders, queries
from services.verification.checking.queries import Status
from services.verification.lateness import lateness
from services.verification.queries import counts, known, team_of
from services.verification.queue import found
from services.verification.queue.ready import ready
from shared.web.for_pages import (
    Act,
    Acting,
    Conflict,
    FieldError,
    Look,
    Looking,
    NotFound,
    OptionalCycle,
    Refused,
    day_of,
    does,
    form_of,
    ngettext,
    reads,
    render,
    running_of,
    see_other,
    sentence_of,
    text_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.forms.fields import Short

router = APIRouter(include_in_schema=False)


@router.get("/verifikasi", dependencies=[reads("verification.queue")])
async def queue(
    request: Request,
    look: Look,
    siklus: OptionalCycle = "",
    keadaan: Status | None = None,
    petugas: Short = "",
) -> Response:
    return await _page(request, look, siklus, keadaan, petugas)


@router.post("/verifikasi/setujui", dependencies=[does("verification.ApproveSubmission")])
async def approve(request: Request, act: Act) -> Response:
    """Each ticked submission (`<case>@<digest>`) is a decision of its own: what is refused keeps nothing from
    the others, and the page says which, and why.
    """
    form = await form_of(request)
    chosen = dict(str(value).partition("@")[::2] for value in form.getlist("pilihan"))
    cycle, reach = text_of(form, "siklus"), act.reaches("verification.queue")
    async with act.running.pool.connection() as conn:
        rows = await queries.queue(conn, reach, cycle, ()) if reach else []
    names = {streams.case_of(row["submission"]): row["agency_name"] for row in rows}
    if chosen.keys() - names.keys():
        raise NotFound
    refused = [] if chosen else [FieldError("pilihan", _("Pilih isian yang disetujui."))]
    for case, digest in chosen.items():
        if sentence := await _refusal(act, form, case, digest):
            refused.append(FieldError("", f"{names[case]}: {sentence}"))
    if refused:
        look = Looking(request, act.response)
        return await _page(request, look, cycle, values=typed(form), errors=tuple(refused))
    done = ngettext("{n} isian disetujui.", "{n} isian disetujui.", len(chosen)).format(n=len(chosen))
    return see_other(request, f"/verifikasi?siklus={cycle}", done)


async def _refusal(act: Acting, form: Mapping[str, object], case: str, digest: str) -> str:
    """Why this one was not approved; empty where it was."""
    try:
        await act(orders.approve(act, case, digest, day_of(form, "disetujui_pada")), part=case)
    except Refused as error:
        return sentence_of(error)
    except Conflict:
        return _("Isian ini berubah sejak Anda membukanya.")
    return ""


async def _page(
    request: Request,
    look: Looking,
    siklus: str,
    keadaan: Status | None = None,
    petugas: str = "",
    values: Mapping[str, str] = MappingProxyType({}),
    errors: tuple[FieldError, ...] = (),
) -> Response:
    may_approve = look.may("verification.ApproveSubmission")
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
        cycle = siklus or (cycles[0]["cycle"] if cycles else "")
        team = team_of(request, cycle)
        rows = await queries.queue(conn, look.viewer, cycle, team, keadaan or "", petugas)
        by_status = await counts(conn, look.viewer, cycle)
        late = await lateness(conn, cycle, today_of(request))
        complete = await queries.round_of(conn, cycle)
        candidates = await ready(conn, look, cycle) if may_approve else ()
        levels = await found.levels(conn, request, cycle, rows) if rows else {}
    shown = {row["submission"] for row in rows}
    return render(
        request,
        "queue.html",
        status_code=422 if errors else 200,
        cycles=cycles,
        cycle=cycle,
        rows=rows,
        counts=by_status,
        status=keadaan,
        late=late,
        timing=late.until(complete["complete_on"] if complete else None),
        people=running_of(request).people,
        team=team,
        whose=petugas,
        own=look.person,
        ready=[case for case in candidates if case["submission"] in shown],
        levels=levels,
        today=today_of(request),
        values=values,
        errors=errors,
    )
