"""The page of what differs between two moments of a cycle.

Every SOP step. Previous hop: a browser, from the banner of a page that looks back. Next hop: `queries.py`,
`differing.py`. Nothing here changes anything.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.archive.between import differing, queries
from services.archive.log import waiting
from services.archive.log.regions import seen_by
from services.archive.trail.view import people_of
from shared.web.acting import Look, Looking
from shared.web.declared import reads
from shared.web.forms.fields import CyclePath, Name, Short
from shared.web.frame.rendering import render
from shared.web.past.looking_back import as_named, between_moments, moment_named
from shared.web.problems.shape import NotFound

router = APIRouter(include_in_schema=False)
READS = "archive.between"


@router.get("/jejak-audit/beda/{cycle}", dependencies=[reads(READS)])
async def between(
    cycle: CyclePath,
    request: Request,
    look: Look,
    dari: Name = "",
    sampai: Name = "",
    dari_hari: Short = "",
    dari_jam: Short = "",
    sampai_hari: Short = "",
    sampai_jam: Short = "",
) -> Response:
    """What differs between `dari` and `sampai`, each named as `pada` names a moment; what is typed as day and
    hour becomes an address that means the same for ever. Without a second moment it is asked for.
    """
    if dari_hari or sampai_hari or "sampai_hari" in request.query_params:
        first = as_named(request, dari_hari, dari_jam) if dari_hari else dari
        second = as_named(request, sampai_hari, sampai_jam)
        return RedirectResponse(between_moments(cycle, first, second), status_code=303)
    await waiting.until_logged_or_behind(request)
    shown = await _shown(look, cycle, dari, sampai)
    return render(request, "between.html", cycle=cycle, dari=dari, sampai=sampai, **shown)


async def _shown(look: Looking, cycle: str, dari: str, sampai: str) -> dict[str, Any]:
    named = [await moment_named(look.request, one) for one in (dari, sampai) if one]
    async with look.conn() as conn:
        if not await queries.known(conn, cycle):
            raise NotFound
        if len(named) < 2:
            return {"moments": named, "sections": None}
        seen = await seen_by(conn, look, READS)
        sizes = [await queries.size_at(conn, moment) for moment in named]
        first, last = sorted(sizes)
        rows = await queries.lines_between(conn, seen, cycle, first, last)
        found = differing.found_in(rows)
        before = await queries.set_before(conn, seen, found, first)
        stood = await queries.stood_before(conn, seen, found, first)
    return {
        "moments": sorted(named, key=lambda moment: moment.position),
        "sections": differing.sections(found, before, stood, people_of(look)),
        "many": len(rows),
        "most": queries.MOST,
        "first": first,
        "last": last,
    }
