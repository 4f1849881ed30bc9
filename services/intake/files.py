"""Evidence files on their way in: hashed while they stream, kept by content. Handing out is the same everywhere (`shared/web/files.py`).

SOP steps 1, 2, 3, 6 and 7. Previous hop: an upload. Next hop: the object store; events carry only name, size and SHA-256.
"""

from collections.abc import AsyncIterable, Iterable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from shared.contracts.values import StoredFile
from shared.eventsourcing.decider import Refused
from shared.objects.port import Bucket
from shared.objects.spool import TooLarge, spooled
from shared.web.app import UPLOAD_LIMIT
from shared.web.files import UNKNOWN, chunks_of, plain_name


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
    return tuple([await take_in(bucket, chunks_of(file), name=file.filename or "", media_type=file.content_type or "") for file in files])
