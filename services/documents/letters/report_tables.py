"""The tables of the report as text: the one place where the report's exact numbers are rounded and worded.

SOP step 9. Previous hop: `domain/report.py`. Next hop: `letters/laporan.typ`, which only sets what it gets.
"""

import re
from collections.abc import Sequence
from typing import Any

from services.documents.domain.report import Approved, Money, Report, ServiceLine, UrusanPart
from services.documents.letters.formats import (
    INCOMPLETE,
    NOTHING,
    category_text,
    clean,
    index_text,
    marked,
    share,
    whole,
)
from services.documents.letters.report_charts import of_indices, of_services
from shared.contracts.signs.printable import unprintable
from shared.contracts.values import Figure
from shared.spm.index import BANDS, LOWEST
from shared.web.words.figure_words import CELLS
from shared.web.words.finding_words import sentence_of
from shared.web.words.i18n import language

DIGEST_SHOWN = 16
_VERY_LONG = re.compile(r"(\S{20})(?=\S)")


def report_tables(report: Report) -> dict[str, Any]:
    """Everything that the report's template shows, finished as text."""
    settings = report.index.settings
    return {
        "index": marked(index_text(report.index.whole), report.incomplete),
        "six_decimals": marked(index_text(report.index.whole, 6), report.incomplete),
        "exact": NOTHING if report.index.whole is None else str(report.index.whole),
        "category": category_text(report.index.whole),
        "counted": str(report.counted),
        "without_index": _without_index(report),
        "incomplete": _incomplete(report),
        "target": f"{report.catalogue.target_percent} %",
        **_money(report.money),
        "fields_of_government": [
            _urusan(number, part)
            | {"explanations": _explanations(part, report.approved), "chart": of_services(part)}
            for number, part in enumerate(report.parts, 1)
        ],
        "categories": _categories(),
        "chart": of_indices(report),
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


def _urusan(place: int, part: UrusanPart) -> dict[str, Any]:
    items = [item for line in part.lines for item in _items(line)]
    return {
        "name": part.urusan.name,
        "index": marked(index_text(part.index), part.incomplete),
        "six_decimals": marked(index_text(part.index, 6), part.incomplete),
        "incomplete": bool(part.incomplete),
        "category": category_text(part.index),
        "counted": str(part.counted),
        **_money(part.money),
        "services": [_service(f"{place}.{number}", line) for number, line in enumerate(part.lines, 1)],
        "items": items,
        "staff": [
            item
            for line in part.lines
            if line.figure and line.figure.answer == "filled"
            for item in _items(line)
            if item["group"] == "sdm"
        ],
    }


def _service(mark: str, line: ServiceLine) -> dict[str, Any]:
    """`mark`: of its urusan and its row there (2.1); Jejak finds the figure by it."""
    figure = line.figure
    return {
        "no": mark,
        "name": line.service.name,
        "recipients": line.service.recipients,
        "unit": line.service.unit,
        "entitled": _count(figure, "entitled"),
        "served": _count(figure, "served"),
        "share": share(line.index.recipients),
        "quality": marked(share(line.index.quality), line.index.missing),
        "index": marked(index_text(line.index.index), line.index.missing),
        "mark": line.mark,
        "note": _note(line),
        **_money(Money(figure.budget, figure.realised) if figure else Money(None, None)),
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


def _explanations(part: UrusanPart, approved: Sequence[Approved]) -> list[dict[str, str]]:
    """What agencies say to the warnings of their approved figures: each a problem and its explanation.
    The report is Indonesian, whoever drafts it.
    """
    names = {line.service.id: line.service.name for line in part.lines}
    before = language.set("id")
    try:
        return [
            {
                "service": names[said.service],
                "agency": each.agency_name,
                "problem": _in_a_cell(_shown(sentence_of(said))),
                "said": _in_a_cell(said.text),
            }
            for each in approved
            for said in each.explanations
            if said.service in names
        ]
    finally:
        language.reset(before)


def _shown(text: str) -> str:
    """The sentence of a rule names files, whatever they are called: what no font has is a question mark."""
    return "".join("?" if unprintable(sign) else sign for sign in text)


def _in_a_cell(text: str) -> str:
    """On one line, and never wider than its column: a very long word may be broken anywhere."""
    return _VERY_LONG.sub("\\1\u200b", " ".join(clean(text).split()))


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


def _note(line: ServiceLine) -> str:
    match line.figure:
        case None:
            return "Tidak ada isian yang disetujui."
        case Figure(answer="nihil", reason=reason):
            return f"Nihil: {reason}"
        case Figure(answer="not_yet", reason=reason):
            return f"Belum ada angka: {reason}"
        case _:
            return f"Kosong: {_blank_cells(line)}." if line.index.missing else ""


def _blank_cells(line: ServiceLine, *, named: bool = True) -> str:
    """What is blank of a service: its numbers, and its quality items by name or how many they are."""
    missing = line.index.missing
    if "" in missing:
        return "seluruh isian"
    cells = [CELLS[cell] for cell in missing if cell in CELLS]
    items = [each.kind.name for each in line.quality if f"quality.{each.kind.id}" in missing]
    if items:
        cells.append(f"mutu ({'; '.join(items)})" if named else f"{len(items)} butir mutu")
    return ", ".join(cells)


def _incomplete(report: Report) -> str:
    names = [f"{line.service.name} ({_blank_cells(line, named=False)})" for line in report.incomplete]
    if not names:
        return ""
    return (
        f"{INCOMPLETE} Belum lengkap: kosong tidak dihitung sebagai nol, dan yang berikut ini masih kosong: "
        f"{'; '.join(names)}."
    )


def _money(money: Money) -> dict[str, str]:
    note = f"{INCOMPLETE} Tanpa {money.without} layanan yang anggaran atau realisasinya kosong."
    missing = range(money.without)
    return {
        "budget": marked(whole(money.budget), missing),
        "realised": marked(whole(money.realised), missing),
        "absorption": share(money.absorption),
        "money_note": note if missing else "",
    }


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
