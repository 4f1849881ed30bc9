"""Files that a verifier or endorser reads: which ones a case names. Handing out is the same everywhere (`shared/web/files/downloads.py`).

SOP steps 8 and 10. Previous hop: a link on a page. Next hop: `shared/web/files/downloads.py`, which answers nothing but exactly these bytes.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from services.verification.queries import Reviewed
from shared.contracts.values import StoredFile
from shared.web.files.downloads import among, hand_out


async def evidence(request: Request, found: Reviewed | None, digest: str) -> Response:
    """An evidence file of the revision on view. Raises NotFound for any other digest."""
    known = [attached.file for attached in found.revision.evidence] if found else []
    return await hand_out(request, among(known, digest))


async def report(request: Request, endorsement: Mapping[str, Any] | None) -> Response:
    """The report that waits for, or got, its endorsement. Raises NotFound where there is none."""
    file = endorsement["file"] if endorsement else None
    return await hand_out(request, StoredFile(**file) if file else None)
