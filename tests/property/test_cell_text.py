"""A cell gives back the number that it shows,
and no text gives a number that a person would not read there.
"""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake.submission.sheet.cell_text import INSIDE, MOST, Column, Unreadable, read, show
from shared.web.words.formats import rupiah
from shared.web.words.i18n import LANGUAGES, language

COUNT, MONEY = Column("Terlayani", "orang"), Column("Anggaran", "rupiah", money=True)
SIGNS = st.text(st.sampled_from(f"0123456789.,-+%/ '\"Rporang\t\n{INSIDE}\u200b\u202e٣²５eE"), max_size=12)


def in_language(code: str, text: str, column: Column) -> int | None:
    token = language.set(code)
    try:
        return read(text, column)
    finally:
        language.reset(token)


@given(st.integers(0, MOST), st.sampled_from(LANGUAGES))
def test_what_is_shown_is_read_back(value: int, code: str) -> None:
    token = language.set(code)
    try:
        assert read(show(value), COUNT) == read(f" {show(value)}\u00a0orang\n", COUNT) == value
        assert read(rupiah(value), MONEY) == read(f'"{rupiah(value)}"', MONEY) == value
    finally:
        language.reset(token)


@given(SIGNS, st.sampled_from(LANGUAGES), st.sampled_from([COUNT, MONEY]))
@example("4075 4122", "id", COUNT)
@example("0.075", "id", COUNT)
def test_a_number_has_exactly_the_digits_that_stand_there(text: str, code: str, column: Column) -> None:
    """An independent reading: the digits in their order, in one piece or in thousands,
    with nothing that separates numbers or parts of one.
    """
    try:
        value = in_language(code, text, column)
    except Unreadable:
        return
    if value is None:
        assert not re.search(r"\d", text)
        return
    grouping = {"id": ".", "en": ","}[code]
    inner = re.search(r"\d.*\d|\d", text, re.DOTALL)
    assert inner
    whole = re.sub(r"[.,]00$", "", inner[0]) if column is MONEY else inner[0]
    assert re.fullmatch(rf"[0-9]+|[0-9]{{1,3}}(?:[{grouping}{INSIDE}][0-9]{{3}})+", whole), text
    assert abs(value) == int(re.sub(r"[^0-9]", "", whole))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("  ", None), ("\u00a0", None), ("0", 0), ("4075", 4075), ("4.075", 4075),
        ("200.558", 200558), ("1.234.567", 1234567),
        ("4\u00a0075", 4075), ("4\u2009075", 4075), ("4\u202f075", 4075), ("\u20074075", 4075),
        ("'4075", 4075), ('"4.075"', 4075),
        ("4.075 orang", 4075), ("4075orang", 4075), ("4075\norang", 4075), ("\ufeff4075", 4075), ("-3", -3),
        (f"{MOST}", MOST),
    ],
)  # fmt: skip
def test_a_count_is_read(text: str, value: int | None) -> None:
    assert read(text, COUNT) == value


@pytest.mark.parametrize(
    "text",
    [
        "Rp1.250.000",
        "Rp 1.250.000",
        "rp. 1.250.000",
        "1.250.000,-",
        "1.250.000,00",
        "Rp1.250.000,00",
        "1250000 rupiah",
    ],
)
def test_money_is_read(text: str) -> None:
    assert read(text, MONEY) == 1_250_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("4075 4122", "dua bilangan"), ("12 345", "dua bilangan"), ("4.075 4.122", "dua bilangan"),
        ("4075\t4122", "dua bilangan"),
        ("4075/4122", "dua bilangan"), ("4075\n4122", "dua bilangan"), ("4075\u00a04122", "dua bilangan"),
        ("4075 orang 4122", "dua bilangan"),
        ("98,86 %", "persen dihitung"), ("98%", "persen dihitung"), ("8,6", "pecahan"), ("4,075", "pecahan"),
        ("4.07", "pecahan"), ("0.075", "pecahan"),
        ("1.2345", "pecahan"), ("1.234,50", "pecahan"), ("4075,00", "pecahan"), ("Rp5.000", "bukan rupiah"),
        ("dua", "tanpa huruf"), ("1e3", "tanpa huruf"),
        ("٣", "tanpa huruf"), ("５", "tanpa huruf"), ("²", "tanpa huruf"), ("-", "tanpa huruf"),
        ("–", "tanpa huruf"), ("007", "tanpa huruf"),
        ("4075 KK", "tanpa huruf"), ("(3)", "tanpa huruf"), ("40\u200b75", "tanpa huruf"),
        ("\u202e5704", "tanpa huruf"), ("9" * 17, "paling besar"),
        ("9" * 6000, "paling besar"), ("+5", "tanpa huruf"),
    ],
)  # fmt: skip
def test_what_could_mean_two_things_is_refused_by_the_name_of_its_column(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as refused:
        read(text, COUNT)
    assert str(refused.value).startswith("Terlayani: ")


@pytest.mark.parametrize(("code", "text"), [("en", "4.075"), ("en", "1.250.000"), ("id", "4,075")])
def test_the_grouping_of_the_other_language_is_refused(code: str, text: str) -> None:
    with pytest.raises(Unreadable):
        in_language(code, text, COUNT)
