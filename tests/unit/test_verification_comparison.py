"""How a verifier sees figures: beside last year's, with what was changed and noted."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.verification.checking.cell_words import cell_label, cell_text
from services.verification.checking.comparison import Line, Marks, compare
from services.verification.domain.difference import cell_changes
from shared.contracts.values import AttachedEvidence, CellChange, FieldNote, Figure, QualityItem, StoredFile
from shared.spm.catalogue import current

FIGURE = Figure(
    served=4075,
    entitled=4122,
    budget=1_250_000,
    realised=1_000_000,
    quality={"bidan": QualityItem(required=120, fulfilled=118)},
)
LAST = replace(FIGURE, served=4000, entitled=4000, realised=1_100_000)
FILE = StoredFile(digest="e" * 64, name="kohort.pdf", media_type="application/pdf", size=9)
NOTHING = Marks.of((), ())
ID = "kes.ibu_hamil"


def lines(now: Figure, last: Figure | None = None, marks: Marks = NOTHING) -> dict[str, Line]:
    (card,) = compare(current(), {ID: now}, (), {ID: last} if last else {}, marks)
    return {line.field: line for line in card.lines}


def test_each_figure_stands_beside_last_years_with_the_change() -> None:
    served, share = lines(FIGURE, LAST)["served"], lines(FIGURE, LAST)["capaian"]
    assert (served.last_year, served.now, served.change) == ("4.000", "4.075", "+75 (+1,88 %)")
    assert (share.last_year, share.now, share.change) == ("100,00 %", "98,86 %", "−1,14 poin")
    assert lines(FIGURE, LAST)["realised"].change == "−Rp100.000 (−9,09 %)"
    assert lines(FIGURE, LAST)["budget"].change == "Rp0"


@given(st.lists(st.integers(1, 99_999), min_size=6, max_size=6))
def test_points_are_what_the_eye_makes_of_the_two_values(numbers: list[int]) -> None:
    now, last, base = (
        Figure(served=min(pair), entitled=max(pair)) for pair in zip(numbers[::2], numbers[1::2], strict=True)
    )
    changed = Marks.of(
        [CellChange(service=ID, field="served", before=str(base.served), after=str(now.served))], ()
    )
    (card,) = compare(current(), {ID: now}, (), {ID: last}, changed, {ID: base})
    share = next(line for line in card.lines if line.field == "capaian")
    for other, points in ((share.last_year, share.change), (share.base, share.since)):
        if points and len(share.now.partition(",")[2]) < len("123456 %"):
            assert written(share.now) - written(other) == written(
                points.replace("−", "-").removesuffix(" poin")
            )


def written(text: str) -> Decimal:
    return Decimal(text.removesuffix(" %").removeprefix("+").replace(".", "").replace(",", "."))


def test_what_was_decided_last_stands_beside_with_the_difference() -> None:
    base = replace(FIGURE, served=3961, budget=None, reason="lama")
    changes = cell_changes(current(), {ID: base}, (), {ID: FIGURE}, ())
    (card,) = compare(current(), {ID: FIGURE}, (), {}, Marks.of(changes, ()), {ID: base})
    by_field = {line.field: (line.base, line.now, line.since, line.was is not None) for line in card.lines}
    assert by_field == {
        "entitled": ("4.122", "4.122", "", False),
        "served": ("3.961", "4.075", "+114 (+2,88 %)", True),
        "capaian": ("96,09 %", "98,86 %", "+2,77 poin", True),
        "budget": ("–", "Rp1.250.000", "", True),
        "realised": ("Rp1.000.000", "Rp1.000.000", "", False),
        "quality.bidan": ("118 dari 120", "118 dari 120", "", False),
        "reason": ("lama", "", "", True),
    }
    assert (card.changed, card.folded) == (3, 1)


def test_without_last_year_there_is_nothing_to_compare() -> None:
    assert {(line.last_year, line.change) for line in lines(FIGURE).values()} == {("", "")}


def test_a_quality_item_shows_how_much_of_the_standard_was_fulfilled() -> None:
    assert lines(FIGURE)["quality.bidan"].now == "118 dari 120"


def test_what_is_blank_is_left_out_and_what_was_taken_away_is_not() -> None:
    taken_away = Marks.of([CellChange(service=ID, field="served", before="4075", after="")], ())
    nihil = Figure(answer="nihil", reason="tidak ada sasaran")
    assert list(lines(nihil)) == ["answer", "reason"]
    assert lines(nihil, marks=taken_away)["served"].was == "4.075"


def test_changed_cells_and_notes_stand_at_their_line() -> None:
    changes = [
        CellChange(service=ID, field="quality.bidan.fulfilled", before="100", after="118"),
        CellChange(service=ID, field=f"evidence.{FILE.digest}", before="", after="kohort.pdf"),
        CellChange(service=ID, field="evidence.f", before="lama.pdf", after=""),
    ]
    notes = [
        FieldNote(service=ID, field="served", note="sumber?"),
        FieldNote(service=ID, field="", note="periksa semua"),
    ]
    (card,) = compare(
        current(), {ID: FIGURE}, [AttachedEvidence(file=FILE, services=(ID,))], {}, Marks.of(changes, notes)
    )
    by_field = {line.field: line for line in card.lines}
    assert (by_field["quality.bidan"].was, by_field["served"].noted, card.noted) == (
        "100 / =",
        "sumber?",
        "periksa semua",
    )
    assert (card.evidence, card.added, card.gone) == ((FILE,), {FILE.digest}, ("lama.pdf",))


def test_a_service_that_the_catalogue_does_not_know_stands_last_under_its_id() -> None:
    cards = compare(current(), {"lama.x": Figure(served=1, entitled=1), ID: FIGURE}, (), {}, NOTHING)
    assert [card.name for card in cards] == ["Pelayanan kesehatan ibu hamil", "lama.x"]


def test_cells_are_named_and_written_in_words() -> None:
    assert (
        cell_label(current(), ID, "quality.bidan.required")
        == "Pelayanan kesehatan ibu hamil · Bidan, dibutuhkan"
    )
    assert cell_label(current(), ID, "quality.bidan") == "Pelayanan kesehatan ibu hamil · Bidan"
    assert cell_label(current(), ID, "evidence.e") == "Pelayanan kesehatan ibu hamil · Bukti"
    assert cell_label(current(), ID, "") == "Pelayanan kesehatan ibu hamil"
    assert cell_label(current(), "lama.x", "quality.y.required") == "lama.x · y, dibutuhkan"
    assert (cell_text("budget", "1000"), cell_text("served", "1000"), cell_text("reason", "1000")) == (
        "Rp1.000",
        "1.000",
        "1000",
    )
    assert (cell_text("answer", "not_yet"), cell_text("served", "")) == ("belum ada data", "")
