"""Answers over HTTP, to be taken away with their proofs.

Every SOP step. Previous hop: a program or an inspector. Next hop: `view.py`, `packing.py`.
Nothing here changes anything.
"""

import asyncio

from fastapi import APIRouter, Request, Response

from services.archive.log import waiting
from services.archive.log.signing import signed_of, signing_of
from services.archive.questions import asked, packing, view
from services.archive.questions.asked import OptionalCase, OptionalService, Question
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.forms.fields import CyclePath
from shared.web.problems.shape import NotFound

router = APIRouter(prefix="/api/archive", tags=["audit log"])


@router.get(
    "/answers/{cycle}/{number}",
    summary="An answer with its proofs as a zip file",
    response_class=Response,
    dependencies=[reads(view.QUESTIONS)],
)
async def answer(
    cycle: CyclePath,
    number: Question,
    request: Request,
    look: Look,
    case: OptionalCase = "",
    service: OptionalService = "",
) -> Response:
    """Question 1 is about the figure of `service` in the submission `case`."""
    await waiting.until_logged(request)
    signed = await signed_of(request)
    async with look.conn() as conn:
        await asked.known(conn, cycle)
        chosen = await asked.figure(conn, look, cycle, number, case, service)
        found = await view.answer(conn, look, cycle, number, chosen, signed)
        if found.said is None:
            raise NotFound
        proofs = await packing.proofs_of(conn, found, signed.size)
    content = await asyncio.to_thread(packing.packed, found, proofs, signed, signing_of(request).key)
    name = f"{packing.name_of(found)}.zip"
    return Response(
        content,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
