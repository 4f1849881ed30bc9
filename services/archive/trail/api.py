"""The lines of the audit log over HTTP, searched.

Every SOP step. Previous hop: a program or an inspector. Next hop: `trail/queries.py`.
Nothing here changes anything.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.archive.log import waiting
from services.archive.log.regions import seen_by
from services.archive.trail import queries
from services.archive.trail.changed import changed
from services.archive.trail.sought import OfProgram, searched
from services.archive.trail.view import people_of
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.paging import After, Limit, Page, cursor, key_of

router = APIRouter(prefix="/api/archive", tags=["audit log"])


class ChangedRow(BaseModel):
    """A cell that reads otherwise, in words; empty: it was, or is, nothing."""

    cell: str
    before: str
    after: str


class LineRow(BaseModel):
    """A line of the log; `line` is exactly what is hashed. `changed`: what it changed of what an earlier line
    said.
    """

    index: int
    source: str
    stream: str
    version: int
    case_id: str
    type: str
    person: str
    recorded_at: datetime
    changed: list[ChangedRow]
    line: str


@router.get(
    "/lines",
    summary="Lines of the log, the newest first",
    dependencies=[reads("archive.audit", "archive.installation")],
)
async def lines(
    request: Request,
    look: Look,
    asked: OfProgram,
    after: After = None,
    limit: Limit = 50,
) -> Page[LineRow]:
    below = int(key_of(after, 1)[0]) if after else None
    await waiting.until_logged(request)
    async with look.conn() as conn:
        seen, people = await seen_by(conn, look, "archive.audit"), people_of(look)
        rows: list[Any] = await queries.trail(
            conn,
            seen,
            search=await searched(conn, asked, request),
            stream=asked.alur,
            below=below,
            limit=limit + 1,
        )
        before = await queries.set_before(conn, seen, rows[:limit])
    shown = [
        LineRow.model_validate(
            {
                **row,
                "changed": [asdict(one) for one in changed(row, before.get(row["index"], {}), people(row))],
            }
        )
        for row in rows[:limit]
    ]
    return Page(items=shown, next=cursor(shown[-1].index) if len(rows) > limit else None)
