"""The files of a document: drafts, and the scans that its trail names.
Handing out is the same everywhere (`shared/web/files/downloads.py`).

SOP steps 4, 5, 9–11. Previous hop: a link on a page, or a program. Next hop: `shared/web/files/downloads.py`.
"""

from fastapi import Response

from services.documents.papers import queries
from services.documents.queries import files_of
from shared.contracts.documents import Kind
from shared.web.acting import Looking
from shared.web.files.downloads import among, hand_out


async def document_file(look: Looking, cycle: str, kind: Kind, digest: str) -> Response:
    """A file that a document or its trail names. Raises NotFound for any other digest."""
    async with look.conn() as conn:
        view = await queries.document_of(conn, look.viewer, cycle, kind)
    return await hand_out(look.request, among(files_of(view.trail if view else ()), digest))
