"""The report that an endorser reads. Handing out is the same everywhere (`shared/web/files/downloads.py`).

SOP step 10. Previous hop: a link on a page, or a program. Next hop: `shared/web/files/downloads.py`,
which answers nothing but exactly these bytes.
"""

from fastapi import Response

from services.verification.endorsing import queries
from shared.web.acting import Looking
from shared.web.files.downloads import hand_out


async def report_file(look: Looking, cycle: str) -> Response:
    """The report that waits for, or got, its endorsement. Raises NotFound where there is none."""
    async with look.conn() as conn:
        found = await queries.endorsement_of(conn, cycle)
    return await hand_out(look.request, queries.draft_file(found) if found and found["file"] else None)
