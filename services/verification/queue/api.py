"""JSON of the queue: what the cycle expects, how each stands, and what the rules found in it.

SOP step 8. Previous hop: a program with a session token. Next hop: the read models by way of `Look`.
"""

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.verification import streams
from services.verification.checking import queries
from services.verification.checking.queries import Status
from services.verification.queries import team_of
from services.verification.queue import found
from shared.spm.rules import Level
from shared.web.for_api import After, CycleId, Limit, Look, Page, key_of, page, reads

router = APIRouter(prefix="/api/verification", tags=["verification"])


class QueueRow(BaseModel):
    """A submission that the cycle expects, and how its verification stands."""

    id: str
    cycle: str
    agency: str
    agency_name: str
    period: str
    services: list[str]
    status: Status
    revision: int | None
    digest: str | None
    handed_in_by: str | None
    handed_in_on: date | None
    last_act: str | None
    last_by: str | None
    last_at: datetime | None
    assignee: str | None = Field(description="who of Tim SPM looks after it")
    explained: int | None = Field(description="warnings of the rules that the agency explained")
    levels: Mapping[Level, int] | None = Field(
        description="findings of what was handed in and is not approved, by level"
    )


@router.get(
    "/verifications",
    summary="What the cycle expects, and how it stands",
    dependencies=[reads("verification.queue")],
)
async def queue(
    look: Look,
    cycle: CycleId,
    status: Status | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[QueueRow]:
    start = key_of(after, 1)[0] if after else ""
    asked = cycle, status or "", str(start), limit + 1, team_of(look.request, cycle)
    async with look.conn() as conn:
        waiting = await queries.queue_page(conn, look.viewer, *asked)
        levels = await found.levels(conn, look.request, cycle, waiting) if waiting else {}
    rows, following = page(waiting, limit, "submission")
    items = [
        QueueRow(id=streams.case_of(row["submission"]), levels=levels.get(row["submission"]), **row)
        for row in rows
    ]
    return Page(items=items, next=following)
