"""The tables of the report as text: the one place where the report's exact numbers are rounded and worded.

SOP step 9. Previous hop: `domain/report.py`. Next hop: `letters/laporan.typ`, which only sets what it gets.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from services.documents.domain.report import Money, Report, ServiceLine, UrusanPart
from services.documents.letters.formats import NOTHING, category_text, index_text, share, whole
from shared.contracts.values import Figure
from shared.spm.index import BANDS, LOWEST

DIGEST_SHOWN = 16


def report_tables(report: Report) -> dict[str, Any]:
    """Everything that the report's template shows, finished as text."""
    settings = report.index.settings
    return {
        "index": index_text(report.index.whole),
        "six_decimals": index_text(report.index.whole, 6),
        "exact": NOTHING if report.index.whole is None else str(report.index.whole),
        "category": category_text(report.index.whole),
        "permille": _permille(report.index.whole),
        "counted": str(report.counted),
        "without_index": _without_index(report),
        "target": f"{report.catalogue.target_percent} %",
        **_money(report.money),
        "fields_of_government": [_urusan(part) for part in report.parts],
        "categories": _categories(),
        "origins": [{"mark": mark, "label": origin} for mark, origin in report.origins.items()],
        "parameters": [
            f"Katalog layanan versi {report.catalogue.version}.",
            (
                f"Bobot penerima layanan {share(report.catalogue.recipients_weight)}, "
                f"bobot mutu minimal {share(report.catalogue.quality_weight)}."
            ),
            *settings.sentences(),
        ],
        "sources": [
            {
                "agency": each.agency_name,
                "revision": str(each.revision),
                "digest": each.digest[:DIGEST_SHOWN],
                "verified_by": each.verified_by,
            }
            for each in report.approved
        ],
    }


def _urusan(part: UrusanPart) -> dict[str, Any]:
    items = [item for line in part.lines for item in _items(line)]
    return {
        "name": part.urusan.name,
        "index": index_text(part.index),
        "six_decimals": index_text(part.index, 6),
        "category": category_text(part.index),
        "permille": _permille(part.index),
        "counted": str(part.counted),
        **_money(part.money),
        "services": [_service(number, line) for number, line in enumerate(part.lines, 1)],
        "items": items,
        "staff": [item for item in items if item["group"] == "sdm" and item["required"] != NOTHING],
    }


def _service(number: int, line: ServiceLine) -> dict[str, Any]:
    figure = line.figure
    return {
        "no": str(number),
        "name": line.service.name,
        "recipients": line.service.recipients,
        "unit": line.service.unit,
        "entitled": _count(figure, "entitled"),
        "served": _count(figure, "served"),
        "share": share(line.index.recipients),
        "quality": share(line.index.quality),
        "index": index_text(line.index.index),
        "mark": line.mark,
        "note": _note(figure),
        **_money(
            Money(figure.budget or 0, figure.realised or 0) if figure and figure.budget is not None else None
        ),
    }


def _items(line: ServiceLine) -> list[dict[str, str]]:
    return [
        {
            "service": line.service.name,
            "group": quality.kind.group,
            "label": quality.kind.name,
            "required": whole(quality.item.required if quality.item else None),
            "fulfilled": whole(quality.item.fulfilled if quality.item else None),
            "share": share(quality.share),
        }
        for quality in line.quality
    ]


def _count(figure: Figure | None, name: str) -> str:
    match figure:
        case None:
            return NOTHING
        case Figure(answer="nihil"):
            return "nihil"
        case Figure(answer="not_yet"):
            return "belum"
        case _:
            return whole(getattr(figure, name))


def _note(figure: Figure | None) -> str:
    match figure:
        case None:
            return "Tidak ada isian yang disetujui."
        case Figure(answer="nihil", reason=reason):
            return f"Nihil: {reason}"
        case Figure(answer="not_yet", reason=reason):
            return f"Belum ada angka: {reason}"
        case _:
            return ""


def _money(money: Money | None) -> dict[str, str]:
    if money is None:
        return {"budget": NOTHING, "realised": NOTHING, "absorption": NOTHING}
    return {
        "budget": whole(money.budget),
        "realised": whole(money.realised),
        "absorption": share(money.absorption),
    }


def _permille(index: Fraction | None) -> int:
    """Length of the bar, 0 to 1000; a drawing, no figure."""
    return 0 if index is None else min(int(index * 10), 1000)


def _without_index(report: Report) -> str:
    names = [line.service.name for part in report.parts for line in part.lines if line.index.index is None]
    return f"Tidak dihitung dalam indeks: {'; '.join(names)}." if names else ""


def _categories() -> list[Sequence[str]]:
    uppers = [None, *(lower for lower, _ in BANDS)]
    rows: list[Sequence[str]] = [
        (f"{lower}" if upper is None else f"{lower} sampai kurang dari {upper}", name)
        for (lower, name), upper in zip(BANDS, uppers, strict=False)
    ]
    return [*rows, (f"kurang dari {BANDS[-1][0]}", LOWEST)]
