"""The printed report with its pictures: each told in words to who does not see it, and listed."""

from datetime import date
from pathlib import Path

import pikepdf

from services.documents.domain.report import build
from services.documents.letters.compose import compose
from services.documents.letters.render import TypstRenderer
from services.documents.letters.wording import letters_of
from shared.spm.catalogue import current
from tests.integration.test_rendering import elements, kind_of, words_of
from tests.support.report_figures import BANTUL, approvals


async def test_each_picture_of_the_report_is_told_in_words_and_listed(tmp_path: Path) -> None:
    report = build(current(), list(approvals()))
    letter = compose(letters_of("3402"), "laporan", BANTUL, {}, date(2027, 3, 10), report=report)
    printed = await TypstRenderer().render(letter)
    (tmp_path / "report.pdf").write_bytes(printed.content)
    expected = [
        letter.data["report"]["chart"],
        *(f["chart"] for f in letter.data["report"]["fields_of_government"]),
    ]
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        pictures = [one for one in elements(pdf.Root.StructTreeRoot) if kind_of(one) == "/Figure"]
        told = [str(one.Alt) for one in pictures if "/Alt" in one]
    assert [chart["alt"] for chart in expected] == told
    words = words_of(printed.content)
    listed = words[words.index("DAFTAR GAMBAR") : words.index("PENDAHULUAN")]
    assert [f"Gambar {n}" in listed for n in range(1, len(expected) + 1)] == [True] * len(expected)


async def test_what_an_earlier_draft_kept_is_printed_without_pictures() -> None:
    """The data of a draft are kept; those of before there were pictures are set as they are."""
    letter = compose(
        letters_of("3402"),
        "laporan",
        BANTUL,
        {},
        date(2027, 3, 10),
        report=build(current(), list(approvals())),
    )
    del letter.data["report"]["chart"]
    for field in letter.data["report"]["fields_of_government"]:
        del field["chart"]
    printed = await TypstRenderer().render(letter)
    assert "Gambar" not in words_of(printed.content)
