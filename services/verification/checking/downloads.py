"""The evidence files that a verifier reads. Handing out is the same everywhere
(`shared/web/files/downloads.py`).

SOP step 8. Previous hop: a link on a page, or a program. Next hop: `shared/web/files/downloads.py`,
which answers nothing but exactly these bytes.
"""

from fastapi import Response

from services.verification import streams
from services.verification.checking import queries
from services.verification.checking.queries import Reviewed
from shared.contracts.values import StoredFile
from shared.web.acting import Looking
from shared.web.files.downloads import among, hand_out
from shared.web.problems.shape import NotFound


async def evidence_of(look: Looking, case: str, digest: str) -> tuple[Reviewed, StoredFile]:
    """A submission as this person may see it, and an evidence file of the revision on view.
    Raises NotFound for any other digest.
    """
    async with look.conn() as conn:
        found = await queries.reviewed(conn, look.viewer, streams.verification(case))
    file = among([attached.file for attached in found.revision.evidence], digest) if found else None
    if found is None or file is None:
        raise NotFound
    return found, file


async def evidence_file(look: Looking, case: str, digest: str) -> Response:
    """An evidence file of the revision on view. Raises NotFound for any other digest."""
    _found, file = await evidence_of(look, case, digest)
    return await hand_out(look.request, file)
