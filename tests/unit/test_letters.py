"""Letters as data: what the office may change, and how its text becomes the data of a template."""

from datetime import date

import pytest

from services.documents.domain.report import Report, build
from services.documents.letters.catalogue import HERE, LettersInvalid, parse
from services.documents.letters.compose import LONGEST, compose, defaults, file_name
from services.documents.letters.formats import clean, long_date, share, whole
from services.documents.letters.render import texts
from services.documents.letters.report_tables import report_tables
from services.documents.letters.wording import letters_of
from shared.contracts.documents import Kind
from shared.contracts.values import Figure
from shared.eventsourcing.commands.decider import Refused
from shared.sop.document_kinds import document_kinds
from shared.spm.catalogue import current
from tests.support.report_figures import BANTUL, BORROWED, approvals

SHIPPED = (HERE / "letters.toml").read_text(encoding="utf-8")
DAY = date(2027, 3, 10)


def full_report() -> Report:
    return build(current(), list(approvals()))


@pytest.mark.parametrize("kind", document_kinds().kind)
def test_each_kind_can_be_composed_from_what_is_shipped(kind: Kind) -> None:
    manuscript = compose(
        letters_of("3402"), kind, BANTUL, {}, DAY, report=full_report() if kind == "laporan" else None
    )
    assert not [text for _, text in texts(manuscript.data["fields"]) if "{" in text]
    assert (HERE / manuscript.template).is_file()
    assert file_name(letters_of("3402"), kind, BANTUL).endswith("2026.pdf")


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (
            "of_region = true",
            'of_region = true\ndefault = "Bantul"',
            "recalling: what is of a region has no words",
        ),
        ("[kind.sk_tim]", "[kind.sk]", "Invalid enum value|kind"),
        ('template = "sk_tim.typ"', 'template = "gone.typ"', "there is no template gone.typ"),
        ('id = "recalling"', 'id = "considering"', "considering stands twice"),
        ('form = "rows"', 'form = "lines"', "rows, and only rows, have columns"),
        ("{region_name}", "{region}", "unknown placeholder"),
        ('part = "budget"', 'part = "weather"', "nothing is called weather"),
        ("version = 1", "version = ", "Invalid value"),
        ('label = "Tentang"', 'lable = "Tentang"', "lable|label"),
    ],
)
def test_a_fault_in_the_letter_file_is_named(was: str, becomes: str, fault: str) -> None:
    with pytest.raises(LettersInvalid, match=fault):
        parse(SHIPPED.replace(was, becomes))


def test_a_missing_kind_is_named() -> None:
    without = SHIPPED[: SHIPPED.index("[kind.pengantar_kemendagri]")] + SHIPPED[SHIPPED.index("[outline]") :]
    with pytest.raises(LettersInvalid, match=r"kind\.pengantar_kemendagri is missing"):
        parse(without)


def test_text_a_person_changed_takes_the_place_of_the_default() -> None:
    data = compose(letters_of("3402"), "sk_tim", BANTUL, {"about": "  Tim\n SPM "}, DAY).data
    assert data["fields"]["about"] == "Tim SPM"


def test_markup_stays_the_text_that_it_is() -> None:
    data = compose(letters_of("3402"), "sk_tim", BANTUL, {"signer_name": "#f() $x$ *tebal* {year}"}, DAY).data
    assert data["fields"]["signer_name"] == "#f() $x$ *tebal* {year}"


def test_text_is_cut_by_the_form_of_its_field() -> None:
    entries = {
        "foreword": "Satu\nbaris.\n\n\nDua.",
        "legal_basis": "UU\n\n PP ",
        "obstacles": "Sosial | data | mutakhirkan",
    }
    fields = compose(letters_of("3402"), "laporan", BANTUL, entries, DAY).data["fields"]
    assert fields["foreword"] == ["Satu baris.", "Dua."]
    assert fields["legal_basis"] == ["UU", "PP"]
    assert fields["obstacles"] == [["Sosial", "data", "mutakhirkan"]]


@pytest.mark.parametrize(
    ("entries", "code", "field"),
    [
        ({"about": " \n "}, "field-required", "about"),
        ({"team": "Ketua | Sekda\nAnggota"}, "row-columns", "team"),
        ({"signer_name": "x" * (LONGEST + 1)}, "field-too-long", "signer_name"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_names_its_field(
    entries: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        compose(letters_of("3402"), "sk_tim", BANTUL, entries, DAY)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_a_refused_row_says_which_line_and_which_columns() -> None:
    with pytest.raises(Refused, match=r"baris 2: tulis Kedudukan dalam Tim \| Jabatan/Instansi"):
        compose(letters_of("3402"), "sk_tim", BANTUL, {"team": "Ketua | Sekda\nAnggota"}, DAY)


def test_control_characters_and_foreign_line_ends_do_not_survive() -> None:
    assert clean("a\r\nb\x00\x1bc\rd\u202e e\u0301\t") == "a\nbc\nd é"


def test_what_stands_in_the_form_first_has_its_words_filled_in() -> None:
    assert defaults(letters_of("3402"), "sk_tim", BANTUL)["about"].endswith("Kabupaten Bantul Tahun 2026")


def test_numbers_and_dates_read_as_in_an_indonesian_letter() -> None:
    assert (whole(4075), whole(None), long_date(date(2027, 3, 30))) == ("4.075", "–", "30 Maret 2027")
    assert share(None) == "–"


def test_the_tables_show_the_approved_numbers_and_label_borrowed_ones() -> None:
    tables = report_tables(full_report())
    pregnant = tables["fields_of_government"][1]["services"][0]
    assert (pregnant["served"], pregnant["entitled"], pregnant["share"]) == ("4.075", "4.122", "98,86\u00a0%")
    assert {"mark": pregnant["mark"], "label": BORROWED} in tables["origins"]


def test_nihil_not_yet_and_blank_are_three_different_answers_in_print() -> None:
    figures = {
        "perkim.relokasi": Figure(answer="nihil", reason="tidak ada relokasi"),
        "sos.anak": Figure(answer="not_yet", reason="menunggu"),
    }
    one = [each for each in approvals() if each.submission == "submission-3402-2026-kesehatan-tahunan"]
    other = one[0].__class__(
        submission="submission-b", agency_name="D", revision=1, digest="d", verified_by="r", figures=figures
    )
    rows = {
        row["name"]: (row["served"], row["note"])
        for part in report_tables(build(current(), [*one, other]))["fields_of_government"]
        for row in part["services"]
    }
    names = current().services
    assert rows[names["perkim.relokasi"].name] == ("nihil", "Nihil: tidak ada relokasi")
    assert rows[names["sos.anak"].name] == ("belum", "Belum ada angka: menunggu")
    assert rows[names["sos.lansia"].name] == ("–", "Tidak ada isian yang disetujui.")


def test_without_any_figure_there_is_no_index_and_no_category() -> None:
    tables = report_tables(build(current(), []))
    assert (tables["index"], tables["category"], tables["exact"]) == ("–", "belum dapat dihitung", "–")


def test_bands_are_half_open_in_print_too() -> None:
    assert report_tables(full_report())["categories"][:2] == [
        ("100", "Tuntas Paripurna"),
        ("90 sampai kurang dari 100", "Tuntas Utama"),
    ]


def test_the_parameters_that_the_regulation_leaves_open_are_printed() -> None:
    settings = full_report().index.settings
    assert report_tables(full_report())["parameters"][2:] == list(settings.sentences())
