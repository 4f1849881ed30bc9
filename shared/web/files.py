"""Files out of and into a bucket, as every room does it: only bytes that have the digest, never run as a page of ours.

Serves every SOP step that knows evidence, drafts, scans or archived files. Previous hop: a link or an upload. Next hop: the object store.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import structlog
from fastapi import HTTPException, Request, Response
from starlette.datastructures import UploadFile

from shared.contracts.values import StoredFile
from shared.eventsourcing.decider import Refused
from shared.objects.port import Bucket, Corrupt, NotThere, StoreAway, key_of
from shared.web.problems import NotFound

SHOWN = ("application/pdf", "image/png", "image/jpeg")
"""What a browser may show in place; everything else is downloaded, so that no file ever runs as a page of ours."""
UNKNOWN = "application/octet-stream"
PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PIECE = 256 * 1024

log = structlog.get_logger()


def bucket_of(request: Request) -> Bucket:
    """The work bucket of this process."""
    bucket: Bucket = request.app.state.objects.work
    return bucket


@contextmanager
def store_answers() -> Iterator[None]:
    """A store that does not answer becomes a 503 that may be tried again; a file that is gone or altered is not found, and logged."""
    try:
        yield
    except StoreAway as away:
        raise HTTPException(503, headers={"Retry-After": "5"}) from away
    except (NotThere, Corrupt) as error:
        log.warning("file-not-there", error=repr(error))
        raise NotFound from error


async def hand_out(bucket: Bucket, file: StoredFile | None) -> Response:
    """A file of the bucket. Raises NotFound for None, and where the store has not exactly these bytes any more."""
    if file is None:
        raise NotFound
    with store_answers():
        return answer(await bucket.get(key_of(file.digest)), file)


def among(known: Iterable[StoredFile], digest: str) -> StoredFile | None:
    """The file of this digest among those that a case names; None for any other, whoever asks."""
    return next((file for file in known if file.digest == digest), None)


def answer(content: bytes, file: StoredFile) -> Response:
    """The bytes with the headers that keep them harmless."""
    shown = file.media_type in SHOWN
    return Response(
        content,
        media_type=file.media_type if shown else UNKNOWN,
        headers={
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}",
            "ETag": f'"{file.digest}"',
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": PDF_CSP if file.media_type == "application/pdf" else "sandbox; default-src 'none'",
        },
    )


async def find(bucket: Bucket, digest: str, name: str, field: str = "evidence") -> StoredFile:
    """A file that was uploaded before. Raises Refused where nothing with this digest is kept."""
    try:
        found = await bucket.stat(key_of(digest))
    except NotThere:
        raise Refused("file-unknown", "Berkas {digest} belum diunggah.", field=field, digest=digest[:8]) from None
    return found.as_file(plain_name(name))


async def chunks_of(upload: UploadFile) -> AsyncIterator[bytes]:
    """The bytes of a form's file, piece by piece."""
    while piece := await upload.read(PIECE):
        yield piece


def plain_name(name: str) -> str:
    """The last part of a name, without what a file system or a header could misread; at most 120 characters."""
    printable = "".join(sign for sign in re.split(r"[/\\]", name)[-1] if sign.isprintable())
    return re.sub(r"[^\w .,()\[\]&+-]", "_", printable).strip(" .")[-120:] or "berkas"
