"""The audit log over HTTP: tree, checkpoints, proofs, lines, the check, and the exports.

Every SOP step. Previous hop: a program or an inspector. Next hop: `proof/proofs.py`, `proof/export.py`, `queries.py`. Nothing here changes anything.
A position that is sent along (`Jejak-Position`) is waited for in the log itself, not only in the read models.
"""

import asyncio
import base64
import tempfile
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from services.archive import queries
from services.archive.log import append as audit_log
from services.archive.log import checkpoints
from services.archive.log import waiting as logged
from services.archive.log.checkpoints import Inconsistent, Signed
from services.archive.proof import export, proofs
from services.archive.trail.searching import understood
from services.archive.works import works_of
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.files.downloads import store_answers
from shared.web.forms.fields import Name, Position
from shared.web.paging import After, Limit, Page, cursor, key_of
from shared.web.problems import NotFound
from shared.web.running import running_of

router = APIRouter(prefix="/api/archive", tags=["audit log"])

Index = Annotated[Position, Path(description="place of the line in the log, from 0")]
Size = Annotated[Position | None, Query(ge=1, description="of the checkpoint; the newest where nothing is said")]


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


class Verification(BaseModel):
    """What was proven, what contradicts, and what was not proven."""

    verified: bool
    origin: str
    size: int
    root: str
    key: str
    proven: list[str]
    refuted: list[str]
    not_proven: list[str]


class Consistency(BaseModel):
    """The RFC 6962 proof that the log of `size` begins with the log of `older`; hashes in base64."""

    older: int
    size: int
    hashes: list[str]


async def signed_of(request: Request, size: int | None = None) -> Signed:
    """The checkpoint of this size, else the newest. Raises NotFound while there is none. The caller holds no connection."""
    found = await newest_of(request) if size is None else await _kept(request, size)
    if found is None:
        raise NotFound
    return found


async def newest_of(request: Request) -> Signed | None:
    """A fresh checkpoint; the last that was signed where nothing may be signed; None while the log is empty."""
    try:
        return await works_of(request).signing.now()
    except Inconsistent:
        return await _kept(request, None)


async def _kept(request: Request, size: int | None) -> Signed | None:
    async with running_of(request).pool.connection() as conn:
        return await (checkpoints.latest(conn) if size is None else checkpoints.of_size(conn, size))


@router.get("/tree", summary="Size and root of the log", dependencies=[reads("archive.checkpoint")])
async def tree(request: Request, look: Look) -> Tree:
    async with look.conn() as conn:
        edge, newest = await audit_log.edge(conn), await checkpoints.latest(conn)
    return Tree(
        size=edge.size,
        root=edge.root.hex(),
        checkpoint_size=newest.size if newest else None,
        checkpoint_root=newest.root.hex() if newest else None,
        checkpoint_at=newest.at if newest else None,
        key=str(works_of(request).key),
    )


@router.get("/key", summary="The verifier key", response_class=PlainTextResponse, dependencies=[reads("archive.checkpoint")])
async def key(request: Request) -> str:
    return f"{works_of(request).key}\n"


@router.get(
    "/checkpoint", summary="A checkpoint (C2SP signed note)", response_class=PlainTextResponse, dependencies=[reads("archive.checkpoint")]
)
async def checkpoint(request: Request, size: Size = None) -> str:
    await logged.wait(request)
    return (await signed_of(request, size)).note


@router.get("/checkpoints", summary="All checkpoints, the newest first", dependencies=[reads("archive.checkpoint")])
async def older(look: Look, after: After = None, limit: Limit = 50) -> Page[CheckpointRow]:
    below = int(key_of(after, 1)[0]) if after else 2**62
    async with look.conn() as conn:
        found = await checkpoints.before(conn, below, limit + 1)
    rows = [CheckpointRow(size=one.size, root=one.root.hex(), note=one.note, at=one.at) for one in found[:limit]]
    return Page(items=rows, next=cursor(rows[-1].size) if len(found) > limit else None)


@router.get("/proof/{index}", summary="C2SP tlog-proof of a line", response_class=PlainTextResponse, dependencies=[reads("archive.proof")])
async def proof(index: Index, request: Request, look: Look, size: Size = None) -> str:
    await logged.wait(request)
    signed = await signed_of(request, size)
    async with look.conn() as conn:
        if await queries.one_leaf(conn, look.viewer, index) is None:
            raise NotFound
        try:
            return await proofs.inclusion(conn, index, signed)
        except ValueError as error:
            raise NotFound from error


@router.get("/consistency", summary="Proof that the log only grew", dependencies=[reads("archive.proof")])
async def consistency(look: Look, older: Annotated[Position, Query(ge=1)], size: Annotated[Position, Query(ge=1)]) -> Consistency:
    async with look.conn() as conn:
        try:
            hashes = await proofs.consistency(conn, older, size)
        except ValueError as error:
            raise NotFound from error
    return Consistency(older=older, size=size, hashes=[base64.b64encode(one).decode() for one in hashes])


@router.get("/lines", summary="Lines of the log, the newest first", dependencies=[reads("archive.audit")])
async def lines(
    request: Request,
    look: Look,
    search: Name = "",
    stream: Name = "",
    after: After = None,
    limit: Limit = 50,
) -> Page[LineRow]:
    below = int(key_of(after, 1)[0]) if after else None
    await logged.wait(request)
    async with look.conn() as conn:
        rows: list[Any] = await queries.trail(
            conn,
            look.viewer,
            search=await understood(conn, search, running_of(request).people),
            stream=stream,
            below=below,
            limit=limit + 1,
        )
    shown = [LineRow.model_validate(row) for row in rows[:limit]]
    return Page(items=shown, next=cursor(shown[-1].index) if len(rows) > limit else None)


@router.get("/verification", summary="Check the whole log now", dependencies=[reads("archive.proof")])
async def verification(request: Request, look: Look) -> Verification:
    await logged.wait(request)
    signed = await signed_of(request)
    async with look.conn() as conn:
        report = await proofs.verify(conn, signed, works_of(request).key)
    return Verification.model_validate(report, from_attributes=True)


@router.get("/log", summary="The log as one file", response_class=StreamingResponse, dependencies=[reads("archive.export")])
async def log(request: Request, look: Look, size: Size = None) -> StreamingResponse:
    await logged.wait(request)
    signed = await signed_of(request, size)
    name = f"jejak-{signed.size}.jejak"
    return StreamingResponse(
        export.one_file(look.running.pool, signed),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/export", summary="The export folder as a zip file", response_class=FileResponse, dependencies=[reads("archive.export")])
async def export_folder(request: Request, look: Look) -> FileResponse:
    place = FilePath(await asyncio.to_thread(tempfile.mkdtemp, prefix="jejak-export-"))
    try:
        await logged.wait(request)
        signed, works = await signed_of(request), works_of(request)
        folder, packed = place / f"jejak-{signed.size}", place / f"jejak-{signed.size}.zip"
        with store_answers():
            await export.write_folder(look.running.pool, folder, signed=signed, key=works.key, archive=works.objects.archive)
        await asyncio.to_thread(export.pack, folder, packed)
    except BaseException:
        export.discard(place)
        raise
    return FileResponse(packed, media_type="application/zip", filename=packed.name, background=BackgroundTask(export.discard, place))
