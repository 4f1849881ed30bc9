"""Evidence beside the figure that it is for: pages of a PDF and pictures, drawn anew; first rows of a sheet.

SOP step 8. Previous hop: a verifier's browser. Next hop: `shared/web/files/preview.py`; the file itself is
handed out by `checking/downloads.py`.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from services.verification.checking.addresses import Case
from services.verification.checking.downloads import evidence_file, evidence_of
from services.verification.queries import known
from shared.spm.catalogue import named
from shared.web.files.downloads import ALWAYS_ASK
from shared.web.files.preview import preview_of
from shared.web.for_pages import Look, NotFound, later, reads, render
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)

READS = reads("verification.verification")
MOST_PAGES: Final = 20
"""Of a PDF, on one page of ours."""
WHY: Final = {
    "kind": later("Berkas jenis ini tidak ditampilkan di sini; unduh untuk membukanya."),
    "too-large": later("Isi berkas ini terlalu besar untuk ditampilkan di sini; unduh untuk membukanya."),
    "locked": later("Berkas ini terkunci dengan kata sandi; mintalah yang dapat dibuka."),
    "broken": later("Berkas ini rusak atau bukan jenis yang disebut namanya; mintalah yang lain."),
}


@router.get("/verifikasi/{case}/bukti/{digest}", dependencies=[READS])
async def evidence(case: Case, digest: str, look: Look) -> Response:
    return await evidence_file(look, case, digest)


@router.get("/verifikasi/{case}/bukti/{digest}/lihat", dependencies=[READS])
async def evidence_page(case: Case, digest: str, request: Request, look: Look) -> Response:
    found, file = await evidence_of(look, case, digest)
    preview = await preview_of(request, file)
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
    services = [
        service.name
        for attached in found.revision.evidence
        if attached.file.digest == digest
        for one in attached.services
        if (service := named(one)) is not None
    ]
    return render(
        request,
        "evidence.html",
        case=case,
        cycle=found.case["cycle"],
        cycles=cycles,
        found=found,
        file=file,
        services=services,
        preview=preview,
        pages=min(preview.pages, MOST_PAGES),
        why=_(WHY[preview.why]) if preview.why else "",
    )


@router.get("/verifikasi/{case}/bukti/{digest}/gambar/{number}.png", dependencies=[READS])
async def evidence_picture(
    case: Case, digest: str, number: Annotated[int, Path(ge=1, le=MOST_PAGES)], request: Request, look: Look
) -> Response:
    _found, file = await evidence_of(look, case, digest)
    etag = f'"{file.digest}-{number}"'
    headers = {"Cache-Control": ALWAYS_ASK, "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    preview = await preview_of(request, file, number)
    if not preview.picture:
        raise NotFound
    return Response(preview.picture, media_type="image/png", headers=headers)
