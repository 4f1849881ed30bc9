"""The pictures of the report: the index of each urusan, and the capaian of its services, as bars.

SOP step 9. Previous hop: `domain/report.py`. Next hop: `letters/laporan.typ`, which sets each under the table
of the same numbers. What has no figure has a dashed line and its word, because a blank is never a zero.
"""

from collections.abc import Iterable

from services.documents.domain.report import Report, ServiceLine, UrusanPart
from services.documents.letters.formats import index_text, marked, share
from shared.charts.bars import Bar, Pair, bars


def of_indices(report: Report) -> dict[str, str]:
    """The index of each urusan, and of all: the picture as SVG, and what it says in words."""
    named = [(part.urusan.name, part.index, part.incomplete) for part in report.parts]
    pairs = [
        Pair(name, Bar(None if index is None else index / 100, marked(index_text(index), incomplete)))
        for name, index, incomplete in [*named, ("Seluruh urusan", report.index.whole, report.incomplete)]
    ]
    return _picture("indeks", "Indeks pencapaian SPM menurut urusan, skala 0 sampai 100", pairs)


def of_services(part: UrusanPart) -> dict[str, str]:
    """The capaian of each service of an urusan: the picture as SVG, and what it says in words."""
    pairs = [Pair(line.service.name, Bar(line.index.recipients, _capaian(line))) for line in part.lines]
    return _picture(part.urusan.id, f"Capaian tiap layanan urusan {part.urusan.name}", pairs)


def _capaian(line: ServiceLine) -> str:
    if line.index.recipients is not None:
        return f"{share(line.index.recipients)} {line.mark}".strip()
    answer = line.figure.answer if line.figure else ""
    return {"": "tanpa isian", "nihil": "nihil", "not_yet": "belum ada angka"}.get(answer, "kosong")


def _picture(mark: str, title: str, pairs: Iterable[Pair]) -> dict[str, str]:
    every = list(pairs)
    told = "; ".join(f"{pair.name} {pair.now.word}" for pair in every)
    return {"svg": bars(mark, title, told, every, alone=True), "alt": f"{title}: {told}."}
