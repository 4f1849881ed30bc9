"""What a corrected report says of its correction: the decision, the report that it takes the place of,
and a list of what differs.

SOP step 9. Previous hop: `papers/corrections.py`, with the decision as it was recorded. Next hop:
`letters/compose.py`. What a figure was stands in the decision, what it is among the approved figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.documents.domain.report import Report
from services.documents.letters.formats import NOTHING, long_date, whole
from shared.contracts.values import CorrectedSubmission, Figure, QualityItem
from shared.spm.catalogue import Service
from shared.spm.cells import Value, cell, changes
from shared.web.words.figure_words import ANSWERS, CELLS

DIGEST_SHOWN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An official correction as it was decided; `revision` and `digest` are of the corrected report."""

    correction: int
    revision: int
    digest: str
    number: str
    issued_on: date
    submissions: tuple[CorrectedSubmission, ...]


def of_letter(correction: Correction, title: str) -> dict[str, Any]:
    """The correction as the template of every letter gets it."""
    return {
        "number": str(correction.correction),
        "sentence": (
            f"Koreksi ke-{correction.correction} atas {title} (revisi {correction.revision}, sidik "
            f"{correction.digest[:DIGEST_SHOWN]}), berdasarkan keputusan nomor {correction.number} "
            f"tanggal {long_date(correction.issued_on)}. Laporan ini menggantikan laporan tersebut."
        ),
    }


def differences(correction: Correction, report: Report) -> Sequence[Sequence[str]]:
    """Service, cell, what it was and what it is, in the order of the catalogue."""
    before = {name: figure for one in correction.submissions for name, figure in one.figures.items()}
    return [
        row
        for part in report.parts
        for line in part.lines
        if line.service.id in before
        for row in _rows(line.service, before[line.service.id], line.figure or Figure())
    ]


def _rows(service: Service, before: Figure, now: Figure) -> Iterator[Sequence[str]]:
    for field, value in changes(before, now).items():
        yield (service.name, _called(service, field), _said(cell(before, field)), _said(value))


def _called(service: Service, field: str) -> str:
    kind = service.quality_item(field.removeprefix("quality."))
    return CELLS.get(field) or (kind.name if kind else field)


def _said(value: Value) -> str:
    match value:
        case QualityItem(required=required, fulfilled=fulfilled):
            return f"{whole(fulfilled)} dari {whole(required)}"
        case str():
            return ANSWERS.get(value, value) or NOTHING
        case _:
            return whole(value)
