"""The page "Verifikasi sekarang": the whole log checked at once.

Every SOP step. Previous hop: a browser. Next hop: `proof/proofs.py`. Nothing here changes anything.
"""

from fastapi import APIRouter, Request, Response

from services.archive.log import waiting
from services.archive.log.signing import newest_of, signing_of
from services.archive.proof import proofs
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.frame.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/jejak-audit/verifikasi", dependencies=[reads("archive.proof")])
async def verify(request: Request, look: Look) -> Response:
    await waiting.until_logged_or_behind(request)
    signed = await newest_of(request)
    async with look.conn() as conn:
        report = await proofs.verify(conn, signed, signing_of(request).key) if signed else None
    return render(request, "proven.html", report=report, may_export=look.may("archive.export"))
