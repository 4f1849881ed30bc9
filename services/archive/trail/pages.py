"""Pages of the audit trail: the trail with its search, and one event.

Every SOP step. Previous hop: a browser. Next hop: `trail/view.py`. Nothing here changes anything.
"""

from fastapi import APIRouter, Request, Response

from services.archive.log import waiting
from services.archive.log.addresses import Index
from services.archive.trail import view
from services.archive.trail.sought import OfPage
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.forms.fields import Position
from shared.web.frame.rendering import render

router = APIRouter(include_in_schema=False)
READS = ("archive.audit", "archive.installation")


@router.get("/jejak-audit", dependencies=[reads(*READS)])
async def trail(
    request: Request,
    look: Look,
    asked: OfPage,
    sebelum: Position | None = None,
) -> Response:
    await waiting.until_logged_or_behind(request)
    return render(request, "trail.html", **await view.trail(look, asked, sebelum))


@router.get("/jejak-audit/{index}", dependencies=[reads(*READS)])
async def one(index: Index, request: Request, look: Look) -> Response:
    shown = await view.event(look, index)
    if "row" not in shown:
        return render(request, "gone.html", status_code=410, **shown)
    return render(request, "event.html", **shown)
