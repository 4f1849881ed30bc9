"""Proofs and exports over HTTP: of a line, that the log only grew, the whole check,
the log as file or folder.

Every SOP step. Previous hop: a program or an inspector. Next hop: `proof/proofs.py`, `proof/export.py`.
Nothing here changes anything.
"""

import asyncio
import base64
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask

from services.archive.log import queries, waiting
from services.archive.log.addresses import Index, Size
from services.archive.log.regions import Seen, seen_by
from services.archive.log.signing import signed_of, signing_of
from services.archive.proof import export, proofs
from services.archive.store import archive_of
from shared.web.acting import Look, Looking
from shared.web.declared import reads
from shared.web.files.downloads import store_answers
from shared.web.forms.fields import Position
from shared.web.problems.shape import NotFound

router = APIRouter(prefix="/api/archive", tags=["audit log"])


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


@router.get(
    "/proof/{index}",
    summary="C2SP tlog-proof of a line",
    response_class=PlainTextResponse,
    dependencies=[reads("archive.proof")],
)
async def proof(index: Index, request: Request, look: Look, size: Size = None) -> str:
    await waiting.until_logged(request)
    signed = await signed_of(request, size)
    async with look.conn() as conn:
        if await queries.one_leaf(conn, await seen_by(conn, look, "archive.proof"), index) is None:
            raise NotFound
        try:
            return await proofs.inclusion(conn, index, signed)
        except ValueError as error:
            raise NotFound from error


@router.get("/consistency", summary="Proof that the log only grew", dependencies=[reads("archive.proof")])
async def consistency(
    look: Look, older: Annotated[Position, Query(ge=1)], size: Annotated[Position, Query(ge=1)]
) -> Consistency:
    async with look.conn() as conn:
        try:
            hashes = await proofs.consistency(conn, older, size)
        except ValueError as error:
            raise NotFound from error
    return Consistency(older=older, size=size, hashes=[base64.b64encode(one).decode() for one in hashes])


@router.get("/verification", summary="Check the whole log now", dependencies=[reads("archive.proof")])
async def verification(request: Request, look: Look) -> Verification:
    await waiting.until_logged(request)
    signed = await signed_of(request)
    async with look.conn() as conn:
        report = await proofs.verify(conn, signed, signing_of(request).key)
    return Verification.model_validate(report, from_attributes=True)


async def _exported(look: Looking) -> Seen:
    """The lines that whoever takes an export away may read; of all others it has the hashes."""
    async with look.conn() as conn:
        return await seen_by(conn, look, "archive.export")


@router.get(
    "/log",
    summary="The log as one file",
    response_class=StreamingResponse,
    dependencies=[reads("archive.export")],
)
async def log(request: Request, look: Look, size: Size = None) -> StreamingResponse:
    await waiting.until_logged(request)
    signed = await signed_of(request, size)
    name = f"jejak-{signed.size}.jejak"
    return StreamingResponse(
        export.one_file(look.running.pool, await _exported(look), signed),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get(
    "/export",
    summary="The export folder as a zip file",
    response_class=FileResponse,
    dependencies=[reads("archive.export")],
)
async def export_folder(request: Request, look: Look) -> FileResponse:
    place = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="jejak-export-"))
    try:
        await waiting.until_logged(request)
        signed = await signed_of(request)
        folder, packed = place / f"jejak-{signed.size}", place / f"jejak-{signed.size}.zip"
        with store_answers():
            await export.write_folder(
                look.running.pool,
                folder,
                seen=await _exported(look),
                signed=signed,
                key=signing_of(request).key,
                archive=archive_of(request),
            )
        await asyncio.to_thread(export.pack, folder, packed)
    except BaseException:
        export.discard(place)
        raise
    return FileResponse(
        packed,
        media_type="application/zip",
        filename=packed.name,
        background=BackgroundTask(export.discard, place),
    )
