"""Files out of and into a bucket, as every room does it:
only bytes that have the digest, never run as a page of ours.

Serves every SOP step that knows evidence, drafts, scans or archived files. Previous hop: a link or an upload.
Next hop: the object store.
"""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from shared.contracts.values import StoredFile
from shared.objects.port import Bucket, Corrupt, NotThere, key_of
from shared.objects.spool import fetched
from shared.web.files.file_kinds import PDF, SCANS, by_first_bytes
from shared.web.problems.shape import FileDamaged, NotFound

SHOWN = SCANS
"""What a browser may show in place; everything else is downloaded,
so that no file ever runs as a page of ours.
"""
UNKNOWN = "application/octet-stream"
PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PIECE = 256 * 1024
ALWAYS_ASK = "private, no-cache"
"""The browser may keep it, and asks each time whether this person may still see it."""

log = structlog.get_logger()


def bucket_of(request: Request) -> Bucket:
    """The work bucket of this process."""
    bucket: Bucket = request.app.state.objects.work
    return bucket


@contextmanager
def store_answers() -> Iterator[None]:
    """A file that is gone is not found, one that is damaged is said to be; both are logged.
    A store that is away passes, and is told as that.
    """
    try:
        yield
    except NotThere as error:
        log.warning("file-not-there", error=repr(error))
        raise NotFound from error
    except Corrupt as error:
        log.critical("file-damaged", error=repr(error))
        raise FileDamaged from error


async def hand_out(
    request: Request,
    file: StoredFile | None,
    *,
    bucket: Bucket | None = None,
    key: str = "",
    version: str | None = None,
) -> Response:
    """A file that the caller has found to be this person's to see;
    by default that of its digest in the work bucket.

    The whole file is compared with its digest before its first byte leaves, on disk and not in memory,
    whoever reads it how slowly. Raises NotFound for None or a file that is gone, FileDamaged where the store
    has not exactly these bytes any more.
    """
    if file is None:
        raise NotFound
    etag = f'"{file.digest}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag, "Cache-Control": ALWAYS_ASK})
    with store_answers():
        content = await fetched(
            await (bucket or bucket_of(request)).stream(key or key_of(file.digest), version)
        )
    return StreamingResponse(
        content.pieces(),
        headers=_harmless(file, content.head) | {"ETag": etag, "Content-Length": str(content.size)},
    )


def among(known: Iterable[StoredFile], digest: str) -> StoredFile | None:
    """The file of this digest among those that a case names; None for any other, whoever asks."""
    return next((file for file in known if file.digest == digest), None)


def telling(file: StoredFile, *parts: str) -> StoredFile:
    """The file under a name that says what it is of: `Laporan-SPM-2026-koreksi-1-revisi-2.pdf`. The first
    of several parts is not said again where the name ends with it: `keputusan.pdf` of a decision.
    """
    stem, suffix = PurePosixPath(file.name).stem, PurePosixPath(file.name).suffix
    first, *more = parts
    words = re.sub(r"\W+|_", "-", f"-{stem}").casefold()
    is_said = bool(more) and words.endswith(f"-{first}")
    return replace(file, name="-".join((stem, *(more if is_said else parts))) + suffix)


def of_draft(revision: int, correction: int) -> list[str]:
    """What distinguishes a draft from every other of its document."""
    return [*of_correction(correction), f"revisi-{revision}"]


def of_correction(number: int) -> list[str]:
    """The part for the official correction that a file belongs to; none for 0."""
    return [f"koreksi-{number}"] if number else []


def _harmless(file: StoredFile, head: bytes) -> dict[str, str]:
    """Headers that keep the bytes from doing anything: shown in place only where the
    bytes themselves are of a kind that is shown.
    """
    found = by_first_bytes(head)
    shown = found in SHOWN
    return {
        "Content-Type": found if found and shown else UNKNOWN,
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}",
        "Cache-Control": ALWAYS_ASK,
        "Content-Security-Policy": PDF_CSP if found == PDF else "sandbox; default-src 'none'",
    }


async def chunks_of(upload: UploadFile) -> AsyncIterator[bytes]:
    """The bytes of a form's file, piece by piece."""
    while piece := await upload.read(PIECE):
        yield piece


def plain_name(name: str) -> str:
    """The last part of a name, without what a file system or a header could misread; at most 120 characters.

    Composed (NFC): some systems send a letter and its mark apart, and the mark alone is no letter.
    """
    printable = "".join(
        sign for sign in unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]) if sign.isprintable()
    )
    return re.sub(r"[^\w .,()\[\]&+-]", "_", printable)[-120:].strip(" .") or "berkas"
