"""The way from one moment of a cycle to another, for a browser without script: a link that leads back to the
page that was shown, as it was one event later or earlier.

Every SOP step. Previous hop: the banner of a page that looks back. Next hop: that page.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.intake import queries
from services.intake.replay.moments import Way, moments_of, towards
from shared.eventsourcing.past.moment import looks_at, present
from shared.web.for_pages import CyclePath, Look, NotFound, reads
from shared.web.past.looking_back import at_moment

router = APIRouter()
LOCAL = r"^/([^/\\\s][^\\\s]*)?$"
"""An address of this very installation."""


@router.get("/siklus/{cycle}/saat", dependencies=[reads("intake.timeline")])
async def step(
    cycle: CyclePath,
    request: Request,
    look: Look,
    ke: Annotated[str, Query(pattern=LOCAL, max_length=1000)] = "/",
    arah: Way = "maju",
) -> Response:
    """To the page `ke`, as it was one event in the direction `arah` from the moment that is looked at."""
    moment = looks_at()
    with present():
        async with look.conn() as conn:
            await queries.cycle_and_sop(conn, cycle)
            found = await moments_of(conn, look.viewer, cycle)
    asked = getattr(request.state, "moment", "")
    there = towards(found, arah, asked, moment.at if moment else None)
    if there is None:
        raise NotFound
    return RedirectResponse(at_moment(ke, there.named), status_code=303)
