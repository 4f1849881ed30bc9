"""How far the figures of a cycle are: a blank is in no mean, nobody's index is computed from one agency, and
what changed is the difference of what is shown.
"""

from fractions import Fraction
from typing import Any

import pytest

from services.intake.board.achievement import Achievement, Compared, achievement, index_of
from services.intake.board.achievement_charts import of_indices, of_services, word_of
from shared.contracts.values import Figure
from shared.spm.catalogue import current

CATALOGUE = current()
HALF, FULL = Figure(entitled=10, served=5), Figure(entitled=10, served=10)
BLANK, NIHIL = Figure(), Figure(answer="nihil", reason="Tidak ada bencana.")


def row(agency: str, *services: str) -> dict[str, Any]:
    return {"submission": f"s-{agency}", "agency": agency, "agency_name": agency, "services": list(services)}


ROWS = [
    row("dinkes", "kes.balita", "kes.lansia", "kes.ibu_hamil"),
    row("dinsos", "sos.anak"),
    row("bpbd", "trantib.evakuasi_bencana", "sos.bencana"),
    row("bubar"),
]
FIGURES = {
    "s-dinkes": {"kes.balita": HALF, "kes.lansia": FULL, "kes.ibu_hamil": BLANK},
    "s-bpbd": {"trantib.evakuasi_bencana": NIHIL, "sos.bencana": FULL, "kes.balita": FULL},
}


def shown(*, whole_region: bool = True) -> Achievement:
    return achievement(ROWS, FIGURES, CATALOGUE, None, whole_region=whole_region)


def test_what_is_least_filled_stands_first_and_what_went_over_not_at_all() -> None:
    assert [one.row["agency"] for one in shown().agencies] == ["dinsos", "dinkes", "bpbd"]
    assert [one.row["agency"] for one in shown().untouched] == ["dinsos"]


@pytest.mark.parametrize(
    ("agency", "urusan", "filled", "services", "reached"),
    [
        ("dinkes", "kesehatan", 2, 3, Fraction(3, 4)),
        ("dinsos", "sosial", 0, 1, None),
        ("bpbd", "trantibumlinmas", 1, 1, None),
        ("bpbd", "sosial", 1, 1, Fraction(1)),
    ],
)
def test_a_blank_and_a_nihil_are_in_no_mean(
    agency: str, urusan: str, filled: int, services: int, reached: Fraction | None
) -> None:
    level = next(one for one in shown().agencies if one.row["agency"] == agency).levels[urusan]
    assert (level.filled, level.services, level.reached) == (filled, services, reached)


def test_all_agencies_are_summed_by_service_and_not_by_agency() -> None:
    assert (shown().whole.filled, shown().whole.services) == (4, 6)
    assert shown().whole.reached == Fraction(1, 2) / 3 + Fraction(2, 3)
    assert shown().levels["sosial"].reached == 1


def test_who_sees_one_agency_sees_no_index_of_the_region() -> None:
    assert shown(whole_region=False).indices == {}
    assert shown().indices[""].incomplete


def test_a_figure_of_a_service_that_went_over_counts_once() -> None:
    assert index_of(ROWS, FIGURES, CATALOGUE).services["kes.balita"].recipients == Fraction(1, 2)


@pytest.mark.parametrize(
    ("this", "last", "change"),
    [
        (Fraction(90), Fraction(80), "+10,00"),
        (Fraction(80), Fraction(90), "−10,00"),
        (Fraction(80), Fraction(80), "±0,00"),
        (Fraction(80), None, "–"),
        (None, Fraction(80), "–"),
    ],
)
def test_a_change_is_said_in_points_with_its_sign(
    this: Fraction | None, last: Fraction | None, change: str
) -> None:
    assert Compared(this, last, incomplete=False).change == change


def test_a_service_is_held_beside_last_year_and_says_why_it_has_none() -> None:
    last = index_of(ROWS, {"s-dinkes": {"kes.balita": FULL}}, CATALOGUE)
    found = achievement(ROWS, FIGURES, CATALOGUE, last, whole_region=True)
    balita = found.services["kes.balita"]
    assert (balita.this, balita.last, balita.change) == (Fraction(1, 2), Fraction(1), "−50,00")
    assert found.services["kes.ibu_hamil"].this is None
    assert list(found.services) == [name for name in CATALOGUE.services if name in found.services]
    words = {name: word_of(found.services[name]) for name in ("kes.ibu_hamil", "trantib.evakuasi_bencana")}
    assert words == {"kes.ibu_hamil": "kosong", "trantib.evakuasi_bencana": "nihil"}
    charts = of_services(found, CATALOGUE, compared=True)
    assert [one.id for one in charts] == [kind.id for kind in found.urusan]
    assert sum(len(one.rows) for one in charts) == len(found.services)
    whole = of_indices(found, CATALOGUE, compared=True)
    assert whole.count("<rect") + whole.count('class="gap"') == 2 * (len(CATALOGUE.urusan) + 1)
    alone = of_services(shown(), CATALOGUE, compared=False)[0].picture
    assert 'class="before"' not in alone
