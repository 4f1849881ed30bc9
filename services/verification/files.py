"""Files that a verifier or endorser reads: exactly the bytes of the digest that the case names, from the work bucket.

SOP steps 8 and 10. Previous hop: a link on a page. Next hop: the object store; bytes that do not have the digest are not handed out.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response

from services.verification.queries import Reviewed
from shared.contracts.values import StoredFile
from shared.objects.port import Bucket, NotThere, key_of
from shared.web.problems import NotFound

SHOWN = ("application/pdf", "image/png", "image/jpeg")
"""What a browser may show in place; everything else is downloaded, so that no evidence file ever runs as a page of ours."""

PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


async def evidence(request: Request, found: Reviewed | None, digest: str) -> Response:
    """An evidence file of the revision on view. Raises NotFound for any other digest."""
    files = [attached.file for attached in found.revision.evidence] if found else []
    return await _send(request, next((file for file in files if file.digest == digest), None))


async def report(request: Request, endorsement: Mapping[str, Any] | None) -> Response:
    """The report that waits for, or got, its endorsement. Raises NotFound where there is none."""
    file = endorsement["file"] if endorsement else None
    return await _send(request, StoredFile(**file) if file else None)


async def _send(request: Request, file: StoredFile | None) -> Response:
    if file is None:
        raise NotFound
    bucket: Bucket = request.app.state.objects.work
    try:
        content = await bucket.get(key_of(file.digest))
    except NotThere as error:
        raise NotFound from error
    shown = file.media_type in SHOWN
    return Response(
        content,
        media_type=file.media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}",
            "ETag": f'"{file.digest}"',
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": PDF_CSP if file.media_type == "application/pdf" else "sandbox; default-src 'none'",
        },
    )
