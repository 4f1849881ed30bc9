"""Scans that belong to documents and dispatches: which ones their trails hold, and the scan in a form or a
body. The rest is the same everywhere (`shared/web/files/uploads.py`, `shared/web/files/downloads.py`).

SOP steps 4, 5, 9–12. Previous hop: an upload form or a raw body.
Next hop: `queries.py`, with the reach of each question's permission.
"""

from pydantic import Field
from starlette.datastructures import FormData

from services.documents import queries, streams
from shared.contracts.values import StoredFile
from shared.eventsourcing.sql import Connection
from shared.web.acting import Acting
from shared.web.files.file_kinds import SCANS
from shared.web.files.uploads import attachable, take_in_form
from shared.web.forms.fields import Body, Digest, Name


async def scan_in(act: Acting, form: FormData, field: str) -> StoredFile | None:
    """The scan in a file field of a form; None where no file was chosen."""
    taken = await take_in_form(act, [form.get(field)], kinds=SCANS, field=field)
    return taken[0] if taken else None


class ScanIn(Body):
    """A scan in a JSON body, uploaded before by POST /api/documents/files."""

    digest: Digest
    name: Name = Field(min_length=1)


async def attached_scan(act: Acting, scan: ScanIn, field: str) -> StoredFile:
    """A scan that this person uploaded, or that a document or dispatch holds which this person may see.
    Raises Refused for any other.
    """

    async def holding(conn: Connection) -> StoredFile | None:
        viewers = {
            category: act.reaches(f"documents.{category}")
            for category in (streams.DOCUMENT, streams.DISPATCH)
        }
        return await queries.held_file(
            conn,
            [category for category, viewer in viewers.items() if viewer and viewer.may_see("")],
            scan.digest,
        )

    return await attachable(act, scan.digest, scan.name, holding, kinds=SCANS, field=field)
