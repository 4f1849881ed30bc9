"""The lines of the audit log over HTTP, searched.

Every SOP step. Previous hop: a program or an inspector. Next hop: `trail/queries.py`.
Nothing here changes anything.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.archive.log import waiting
from services.archive.log.regions import seen_by
from services.archive.trail import queries
from services.archive.trail.searching import search_for
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.forms.fields import Name
from shared.web.paging import After, Limit, Page, cursor, key_of
from shared.web.regions import people_in_sight

router = APIRouter(prefix="/api/archive", tags=["audit log"])


class LineRow(BaseModel):
    """A line of the log; `line` is exactly what is hashed."""

    index: int
    source: str
    stream: str
    version: int
    case_id: str
    type: str
    person: str
    recorded_at: datetime
    line: str


@router.get(
    "/lines",
    summary="Lines of the log, the newest first",
    dependencies=[reads("archive.audit", "archive.installation")],
)
async def lines(
    request: Request,
    look: Look,
    search: Name = "",
    stream: Name = "",
    after: After = None,
    limit: Limit = 50,
) -> Page[LineRow]:
    below = int(key_of(after, 1)[0]) if after else None
    await waiting.until_logged(request)
    async with look.conn() as conn:
        rows: list[Any] = await queries.trail(
            conn,
            await seen_by(conn, look, "archive.audit"),
            search=await search_for(conn, search, people_in_sight(request)),
            stream=stream,
            below=below,
            limit=limit + 1,
        )
    shown = [LineRow.model_validate(row) for row in rows[:limit]]
    return Page(items=shown, next=cursor(shown[-1].index) if len(rows) > limit else None)
