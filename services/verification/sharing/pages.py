"""Page of sharing out: the work of each verifier, and several submissions given to one at once.

SOP step 8. Previous hop: a verifier's browser. Next hop: `command_handler` by way of `Act`, one decision for
each submission; no rule here.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from services.verification import streams
from services.verification.queries import known, team_of
from services.verification.sharing import orders, queries
from services.verification.sharing.loads import loads
from shared.web.for_pages import (
    Act,
    FieldError,
    Look,
    Looking,
    NotFound,
    OptionalCycle,
    Refused,
    does,
    form_of,
    ngettext,
    reads,
    render,
    see_other,
    sentence_of,
    text_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)
_TIMES = re.compile(r"[0-9]{1,4}")
NEVER = 10_000


@router.get("/verifikasi/pembagian", dependencies=[reads("verification.queue")])
async def sharing(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    return await _page(request, look, siklus)


@router.post("/verifikasi/pembagian", dependencies=[does("verification.AssignVerifier")])
async def assign(request: Request, act: Act) -> Response:
    """Each ticked submission (`<case>@<how often it was given to somebody>`) is a decision of its own: what
    is refused keeps nothing from the others.
    """
    form = await form_of(request)
    chosen = dict(str(value).partition("@")[::2] for value in form.getlist("pilihan"))
    cycle, assignee = text_of(form, "siklus"), text_of(form, "assignee")
    team, reach = team_of(request, cycle), act.reaches("verification.queue")
    async with act.running.pool.connection() as conn:
        found = await queries.to_share(conn, reach, cycle, team) if reach else []
    rows = {streams.case_of(row["submission"]): row for row in found}
    if chosen.keys() - rows.keys():
        raise NotFound
    refused = [] if chosen else [FieldError("pilihan", _("Pilih isian yang ditugaskan."))]
    for case, times in chosen.items():
        try:
            await act(orders.assign(act, rows[case], assignee, _seen(times), team), part=case)
        except Refused as error:
            name = error.field if error.field == "assignee" else ""
            refused.append(FieldError(name, f"{rows[case]['agency_name']}: {sentence_of(error)}"))
    if refused:
        return await _page(request, Looking(request, act.response), cycle, typed(form), tuple(refused))
    done = ngettext("{n} isian ditugaskan.", "{n} isian ditugaskan.", len(chosen)).format(n=len(chosen))
    return see_other(request, f"/verifikasi/pembagian?siklus={cycle}", done)


def _seen(times: str) -> int:
    """What is no number was never seen."""
    return int(times) if _TIMES.fullmatch(times) else NEVER


async def _page(
    request: Request,
    look: Looking,
    siklus: str,
    values: Mapping[str, str] = MappingProxyType({}),
    errors: tuple[FieldError, ...] = (),
) -> Response:
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
        cycle = siklus or (cycles[0]["cycle"] if cycles else "")
        team = team_of(request, cycle)
        rows = await queries.to_share(conn, look.viewer, cycle, team)
    return render(
        request,
        "sharing.html",
        status_code=422 if errors else 200,
        cycles=cycles,
        cycle=cycle,
        rows=rows,
        team=team,
        loads=loads(rows, team),
        may_assign=look.may("verification.AssignVerifier"),
        values=values,
        errors=errors,
    )
