"""Typesetting for real: the child process, the PDF it makes, and what it says when it cannot."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from deploy.local.broker.jars import Jar, _fetch_one
from deploy.local.broker.java import find
from deploy.local.places import cache_folder
from services.documents.domain.report import build
from services.documents.letters import render
from services.documents.letters.compose import compose
from services.documents.letters.corrections import Correction
from services.documents.letters.render import (
    CannotRender,
    Manuscript,
    TypstRenderer,
    template_digest,
)
from services.documents.letters.wording import letters_of
from shared.contracts.documents import Kind
from shared.contracts.values import CorrectedSubmission, Figure, QualityItem
from shared.spm.catalogue import current
from tests.support.events import made
from tests.support.report_figures import BANTUL, approvals, figure_of

JAR = Jar(
    "org.verapdf.apps:greenfield-apps:1.28.2",
    "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6",
)


def verdicts(flavour: str, *files: Path) -> dict[str, bool]:
    """File name → whether it conforms to the flavour (`2a`, `ua1`)."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if not JAR.is_right(folder / JAR.file_name):
        _fetch_one(JAR, folder)
    command = [
        str(find().program),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        str(folder / JAR.file_name),
    ]
    command += ["org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "json", *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    jobs = json.loads(answer.stdout)["report"]["jobs"]
    return {
        Path(job["itemDetails"]["name"]).name: all(each["compliant"] for each in job["validationResult"])
        for job in jobs
    }


KINDS: tuple[Kind, ...] = ("sk_tim", "laporan", "pengantar_gubernur", "pengantar_kemendagri")


def manuscript(kind: Kind, **entries: str) -> Manuscript:
    return compose(
        letters_of("3402"),
        kind,
        BANTUL,
        entries,
        date(2027, 3, 10),
        report=build(current(), list(approvals())) if kind == "laporan" else None,
    )


WRONG = {
    name: replace(
        figure, served=4_097, quality={**figure.quality, item: QualityItem(required=10, fulfilled=3)}
    )
    for name, figure in {"kes.ibu_hamil": figure_of(current().services["kes.ibu_hamil"])}.items()
    for item in list(figure.quality)[:1]
}


def corrected(kind: Kind, **wrong: Figure) -> Manuscript:
    """A letter of an official correction; `wrong`: what the report before it said, by service."""
    one = made(CorrectedSubmission, agency="dinkes", figures=wrong)
    said = {"correction": 2, "revision": 7, "digest": "e" * 64, "number": "130/7/2027"}
    report = build(current(), list(approvals()))
    return compose(
        letters_of("3402"),
        kind,
        BANTUL,
        {},
        date(2027, 5, 10),
        report=report if kind == "laporan" else None,
        correction=Correction(**said, issued_on=date(2027, 5, 3), submissions=(one,)),
    )


def words_of(pdf: bytes) -> str:
    """The text of all pages with one space between words."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


async def test_a_corrected_report_says_which_it_replaces_and_what_differs() -> None:
    told = words_of((await TypstRenderer().render(corrected("laporan", **WRONG))).content)
    decision = "berdasarkan keputusan nomor 130/7/2027 tanggal 3 Mei 2027"
    assert told.count(decision) == 2, "on the cover and above the list"
    assert "KOREKSI KE-2" in told
    assert "revisi 7, sidik eeeeeeeeeeeeeeee" in told
    item = next(kind.name for kind in current().services["kes.ibu_hamil"].quality)
    name = current().services["kes.ibu_hamil"].name
    listed = told[told.rindex(decision) :]
    assert f"{name} Terlayani 4.097 4.075" in listed
    assert f"{name} {item} 3 dari 10 9 dari 10" in listed


async def test_a_correction_that_changed_nothing_says_so() -> None:
    told = words_of((await TypstRenderer().render(corrected("laporan"))).content)
    assert "Tidak ada angka yang berbeda dari laporan yang dikoreksi." in told


@pytest.mark.parametrize("kind", ["pengantar_gubernur", "pengantar_kemendagri"])
async def test_the_letter_of_a_correction_names_the_decision(kind: Kind) -> None:
    assert "keputusan nomor 130/7/2027" in words_of((await TypstRenderer().render(corrected(kind))).content)
    assert "keputusan nomor" not in words_of((await TypstRenderer().render(manuscript(kind))).content)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_data_give_the_same_bytes_in_another_process(kind: Kind) -> None:
    first, second = (
        await TypstRenderer().render(manuscript(kind)),
        await TypstRenderer().render(manuscript(kind)),
    )
    assert first.content == second.content
    assert first == second


async def test_other_data_are_another_file() -> None:
    renderer = TypstRenderer()
    assert (await renderer.render(manuscript("sk_tim"))).digest != (
        await renderer.render(manuscript("sk_tim", signer_name="Sri Lestari"))
    ).digest


@pytest.mark.parametrize("kind", KINDS)
async def test_the_file_says_pdf_a_2a_and_ua_1_and_ends_with_a_newline(kind: Kind, tmp_path: Path) -> None:
    rendered = await TypstRenderer().render(manuscript(kind))
    assert rendered.content.endswith(b"%%EOF\n")
    (tmp_path / "letter.pdf").write_bytes(rendered.content)
    with pikepdf.open(tmp_path / "letter.pdf") as pdf, pdf.open_metadata() as facts:
        assert (facts["pdfaid:part"], facts["pdfaid:conformance"], facts["pdfuaid:part"]) == ("2", "A", "1")
        assert pdf.Root.Lang == "id-ID"
        assert bool(pdf.Root.MarkInfo.Marked)


async def test_a_caption_stands_on_the_page_of_the_first_rows_of_its_table(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes((await TypstRenderer().render(manuscript("laporan"))).content)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        tables = [one for one in elements(pdf.Root.StructTreeRoot) if "/Caption" in map(kind_of, kids(one))]
        stand = [
            [pages[place] for one in rows(table) for place in islice(places(one), 1)] for table in tables
        ]
    assert len(stand) > 30
    assert [told for told in stand if len(set(told[:3])) != 1] == []


def kids(element: Any) -> list[Any]:
    found = element.get("/K", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def kind_of(element: Any) -> str:
    return str(element.get("/S")) if isinstance(element, pikepdf.Dictionary) else ""


def elements(root: Any) -> Iterator[Any]:
    """All elements of the structure under one, in the order of reading."""
    for kid in kids(root):
        if isinstance(kid, pikepdf.Dictionary):
            yield kid
            yield from elements(kid)


def rows(table: Any) -> list[Any]:
    """The caption of a table, and its rows."""
    return [one for one in elements(table) if kind_of(one) in {"/Caption", "/TR"}]


def places(element: Any) -> Iterator[tuple[int, int]]:
    """On which pages the content of an element stands."""
    return (one["/Pg"].objgen for one in (element, *elements(element)) if "/Pg" in one)


async def test_markup_in_the_text_of_a_person_comes_out_as_that_text(tmp_path: Path) -> None:
    typed = '#panic() $x^2$ *tebal* <a> @b \\ "'
    (tmp_path / "letter.pdf").write_bytes(
        (await TypstRenderer().render(manuscript("sk_tim", about=typed))).content
    )
    with pikepdf.open(tmp_path / "letter.pdf") as pdf, pdf.open_metadata() as facts:
        assert facts["dc:title"] == f"Keputusan Bupati Bantul tentang {typed}"


async def test_a_character_in_no_shipped_font_is_an_error_that_names_text_and_field() -> None:
    with pytest.raises(CannotRender) as failure:
        await TypstRenderer().render(manuscript("sk_tim", signer_name="Sri ꦱꦿꦶ Lestari"))
    assert failure.value.glyph
    assert failure.value.glyph in "ꦱꦿꦶ"
    assert (failure.value.text, failure.value.where) == ("Sri ꦱꦿꦶ Lestari", "fields.signer_name")


async def test_a_template_that_misses_its_data_says_which_key() -> None:
    broken = manuscript("sk_tim")
    without = Manuscript(
        template=broken.template,
        data={key: value for key, value in broken.data.items() if key != "office"},
        dated=broken.dated,
    )
    with pytest.raises(CannotRender, match="office"):
        await TypstRenderer().render(without)


async def test_a_child_that_takes_too_long_is_ended() -> None:
    with pytest.raises(CannotRender, match="took longer"):
        await TypstRenderer(timeout=0.001).render(manuscript("laporan"))


@pytest.mark.parametrize("changed", ["laporan.typ", "laporan_tables.typ", "common.typ"])
def test_whatever_a_template_is_made_of_changes_its_digest(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = template_digest("laporan.typ")
    copied = shutil.copytree(render.LETTERS, tmp_path / "letters")
    monkeypatch.setattr(render, "LETTERS", copied)
    template_digest.cache_clear()
    assert template_digest("laporan.typ") == before
    (copied / changed).write_text((copied / changed).read_text() + "// another\n")
    template_digest.cache_clear()
    assert template_digest("laporan.typ") != before
    template_digest.cache_clear()


def test_each_template_has_its_own_digest() -> None:
    assert len({template_digest(letters_of("3402").kind[kind].template) for kind in KINDS}) == 3


@pytest.mark.test_all
async def test_verapdf_finds_no_fault_in_any_letter(tmp_path: Path) -> None:
    files = []
    letters = {kind: manuscript(kind) for kind in KINDS} | {"koreksi": corrected("laporan", **WRONG)}
    for name, letter in letters.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes((await TypstRenderer().render(letter)).content)
    assert verdicts("2a", *files) == {file.name: True for file in files}
    assert verdicts("ua1", *files) == {file.name: True for file in files}
