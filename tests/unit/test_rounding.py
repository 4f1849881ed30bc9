"""One rounding for all: half up, and what is below 100 is never written as 100."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.spm.index import decimal, percent
from shared.spm.rounding import half_up, of_hundred
from shared.web.words import formats

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(5, 2), 0, "3"),
        (Decimal("0.005"), 2, "0.01"),
        (10**30, 2, f"{10**30}.00"),
    ],
)
def test_half_is_rounded_up_away_from_zero(value: Fraction, places: int, rounded: str) -> None:
    assert str(half_up(value, places)) == rounded


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(99998, 1000), "99.99"),
        (Fraction(100), "100.00"),
        (Fraction(999_999, 9_999), "100.01"),
        (Fraction(0), "0.00"),
    ],
)
def test_below_a_hundred_is_never_written_as_a_hundred(value: Fraction, rounded: str) -> None:
    assert str(of_hundred(value)) == rounded


@given(st.fractions(min_value=0, max_value=200), st.integers(0, 6))
def test_page_report_and_answer_round_alike(value: Fraction, places: int) -> None:
    assert formats.index(value, places) == decimal(value, places)
    assert formats.percent(value) == percent(value)
    assert abs(Fraction(of_hundred(value, places)) - value) <= Fraction(1, 10**places)


@given(st.fractions(min_value=0, max_value=2), st.fractions(min_value=0, max_value=2), st.integers(2, 6))
def test_points_are_the_difference_of_what_is_shown(this: Fraction, that: Fraction, places: int) -> None:
    shown = [Decimal(text(each, places)) for each in (this, that)]
    assert Decimal(formats.points(this, that, places).replace(",", ".")) == abs(shown[0] - shown[1])


def text(share: Fraction, places: int) -> str:
    return formats.percent(share, places).removesuffix(" %").replace(".", "").replace(",", ".")


ROUNDS = re.compile(
    r"\bround\(|\bquantize\(|\bROUND_|:[,]?\.(?!0f)[0-9{]\w*\}?[f%]|toFixed\(|Math\.round|calc\.round|%\.[0-9]f"
)
NO_FIGURES = {
    "shared/spm/rounding.py",
    "shared/access/tokens.py",  # seconds
    "services/archive/check/saved.py",  # hours
    "services/intake/board/chart.py",  # places in a drawing
    "shared/charts/bars.py",
    "services/documents/province/templates/province.html",  # the length of a bar
}


def test_nothing_else_rounds_a_figure() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".typ"} and ROUNDS.search(path.read_text(encoding="utf-8"))
    }
    assert found - {"shared/web/frame/static/htmx.min.js"} == NO_FIGURES - {"shared/spm/rounding.py"}
