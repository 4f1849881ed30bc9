"""The files of a document: drafts, and the scans that its trail names.
Handing out is the same everywhere (`shared/web/files/downloads.py`).

SOP steps 4, 5, 9–11. Previous hop: a link on a page, or a program. Next hop: `shared/web/files/downloads.py`.
"""

from collections.abc import Iterable, Mapping

from fastapi import Response

from services.documents.file_names import files_of, of_act
from services.documents.papers import queries
from shared.contracts.documents import Kind
from shared.contracts.values import StoredFile
from shared.web.acting import Looking
from shared.web.files.downloads import among, hand_out, of_draft, telling

__all__ = ["document_file", "last_drafts", "named", "of_act"]


async def document_file(look: Looking, cycle: str, kind: Kind, digest: str) -> Response:
    """A file that a document or its trail names. Raises NotFound for any other digest."""
    async with look.conn() as conn:
        view = await queries.document_of(conn, look.viewer, cycle, kind)
    return await hand_out(look.request, among(files_of(view.trail if view else ()), digest))


def named(view: queries.DocumentView) -> Mapping[str, StoredFile]:
    """The files of a document by digest, each by its telling name."""
    return {file.digest: file for file in files_of(view.trail)}


def last_drafts(
    rows: Iterable[queries.DocumentRow], corrected: Mapping[Kind, tuple[int, int]]
) -> Mapping[Kind, StoredFile]:
    """The last draft of each document by its telling name; `corrected`: the correction that it was made for,
    and the one that took its place.
    """
    return {
        row.kind: telling(row.file, *of_draft(row.row["revision"], corrected[row.kind][0]))
        for row in rows
        if row.file
    }
