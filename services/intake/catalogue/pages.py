"""Pages of the catalogue: all services of a version, one of them with its quality items and help, and what
differs between two versions. Nothing is done here.

SOP step 7. Previous hop: a person's browser, from *Aturan angka* or from the help of a sheet. Next hop: the
catalogue of `shared.spm`, and the cycles, which say which version each was opened under.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.intake import queries
from services.intake.catalogue.differences import difference
from services.intake.queries import Row
from shared.spm.catalogue import GROUPS, Catalogue, catalogues
from shared.spm.field_help import help_of
from shared.web.for_pages import Look, Looking, NotFound, later, reads, render
from shared.web.for_pages import gettext as _
from shared.web.forms.fields import Id
from shared.web.words.figure_words import CELLS
from shared.web.words.i18n import language

router = APIRouter()
READS = reads("intake.rules")
Version = Annotated[int | None, Query(ge=1, le=9999)]
GROUP_WORDS: Mapping[str, str] = dict(
    zip(GROUPS, (later("Barang/jasa"), later("Sumber daya manusia"), later("Petunjuk teknis")), strict=True)
)
CHANGED: Mapping[str, str] = {
    "name": later("Nama"),
    "urusan": later("Urusan"),
    "recipients": later("Penerima"),
    "denominator": later("Berhak"),
    "numerator": later("Terlayani"),
    "unit": later("Satuan"),
    "note": later("Catatan katalog"),
    "nihil": later("Boleh nihil"),
    "item-added": later("Butir mutu baru"),
    "item-gone": later("Butir mutu dihapus"),
    "item-name": later("Nama butir mutu"),
    "item-group": later("Kelompok butir mutu"),
}


@router.get("/aturan/layanan", dependencies=[READS])
async def services(request: Request, look: Look, versi: Version = None) -> Response:
    catalogue = _version(versi)
    cycles = await _cycles(look)
    return render(
        request,
        "catalogue.html",
        catalogue=catalogue,
        **_about(cycles),
        used=_users(cycles, catalogue.version),
    )


@router.get("/aturan/layanan/perbandingan", dependencies=[READS])
async def compared(request: Request, look: Look, dari: Version = None, ke: Version = None) -> Response:
    """Of the two last versions where none is named."""
    known = list(catalogues())
    before, after = _version(dari or known[max(len(known) - 2, 0)]), _version(ke)
    cycles = await _cycles(look)
    said: dict[str, Any] = {name: _(word) for name, word in CHANGED.items()}
    return render(
        request,
        "catalogue_difference.html",
        before=before,
        after=after,
        of=difference(before, after),
        what=said,
        used={one.version: _users(cycles, one.version) for one in (before, after)},
        **_about(cycles),
    )


@router.get("/aturan/layanan/{service}", dependencies=[READS])
async def one(
    service: Annotated[Id, Path(description="id of a service")],
    request: Request,
    look: Look,
    versi: Version = None,
) -> Response:
    catalogue = _version(versi)
    found = catalogue.services.get(service)
    if found is None:
        raise NotFound
    cycles = await _cycles(look)
    return render(
        request,
        "catalogue_service.html",
        catalogue=catalogue,
        service=found,
        help=help_of(found, catalogue.version),
        named={field: _(word) for field, word in CELLS.items()},
        share_of=lambda pair: Fraction(pair[1], pair[0]),
        used=_users(cycles, catalogue.version),
        others=[
            version
            for version, one in catalogues().items()
            if version != catalogue.version and service in one.services
        ],
        **_about(cycles),
    )


def _version(asked: int | None) -> Catalogue:
    """That version, or the newest. Raises NotFound."""
    known = catalogues()
    found = known.get(asked if asked is not None else max(known))
    if found is None:
        raise NotFound
    return found


async def _cycles(look: Looking) -> Sequence[Row]:
    async with look.conn() as conn:
        return await queries.cycles(conn)


def _users(cycles: Sequence[Row], version: int) -> Sequence[Row]:
    return [row for row in cycles if row["catalogue"] == version]


def _about(cycles: Sequence[Row]) -> dict[str, Any]:
    return {
        "versions": list(catalogues()),
        "cycles": cycles,
        "groups": {name: _(word) for name, word in GROUP_WORDS.items()},
        "english": language.get() == "en",
    }
