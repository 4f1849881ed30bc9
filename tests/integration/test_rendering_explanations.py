"""The report with what agencies explained: their words as written, in a table that stays on the page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2

from services.documents.domain.report import Approved, build
from services.documents.letters.compose import compose
from services.documents.letters.render import Rendered, TypstRenderer
from services.documents.letters.wording import letters_of
from shared.contracts.values import Explanation
from shared.spm.catalogue import current
from tests.integration.test_rendering import elements, kind_of, words_of
from tests.support.events import made
from tests.support.report_figures import BANTUL, approvals

MARKUP = '#panic() $x^2$ *tebal* <a> @b "kutip" | baris'


async def test_what_an_agency_explained_stands_beside_its_problem_as_it_was_written(tmp_path: Path) -> None:
    """Markup is text, 5,000 characters and a word of any length stay on the page, a table is a table."""
    long = " ".join(["penjelasan"] * 450) + " " + "x" * 500
    said = [
        made(
            Explanation,
            service="kes.ibu_hamil",
            rule="R09",
            field="entitled",
            sentence="Berhak {now}, tahun lalu {before}: berubah lebih dari {most} %.",
            facts={"now": "4122", "before": "3100", "most": "20"},
            text=text,
        )
        for text in (MARKUP, long)
    ]
    first = next(one for one in approvals() if "kes.ibu_hamil" in one.figures)
    told = await _report_saying(first, tuple(said))
    words = words_of(told.content).replace("\u200b", "")
    heading = "Permasalahan dan penjelasan perangkat daerah urusan Kesehatan"
    part = words[words.rindex(heading) :]
    assert "Berhak 4.122, tahun lalu 3.100: berubah lebih dari 20 %." in part
    assert MARKUP in part
    assert part.count("penjelasan") > 450
    assert "Penjelasan perangkat daerah dimuat pada bagian setiap urusan." in words
    assert list(pages_wider_than_paper(told.content)) == []
    (tmp_path / "report.pdf").write_bytes(told.content)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        tables = [one for one in elements(pdf.Root.StructTreeRoot) if kind_of(one) == "/Table"]
    silent = await _report_saying(first, ())
    assert "penjelasan perangkat daerah" not in words_of(silent.content).lower()
    (tmp_path / "report.pdf").write_bytes(silent.content)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        before = [one for one in elements(pdf.Root.StructTreeRoot) if kind_of(one) == "/Table"]
    assert len(tables) == len(before) + 1


async def _report_saying(first: Approved, said: tuple[Explanation, ...]) -> Rendered:
    all_of_them = [replace(one, explanations=said if one == first else ()) for one in approvals()]
    built = build(current(), all_of_them)
    letter = compose(letters_of("3402"), "laporan", BANTUL, {}, date(2027, 3, 10), report=built)
    return await TypstRenderer().render(letter)


def pages_wider_than_paper(pdf: bytes) -> Iterator[int]:
    """Pages on which a letter stands outside the paper."""
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
        text, width = page.get_textpage(), page.get_width()
        if any(text.get_charbox(place)[2] > width for place in range(text.count_chars())):
            yield number
