"""What a corrected report says of its correction: the decision, the report that it takes the place of,
and a list of what differs.

SOP step 9. Previous hop: `papers/corrections.py`, with the decision as it was recorded. Next hop:
`letters/compose.py`. What a figure was stands in the decision, what it is among the approved figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.documents.domain.report import Report, build
from services.documents.letters.formats import NOTHING, long_date, whole
from services.documents.letters.report_tables import report_tables
from shared.contracts.values import CorrectedSubmission, Figure, QualityItem
from shared.spm.catalogue import Service
from shared.spm.cells import Value, cell, changes
from shared.web.words.figure_words import ANSWERS, CELLS

DIGEST_SHOWN = 16
RECKONED = {"share": "Capaian", "quality": "Mutu", "index": "Indeks", "absorption": "Serapan"}
"""What the report reckons of one service, by its columns."""
SUMMED = {
    "index": "Indeks",
    "six_decimals": "Indeks (enam desimal)",
    "category": "Kategori",
    "counted": "Layanan dihitung",
    "budget": "Anggaran",
    "realised": "Realisasi",
    "absorption": "Serapan",
}
"""What it reckons of an urusan and of all."""


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
    """What, where, what it was and what it is: the cells in the order of the catalogue, then every number
    that the report reckons from them, as it is printed.
    """
    before = {name: figure for one in correction.submissions for name, figure in one.figures.items()}
    entered = [
        row
        for part in report.parts
        for line in part.lines
        if line.service.id in before
        for row in _rows(line.service, before[line.service.id], line.figure or Figure())
    ]
    return [*entered, *(_reckoned(_as_it_was(report, before), report) if entered else ())]


def _as_it_was(report: Report, before: Mapping[str, Figure]) -> Report:
    """The report with the figures of before, under the same settings."""
    approved = [
        replace(one, figures={name: before.get(name, figure) for name, figure in one.figures.items()})
        for one in report.approved
    ]
    return build(report.catalogue, approved)


def _reckoned(was: Report, now: Report) -> Iterator[Sequence[str]]:
    old, new = report_tables(was), report_tables(now)
    for one, other in zip(old["fields_of_government"], new["fields_of_government"], strict=True):
        for line, after in zip(one["services"], other["services"], strict=True):
            yield from _differing(after["name"], RECKONED, line, after)
        for item, after in zip(one["items"], other["items"], strict=True):
            yield from _differing(after["service"], {"share": f"Capaian {after['label']}"}, item, after)
        yield from _differing(f"Urusan {other['name']}", SUMMED, one, other)
    yield from _differing("Seluruh urusan", SUMMED, old, new)


def _differing(
    name: str, named: Mapping[str, str], was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Sequence[str]]:
    for key, label in named.items():
        if was[key] != now[key]:
            yield (name, label, was[key], now[key])


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
