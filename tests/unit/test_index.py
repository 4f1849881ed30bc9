"""Capaian, index and category: exact inside, rounded once, decided on the exact value."""

import csv
from fractions import Fraction
from io import StringIO

import pytest

from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import current
from shared.spm.index import (
    IndexSettings,
    ServiceIndex,
    blanks,
    capaian,
    category,
    compute,
    decimal,
    of_service,
    percent,
    quality,
)

CATALOGUE = current()
IBU_HAMIL = CATALOGUE.services["kes.ibu_hamil"]

GORONTALO = """kes.ibu_hamil,4075,4122,98.86,79.0878
kes.ibu_bersalin,4114,4122,99.81,79.8447
kes.bayi_baru_lahir,3900,3992,97.70,78.1563
kes.balita,12943,13583,95.29,76.2306
kes.usia_dikdas,5427,5541,97.94,78.3541
kes.usia_produktif,43860,46554,94.21,75.3705
kes.lansia,8736,9550,91.48,73.1812
kes.hipertensi,6543,6543,100.00,80.0000
kes.diabetes,3825,3825,100.00,80.0000
kes.odgj_berat,225,226,99.56,79.6460
kes.terduga_tb,5414,5414,100.00,80.0000
kes.risiko_hiv,8295,8974,92.43,73.9470
"""


def all_quality(service: str, fulfilled: int, required: int) -> dict[str, QualityItem]:
    return {
        kind.id: QualityItem(required=required, fulfilled=fulfilled)
        for kind in CATALOGUE.services[service].quality
    }


def served(served: int, entitled: int, **more: object) -> Figure:
    return Figure(served=served, entitled=entitled, **more)


@pytest.mark.parametrize(
    ("service", "part", "whole", "shown", "weighted"), list(csv.reader(StringIO(GORONTALO)))
)
def test_published_figures_give_the_computed_percentage(
    service: str, part: str, whole: str, shown: str, weighted: str
) -> None:
    ratio = capaian(served(int(part), int(whole)))
    assert ratio is not None
    assert percent(ratio) == shown.replace(".", ",") + " %"
    assert decimal(80 * ratio, 4) == weighted.replace(".", ",")


def test_the_index_of_a_service_weighs_recipients_and_quality() -> None:
    figure = served(4075, 4122, quality=all_quality("kes.ibu_hamil", 9, 10))
    found = of_service(CATALOGUE, "kes.ibu_hamil", figure)
    assert found.index is not None
    assert decimal(found.index, 4) == "97,0878"
    assert category(found.index) == "Tuntas Utama"


@pytest.mark.parametrize(
    ("index", "name"),
    [
        (Fraction(100), "Tuntas Paripurna"),
        (Fraction(99998, 1000), "Tuntas Utama"),
        (Fraction(90), "Tuntas Utama"),
        (Fraction(894, 10), "Tuntas Madya"),
        (Fraction(80), "Tuntas Madya"),
        (Fraction(7999, 100), "Tuntas Pratama"),
        (Fraction(70), "Tuntas Pratama"),
        (Fraction(60), "Tuntas Muda"),
        (Fraction(5999, 100), "Belum Tuntas"),
        (Fraction(0), "Belum Tuntas"),
    ],
)
def test_bands_are_half_open(index: Fraction, name: str) -> None:
    assert category(index) == name


def test_almost_hundred_is_never_printed_as_hundred() -> None:
    assert percent(Fraction(99998, 100000)) == "99,99 %"
    assert percent(Fraction(1)) == "100,00 %"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(5, 1000), 2, "0,01"),
        (Fraction(4, 1000), 2, "0,00"),
        (Fraction(1234567), 0, "1.234.567"),
        (Fraction(-3, 2), 2, "-1,50"),
    ],
)
def test_numbers_are_written_the_indonesian_way(value: Fraction, places: int, text: str) -> None:
    assert decimal(value, places) == text


@pytest.mark.parametrize(
    "figure",
    [
        Figure(),
        Figure(served=1),
        Figure(entitled=1),
        Figure(served=0, entitled=0),
        Figure(answer="nihil", reason="-"),
        Figure(answer="not_yet", served=1, entitled=2),
    ],
)
def test_blank_nihil_and_not_yet_have_no_percentage(figure: Figure) -> None:
    assert capaian(figure) is None


def test_zero_served_is_a_percentage() -> None:
    assert capaian(served(0, 5)) == 0


def test_more_than_all_counts_as_all_unless_told_otherwise() -> None:
    assert capaian(served(6, 5)) == 1
    assert capaian(served(6, 5), IndexSettings(cap=False)) == Fraction(6, 5)


def test_a_blank_quality_item_is_never_counted_as_zero_but_marks_the_index() -> None:
    figure = served(1, 1, quality={"vaksin_td": QualityItem(required=10, fulfilled=10)})
    found = of_service(CATALOGUE, "kes.ibu_hamil", figure)
    assert (found.quality, found.index) == (1, 100)
    assert found.missing == tuple(
        f"quality.{kind.id}" for kind in IBU_HAMIL.quality if kind.id != "vaksin_td"
    )
    strict = IndexSettings(blank_quality="no_index")
    assert quality(IBU_HAMIL, figure, strict) is None
    assert of_service(CATALOGUE, "kes.ibu_hamil", figure, strict).index is None
    assert quality(IBU_HAMIL, served(1, 1, quality=all_quality("kes.ibu_hamil", 1, 2)), strict) == Fraction(
        1, 2
    )


