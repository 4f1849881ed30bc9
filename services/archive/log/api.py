"""The audit log over HTTP: tree, key and checkpoints.

Every SOP step. Previous hop: a program or an inspector. Next hop: `log/signing.py`, `log/checkpoints.py`.
Nothing here changes anything. A position that is sent along (`Jejak-Position`) is waited for in the log
itself, not only in the read models.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from services.archive.log import checkpoints, queries, waiting
from services.archive.log.addresses import Size
from services.archive.log.signing import signed_of, signing_of
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.paging import After, Limit, Page, cursor, key_of

router = APIRouter(prefix="/api/archive", tags=["audit log"])


class Tree(BaseModel):
    """Size and root of the log now, and of the newest checkpoint."""

    size: int
    root: str
    checkpoint_size: int | None
    checkpoint_root: str | None
    checkpoint_at: datetime | None
    key: str = Field(description="verifier key: compare it with the one on paper")


class CheckpointRow(BaseModel):
    size: int
    root: str
    note: str
    at: datetime


@router.get("/tree", summary="Size and root of the log", dependencies=[reads("archive.checkpoint")])
async def tree(request: Request, look: Look) -> Tree:
    async with look.conn() as conn:
        edge, newest = await queries.edge(conn), await checkpoints.latest(conn)
    return Tree(
        size=edge.size,
        root=edge.root.hex(),
        checkpoint_size=newest.size if newest else None,
        checkpoint_root=newest.root.hex() if newest else None,
        checkpoint_at=newest.at if newest else None,
        key=str(signing_of(request).key),
    )


@router.get(
    "/key",
    summary="The verifier key",
    response_class=PlainTextResponse,
    dependencies=[reads("archive.checkpoint")],
)
async def key(request: Request) -> str:
    return f"{signing_of(request).key}\n"


@router.get(
    "/checkpoint",
    summary="A checkpoint (C2SP signed note)",
    response_class=PlainTextResponse,
    dependencies=[reads("archive.checkpoint")],
)
async def checkpoint(request: Request, size: Size = None) -> str:
    await waiting.until_logged(request)
    return (await signed_of(request, size)).note


@router.get(
    "/checkpoints", summary="All checkpoints, the newest first", dependencies=[reads("archive.checkpoint")]
)
async def older(look: Look, after: After = None, limit: Limit = 50) -> Page[CheckpointRow]:
    below = int(key_of(after, 1)[0]) if after else 2**62
    async with look.conn() as conn:
        found = await checkpoints.before(conn, below, limit + 1)
    rows = [
        CheckpointRow(size=one.size, root=one.root.hex(), note=one.note, at=one.at) for one in found[:limit]
    ]
    return Page(items=rows, next=cursor(rows[-1].size) if len(found) > limit else None)
