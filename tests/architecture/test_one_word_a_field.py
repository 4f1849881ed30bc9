"""A cell of a figure has one name: in form, verification, audit trail, print, report, manual and glossary.
The table is `shared/web/words/figure_words.py`.
"""

import re
from pathlib import Path

import pytest

from services.archive.trail import field_values
from services.intake.submission.sheet.typed_rows import label
from services.verification.checking.cell_words import cell_label
from services.verification.checking.comparison import Marks, compare
from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import current
from shared.spm.cells import COLUMNS
from shared.web.words.figure_words import ANSWERS, CELLS, PARTS

ROOT = Path(__file__).parent.parent.parent
SERVICE = current().services["kes.ibu_hamil"]
FULL = Figure(
    served=1,
    entitled=2,
    budget=3,
    realised=3,
    quality={"bidan": QualityItem(required=2, fulfilled=1)},
    reason="x",
    origin="y",
)

# What laws, other applications and earlier versions of ours call the same. Beside them: sentences that mean
# something else.
OTHERS = {
    "entitled": r"berhak dilayani|harus dilayani|yang berhak\b|sasaran",
    "served": r"yang terlayani|jumlah dilayani|terlayani / sasaran",
    "budget": r"\bpagu\b|alokasi",
    "origin": r"asal angka|asal data|sumber data",
    "quality": r"mutu layanan dasar",
    "required": r"\bdiperlukan\b|kebutuhan mutu",
    "filled": r"jawaban diisi|berisi angka",
}
ELSEWHERE = (
    r"penerima yang berhak|yang berhak diperoleh",  # the report quotes the law
    r"alokasi dan realisasi anggaran|\[alokasi anggaran\]",  # the order of chapters that the law prescribes
    r"persetujuan diperlukan",
    r"sumber angka sasaran",  # a note that a person of the demonstration writes
)
SOURCES = [
    path
    for folder, kinds in {
        "services": "py html typ toml",
        "shared": "py html",
        "docs/manual": "md",
        "deploy/demo": "py",
    }.items()
    for kind in kinds.split()
    for path in (ROOT / folder).rglob(f"*.{kind}")
] + [ROOT / "docs/glossary.md"]


@pytest.mark.parametrize("field", OTHERS)
def test_no_page_and_no_document_uses_another_name(field: str) -> None:
    found = []
    for path in SOURCES:
        text = re.sub("|".join(ELSEWHERE), "", path.read_text(encoding="utf-8"), flags=re.IGNORECASE)
        found += [
            f"{path.relative_to(ROOT)}: {name[0]}" for name in re.finditer(OTHERS[field], text, re.IGNORECASE)
        ]
    assert found == []


def test_every_cell_of_a_figure_has_its_name() -> None:
    assert set(COLUMNS) < set(CELLS)


def test_the_form_uses_the_names() -> None:
    assert [label(SERVICE, field) for field in CELLS] == list(CELLS.values())
    assert label(SERVICE, "quality.bidan.required") == f"Bidan, {PARTS['required']}"
    template = "".join(
        next((ROOT / "services/intake").rglob(name)).read_text(encoding="utf-8")
        for name in ("submission.html", "submission_row.html")
    )
    assert [
        word
        for word in (*CELLS.values(), *PARTS.values(), *ANSWERS.values())
        if re.search(rf"_\\([\"']{word}[\"']\\)", template)
    ] == []


def test_verification_uses_the_names() -> None:
    (card,) = compare(
        current(), {SERVICE.id: FULL}, (), {SERVICE.id: Figure(answer="nihil")}, Marks.of((), ())
    )
    assert {line.field: line.label for line in card.lines if not line.field.startswith("quality.")} == {
        field: word for field, word in CELLS.items() if field not in {"quality", "evidence"}
    }
    assert cell_label(current(), SERVICE.id, "quality.bidan.fulfilled").endswith(
        f"Bidan, {PARTS['fulfilled']}"
    )


def test_the_audit_trail_uses_the_names() -> None:
    words = {**CELLS, **PARTS}
    assert {field: field_values.FIELDS[field][0] for field in words if field != "capaian"} == {
        field: word for field, word in words.items() if field != "capaian"
    }
    assert {answer: field_values.SAID[answer] for answer in ANSWERS} == dict(ANSWERS)


def test_the_report_uses_the_names() -> None:
    tables = (ROOT / "services/documents/letters/laporan_tables.typ").read_text(encoding="utf-8")
    heads = set(re.findall(r"\[([A-Z][a-z]+)\]", tables))
    assert {
        CELLS[field] for field in ("entitled", "served", "capaian", "quality", "budget", "realised")
    } <= heads
    assert {word.capitalize() for word in PARTS.values()} <= heads


def test_the_manual_uses_the_names() -> None:
    manual = (ROOT / "docs/manual/opd.md").read_text(encoding="utf-8")
    assert [
        word for word in (*CELLS.values(), *ANSWERS.values()) if word.casefold() not in manual.casefold()
    ] == []