@pytest.mark.parametrize(
    ("figure", "missing"),
    [
        (Figure(), ("",)),
        (Figure(answer="not_yet", reason="menunggu"), ("",)),
        (Figure(answer="nihil", reason="tidak ada"), ()),
        (served(0, 5, quality=all_quality("kes.ibu_hamil", 0, 1)), ()),
        (Figure(entitled=5, quality=all_quality("kes.ibu_hamil", 0, 1)), ("served",)),
        (Figure(budget=1, quality=all_quality("kes.ibu_hamil", 0, 1)), ("entitled", "served")),
    ],
)
def test_an_index_says_which_cells_it_misses(figure: Figure, missing: tuple[str, ...]) -> None:
    assert blanks(IBU_HAMIL, figure) == missing
    found = compute(CATALOGUE, {"kes.ibu_hamil": figure})
    assert found.missing.get("kes.ibu_hamil", ()) == missing
    assert len(found.missing) == 28 + bool(missing)


def test_an_item_of_which_nothing_is_required_is_left_out() -> None:
    items = all_quality("kes.ibu_hamil", 5, 10) | {"vaksin_td": QualityItem(required=0, fulfilled=0)}
    assert quality(IBU_HAMIL, served(1, 1, quality=items)) == Fraction(1, 2)


def test_the_index_of_a_service_names_it_and_says_of_what_it_is_made() -> None:
    figure = served(6, 5, quality=all_quality("kes.ibu_hamil", 1, 2))
    half = Fraction(1, 2)
    assert of_service(CATALOGUE, "kes.ibu_hamil", figure) == ServiceIndex(
        "kes.ibu_hamil", Fraction(1), half, 90
    )
    uncapped = IndexSettings(cap=False)
    more = ServiceIndex("kes.ibu_hamil", Fraction(6, 5), half, 106)
    assert of_service(CATALOGUE, "kes.ibu_hamil", figure, uncapped) == more
    computed = compute(CATALOGUE, {"kes.ibu_hamil": figure}, uncapped)
    assert (computed.services["kes.ibu_hamil"], computed.settings) == (more, uncapped)


def test_where_a_part_is_missing_the_other_is_kept() -> None:
    quality_alone = Figure(quality=all_quality("kes.ibu_hamil", 1, 2))
    assert of_service(CATALOGUE, "kes.ibu_hamil", quality_alone) == ServiceIndex(
        "kes.ibu_hamil", None, Fraction(1, 2), None, ("entitled", "served")
    )
    nihil = Figure(answer="nihil", reason="tidak ada bencana")
    assert of_service(CATALOGUE, "sos.bencana", nihil, IndexSettings(nihil="full")) == ServiceIndex(
        "sos.bencana", None, None, 100
    )


def test_without_any_quality_there_is_no_index() -> None:
    figure = served(1, 1)
    found = of_service(CATALOGUE, "kes.ibu_hamil", figure)
    assert (found.recipients, found.quality, found.index) == (1, None, None)


def test_quality_may_be_the_mean_of_its_groups() -> None:
    items = {
        kind.id: QualityItem(required=2, fulfilled=2 if kind.group == "sdm" else 1)
        for kind in IBU_HAMIL.quality
    }
    figure = served(1, 1, quality=items)
    assert quality(IBU_HAMIL, figure, IndexSettings(quality_over="groups")) == Fraction(3, 4)
    assert quality(IBU_HAMIL, figure) == (5 * Fraction(1, 2) + 3) / 8


def test_nihil_is_left_out_unless_it_counts_in_full() -> None:
    nihil = Figure(answer="nihil", reason="tidak ada bencana")
    assert quality(IBU_HAMIL, nihil) is None
    assert of_service(CATALOGUE, "sos.bencana", nihil).index is None
    assert of_service(CATALOGUE, "sos.bencana", nihil, IndexSettings(nihil="full")).index == 100


def test_the_whole_is_the_mean_of_the_urusan_or_of_the_services() -> None:
    figures = {
        "pend.paud": served(1, 1, quality=all_quality("pend.paud", 1, 1)),
        "sos.anak": served(1, 2, quality=all_quality("sos.anak", 1, 2)),
        "sos.lansia": served(1, 2, quality=all_quality("sos.lansia", 1, 2)),
    }
    over_urusan = compute(CATALOGUE, figures)
    assert over_urusan.urusan["pendidikan"] == 100
    assert over_urusan.urusan["sosial"] == 50
    assert over_urusan.urusan["kesehatan"] is None
    assert over_urusan.whole == 75
    assert compute(CATALOGUE, figures, IndexSettings(mean_over="services")).whole == Fraction(200, 3)
    assert len(over_urusan.services) == 29


def test_without_figures_there_is_no_index_at_all() -> None:
    assert compute(CATALOGUE, {}).whole is None


def test_the_parameters_say_what_was_chosen() -> None:
    first = IndexSettings().sentences()
    second = IndexSettings(
        version=3,
        cap=False,
        mean_over="services",
        quality_over="groups",
        nihil="full",
        blank_quality="no_index",
    ).sentences()
    assert first[0] == "Parameter indeks versi 2."
    assert "Indeks kabupaten adalah rata-rata enam urusan." in first
    assert "Layanan nihil dihitung 100." in second
    assert (
        first[3],
        first[5],
    ) == (
        "Mutu adalah rata-rata seluruh butir.",
        (
            "Kosong tidak sama dengan nol: butir mutu kosong tidak dihitung, "
            "dan indeksnya ditandai belum lengkap."
        ),
    )
    assert (
        second[3],
        second[5],
    ) == (
        "Mutu adalah rata-rata kelompok butir.",
        "Kosong tidak sama dengan nol: butir mutu kosong membuat indeks layanannya tidak dihitung.",
    )
    assert [one == other for one, other in zip(first, second, strict=True)] == [False] * 6 + [True]
