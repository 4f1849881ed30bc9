"""The scans of receipts that a dispatch holds.
Handing out is the same everywhere (`shared/web/files/downloads.py`).

SOP step 12. Previous hop: a link on a page, or a program. Next hop: `shared/web/files/downloads.py`.
"""

from fastapi import Response

from services.documents.dispatch import queries
from services.documents.file_names import files_of
from shared.web.acting import Looking
from shared.web.files.downloads import among, hand_out


async def scan_of(look: Looking, cycle: str, recipient: str, digest: str) -> Response:
    """A scan that the trail of a dispatch names. Raises NotFound for any other digest."""
    async with look.conn() as conn:
        view = await queries.dispatch_of(conn, look.viewer, cycle, recipient)
    return await hand_out(look.request, among(files_of(view.trail if view else ()), digest))
