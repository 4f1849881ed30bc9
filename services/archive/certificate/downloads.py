"""The file of a certificate, out of the archive store, compared with its digest on the way.

SOP step 13, and every step before it. Previous hop: `certificate/api.py`, `certificate/pages.py`. Next hop:
the archive bucket.
"""

from fastapi import Response

from services.archive.certificate import queries
from services.archive.store import archive_of
from shared.contracts.values import StoredFile
from shared.web.acting import Looking
from shared.web.files.downloads import hand_out
from shared.web.problems.shape import FileDamaged, NotFound


async def certificate_file(look: Looking, number: int) -> Response:
    """Raises NotFound while it is not issued and for who does not see all of it, FileDamaged where the store
    has not exactly these bytes.
    """
    queries.must_see_everything()
    async with look.conn() as conn:
        found = await queries.one(conn, number)
    if found is None or found["issued_at"] is None:
        raise NotFound
    place = {"key": found["object_key"], "version": found["object_version"]}
    try:
        return await hand_out(
            look.request, StoredFile(**found["file"]), bucket=archive_of(look.request), **place
        )
    except NotFound as gone:
        raise FileDamaged from gone
