"""JSON of a replay: the moments of a cycle, by which the slider goes.

Every SOP step. Previous hop: the slider of a page (`past.js`), or a program. Next hop: `moments.py`.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.intake import queries
from services.intake.replay.moments import moments_of
from services.intake.wording import words_of
from shared.eventsourcing.past.moment import present
from shared.web.for_api import CyclePath, Look, reads
from shared.web.words.formats import day, time
from shared.web.words.i18n import gettext

router = APIRouter()


class MomentOut(BaseModel):
    """`pada` asks any page, of any service, for what it was then."""

    pada: str = Field(examples=["intake:step-3402-2026-3@2~2026-02-17T10:42:07"])
    at: datetime
    what: str = Field(description="what happened, in the language that is asked for")
    by: str
    when: str = Field(description="on which day, and when it was recorded, in words")


@router.get(
    "/cycles/{cycle}/moments",
    summary="The moments of a cycle, the first one first",
    dependencies=[reads("intake.timeline")],
)
async def moments(cycle: CyclePath, request: Request, look: Look) -> list[MomentOut]:
    with present():  # a slider goes beyond the moment at which it stands
        async with look.conn() as conn:
            await queries.cycle_and_sop(conn, cycle)
            found = await moments_of(conn, look.viewer, cycle)
    words = words_of(request)
    return [
        MomentOut(
            **one.address,
            what=words.happened(one.row),
            by=words.who(one.row["by"]),
            when=gettext("terjadi {day}, dicatat {time}").format(
                day=day(one.row["occurred_on"]), time=f"{day(one.at)} {time(one.at, seconds=True)}"
            ),
        )
        for one in found
    ]
