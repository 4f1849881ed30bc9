"""Pages of regions: those that somebody reaches who has several, and the choice of one. A region begins where
its code is chosen: its agencies are registered, then its people, by the pages that all regions have.

Serves every SOP step. Previous hop: a person's browser. Next hop: the read models; the choice is a cookie.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.intake.people import queries
from shared.web.for_pages import Look, reads, render, see_other
from shared.web.for_pages import gettext as _
from shared.web.forms.fields import Name
from shared.web.regions import CHOICE
from shared.web.running import is_https

router = APIRouter()


@router.get("/daerah", dependencies=[reads("intake.regions")])
async def regions(request: Request, look: Look, daerah: Annotated[Name, Query()] = "") -> Response:
    """The regions in sight; with `daerah` that one is looked at from now on."""
    if daerah:
        answer = see_other(
            request, "/pegawai", _("Yang tampil sekarang daerah {code}.").format(code=look.region)
        )
        secure = is_https(request)
        answer.set_cookie(CHOICE, daerah, httponly=True, samesite="lax", secure=secure)
        return answer
    async with look.conn() as conn:
        found = await queries.counted_regions(conn)
    return render(
        request,
        "regions.html",
        found=found,
        current=look.region,
        may_begin=look.may("intake.RegisterAgency"),
    )
