"""Scans that a person hands in: PDF, PNG or JPEG by their first bytes. Handing out is the same everywhere (`shared/web/files.py`).

SOP steps 4, 5, 9–12. Previous hop: an upload form or a raw body. Next hop: the work bucket.
"""

from collections.abc import AsyncIterable

from starlette.datastructures import FormData, UploadFile

from shared.contracts.values import StoredFile
from shared.eventsourcing.decider import Refused
from shared.objects.port import Bucket
from shared.objects.spool import Spooled, TooLarge, spooled
from shared.web.files import chunks_of, plain_name

SCAN_LIMIT = 20_000_000
SIGNS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


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
    return await take_in(bucket, chunks_of(upload), name=upload.filename, field=field)


def _media_type(file: Spooled, field: str) -> str:
    """By the first bytes, never by the name that the sender gave."""
    for sign, media_type in SIGNS:
        if file.head.startswith(sign):
            return media_type
    raise Refused("file-kind", "Pindaian harus berupa PDF, PNG, atau JPEG.", field=field)
