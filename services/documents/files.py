"""Files in and out: scans that a person hands in, and the files of documents and dispatches that a person reads.

SOP steps 4, 5, 9–12. Previous hop: an upload form, or a link. Next hop: the work bucket; bytes that do not have the digest are not handed out.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from urllib.parse import quote

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile

from shared.contracts.values import StoredFile
from shared.eventsourcing.decider import Refused
from shared.objects.port import Bucket, NotThere, key_of
from shared.objects.spool import Spooled, TooLarge, spooled
from shared.web.problems import NotFound

SCAN_LIMIT = 20_000_000
PIECE = 256 * 1024
SIGNS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def bucket_of(request: Request) -> Bucket:
    bucket: Bucket = request.app.state.objects.work
    return bucket


async def take_in(bucket: Bucket, chunks: AsyncIterable[bytes], *, name: str, field: str = "file") -> StoredFile:
    """A scan, kept under its digest. Refuses what is no PDF, PNG or JPEG, or too large."""
    try:
        async with spooled(chunks, limit=SCAN_LIMIT) as file:
            media_type = _media_type(file, field)
            await bucket.put(file.path, media_type=media_type, digest=file.digest)
            return StoredFile(digest=file.digest, name=plain_name(name), media_type=media_type, size=file.size)
    except TooLarge as error:
        raise Refused(
            "file-too-large", "Berkas terlalu besar; paling besar {most} MB.", field=field, most=SCAN_LIMIT // 1_000_000
        ) from error


async def take_in_form(bucket: Bucket, form: FormData, field: str) -> StoredFile | None:
    """The scan in a file field of a form; None where no file was chosen."""
    upload = form.get(field)
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    return await take_in(bucket, _pieces(upload), name=upload.filename, field=field)


async def find(bucket: Bucket, digest: str, name: str, field: str) -> StoredFile:
    """A scan that was taken in before. Refuses a digest under which nothing is kept."""
    try:
        stored = await bucket.stat(key_of(digest))
    except NotThere:
        raise Refused("file-unknown", "Berkas {digest} belum diunggah.", field=field, digest=digest[:8]) from None
    return stored.as_file(plain_name(name))


async def hand_out(bucket: Bucket, known: Iterable[StoredFile], digest: str) -> Response:
    """The file of this digest among the known ones. Raises NotFound for any other."""
    file = next((each for each in known if each.digest == digest), None)
    if file is None:
        raise NotFound
    try:
        content = await bucket.get(key_of(file.digest))
    except NotThere as error:
        raise NotFound from error
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.name)}",
        "ETag": f'"{file.digest}"',
        "Cache-Control": "private, max-age=86400, immutable",
        "Content-Security-Policy": PDF_CSP if file.media_type == "application/pdf" else "sandbox; default-src 'none'",
    }
    return Response(content, media_type=file.media_type, headers=headers)


async def _pieces(upload: UploadFile) -> AsyncIterator[bytes]:
    while piece := await upload.read(PIECE):
        yield piece


def _media_type(file: Spooled, field: str) -> str:
    """By the first bytes, never by the name that the sender gave."""
    for sign, media_type in SIGNS:
        if file.head.startswith(sign):
            return media_type
    raise Refused("file-kind", "Pindaian harus berupa PDF, PNG, atau JPEG.", field=field)


def plain_name(name: str) -> str:
    """The last part of a name, without what a file system or a header could misread."""
    return re.sub(r"[^\w .()\[\]-]", "_", re.split(r"[/\\]", name)[-1]).strip(" .")[-120:] or "berkas"
