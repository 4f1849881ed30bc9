"""Evidence files on their way into and out of the work bucket: hashed while they stream in, kept by content, handed out as they came.

SOP steps 1, 2, 3, 6 and 7. Previous hop: an upload or a link. Next hop: the object store; events carry only name, size and SHA-256.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from shared.contracts.values import StoredFile
from shared.eventsourcing.decider import Refused
from shared.objects.port import Bucket, NotThere, key_of
from shared.objects.spool import TooLarge, spooled
from shared.web.app import UPLOAD_LIMIT
from shared.web.problems import NotFound

SHOWN = ("application/pdf", "image/png", "image/jpeg")
"""What a browser may show in place; everything else is downloaded, so that no evidence file ever runs as a page of ours."""
UNKNOWN = "application/octet-stream"
PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def bucket_of(request: Request) -> Bucket:
    bucket: Bucket = request.app.state.objects.work
    return bucket


async def take_in(bucket: Bucket, chunks: AsyncIterable[bytes], *, name: str, media_type: str) -> StoredFile:
    """Keeps a stream. Raises 413 as soon as it is too long, Refused for an empty file."""
    try:
        async with spooled(chunks, limit=UPLOAD_LIMIT) as file:
            if file.size == 0:
                raise Refused("file-empty", "Berkas ini kosong.", field="file")
            kind = media_type.partition(";")[0].strip().lower() or UNKNOWN
            await bucket.put(file.path, media_type=kind, digest=file.digest)
            return StoredFile(digest=file.digest, name=plain_name(name), media_type=kind, size=file.size)
    except TooLarge as error:
        raise HTTPException(413) from error


async def take_in_forms(bucket: Bucket, uploads: Iterable[Any]) -> tuple[StoredFile, ...]:
    """The files of a form, without the empty fields."""
    files = [upload for upload in uploads if isinstance(upload, UploadFile) and upload.filename]
    return tuple([await take_in(bucket, _chunks(file), name=file.filename or "", media_type=file.content_type or "") for file in files])


async def find(bucket: Bucket, digest: str, name: str) -> StoredFile:
    """A file that was taken in before. Raises Refused where nothing with this digest is kept."""
    try:
        found = await bucket.stat(key_of(digest))
    except NotThere:
        raise Refused("file-unknown", "Berkas {digest} belum diunggah.", field="evidence", digest=digest[:8]) from None
    return found.as_file(plain_name(name))


async def hand_out(bucket: Bucket, file: Mapping[str, Any]) -> Response:
    """The file as it came. Raises NotFound where the store has lost it."""
    try:
        pieces = await bucket.stream(key_of(file["digest"]))
    except NotThere as error:
        raise NotFound from error
    shown = file["media_type"] in SHOWN
    return StreamingResponse(
        pieces,
        media_type=file["media_type"] if shown else UNKNOWN,
        headers={
            "Content-Length": str(file["size"]),
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file['name'])}",
            "ETag": f'"{file["digest"]}"',
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": PDF_CSP if file["media_type"] == "application/pdf" else "sandbox; default-src 'none'",
        },
    )


def plain_name(name: str) -> str:
    """The last part of a file name, without control characters, at most 120 characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-120:].strip() or "berkas"


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(256 * 1024):
        yield piece
