"""Figures of a small cycle for the tests of the report: health borrowed from a publication,
the rest made up and labelled so.
"""

from collections.abc import Iterator
from datetime import date

from services.documents.domain.report import Approved
from services.documents.letters.compose import CycleFacts
from shared.contracts.values import Figure, QualityItem
from shared.contracts.verification import SubmissionApproved
from shared.spm.catalogue import Service, current
from tests.support.events import made

BANTUL = CycleFacts(cycle="3402-2026", region="3402", region_name="Kabupaten Bantul", year=2026)
BORROWED = "Angka terbitan Kota Gorontalo 2019, dipinjam; bukan data Kabupaten Bantul"
SYNTHETIC = "Angka sintetis untuk peragaan"
BORROWED_FIGURES = {
    "kes.ibu_hamil": (4075, 4122),
    "kes.odgj_berat": (225, 226),
    "kes.hipertensi": (6543, 6543),
}


def figure_of(service: Service) -> Figure:
    served, entitled = BORROWED_FIGURES.get(service.id, (95, 100))
    return Figure(
        served=served,
        entitled=entitled,
        budget=1_000_000_000,
        realised=950_000_000,
        quality={kind.id: QualityItem(required=10, fulfilled=9) for kind in service.quality},
        origin=BORROWED if service.id in BORROWED_FIGURES else SYNTHETIC,
    )


def approved(name: str, agency: str, digest: str, figures: dict[str, Figure]) -> Approved:
    place = {"submission": f"submission-3402-2026-{name}-tahunan", "agency_name": agency}
    return Approved(**place, revision=1, digest=digest * 32, verified_by="rahmat", figures=figures)


def approvals() -> Iterator[Approved]:
    """One approved submission for each urusan of the catalogue."""
    for urusan in current().urusan:
        figures = {service.id: figure_of(service) for service in current().of_urusan(urusan.id)}
        yield approved(urusan.id, f"Dinas {urusan.name}", "ab", figures)


LATE = approved("bpbd", "BPBD", "cd", {})
"""A submission that came to be required when all others were approved."""


def approval(each: Approved) -> SubmissionApproved:
    place = {"agency_name": each.agency_name, "submission": each.submission}
    said = {"revision": each.revision, "digest": each.digest, "figures": each.figures, "by": each.verified_by}
    return made(SubmissionApproved, **place, **said, occurred_on=date(2027, 3, 1))
