"""The evidence files that a verifier reads. Handing out is the same everywhere
(`shared/web/files/downloads.py`).

SOP step 8. Previous hop: a link on a page, or a program. Next hop: `shared/web/files/downloads.py`,
which answers nothing but exactly these bytes.
"""

from fastapi import Response

from services.verification import streams
from services.verification.checking import queries
from shared.web.acting import Looking
from shared.web.files.downloads import among, hand_out


async def evidence_file(look: Looking, case: str, digest: str) -> Response:
    """An evidence file of the revision on view. Raises NotFound for any other digest."""
    async with look.conn() as conn:
        found = await queries.reviewed(conn, look.viewer, streams.verification(case))
    return await hand_out(
        look.request, among([attached.file for attached in found.revision.evidence] if found else [], digest)
    )
