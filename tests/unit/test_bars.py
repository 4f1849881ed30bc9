"""Pairs of bars: a blank has a word and no bar, what is long stays inside, and what names say is text."""

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.charts.bars import ROOM, WIDTH, Bar, Pair, bars

SVG = "{http://www.w3.org/2000/svg}"
SHARES = st.none() | st.fractions(0, 2)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200)
PAIRS = st.builds(
    Pair, NAMES, st.builds(Bar, SHARES, st.just("x")), st.none() | st.builds(Bar, SHARES, NAMES)
)


def drawn(*pairs: Pair, alone: bool = False) -> ET.Element:
    return ET.fromstring(bars("m", "Judul", "Isi", pairs, alone=alone))


@given(pairs=st.lists(PAIRS, max_size=6))
def test_every_value_is_a_bar_inside_the_picture_and_every_blank_is_none(pairs: list[Pair]) -> None:
    picture = drawn(*pairs)
    every = [bar for pair in pairs for bar in (pair.now, pair.before) if bar]
    boxes = picture.findall(f"{SVG}rect")
    assert len(boxes) == sum(bar.share is not None for bar in every)
    gaps = [line for line in picture.findall(f"{SVG}line") if line.get("class") == "gap"]
    assert len(gaps) == sum(bar.share is None for bar in every)
    high = float(str(picture.get("viewBox")).split()[3])
    for box in boxes:
        assert 0 <= float(box.get("width", "")) <= ROOM < WIDTH
        assert float(box.get("y", "")) + float(box.get("height", "")) <= high
    assert len(picture.findall(f"{SVG}text[@class='value']")) == len(every)


def test_a_zero_is_no_blank() -> None:
    zero, blank = drawn(Pair("a", Bar(Fraction(0), "0,00 %"))), drawn(Pair("a", Bar(None, "kosong")))
    assert [box.get("width") for box in zero.findall(f"{SVG}rect")] == ["0.0"]
    assert blank.find(f"{SVG}rect") is None
    assert "kosong" in "".join(blank.itertext())


def test_it_says_what_it_shows_to_who_does_not_see_it() -> None:
    picture = drawn(Pair("Layanan", Bar(Fraction(1, 2), "50,00 %")))
    told = {piece.get("id"): piece.text for piece in picture if piece.get("id")}
    assert [told[name] for name in str(picture.get("aria-labelledby")).split()] == ["Judul", "Isi"]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", '"><rect/>'])
def test_names_are_text(name: str) -> None:
    picture = drawn(Pair(name, Bar(None, name)))
    assert picture.find(f"{SVG}rect") is None
    assert picture.find(f"{SVG}script") is None
    assert "".join(picture.itertext()).count(name) == 2


def test_a_long_name_is_wrapped_and_only_alone_has_it_colours_of_its_own() -> None:
    pair = Pair("Pelayanan kesehatan " * 8, Bar(Fraction(1), "100,00 %"))
    lines = [text for text in drawn(pair).findall(f"{SVG}text") if text.get("class") is None]
    assert len(lines) > 2
    assert "<style" not in bars("m", "t", "d", [pair])
    assert re.search("<style>[^<]*.now", bars("m", "t", "d", [pair], alone=True))


def test_the_report_can_take_it() -> None:
    """Typst draws the picture as it stands alone."""
    import typst

    picture = bars(
        "m", "Judul", "Isi", [Pair("Ibu hamil", Bar(None, "kosong"), Bar(Fraction(1), "100"))], alone=True
    )
    said = f'#image(bytes("{picture.replace(chr(34), chr(92) + chr(34))}"), format: "svg", alt: "Judul")'
    assert typst.compile(said.encode()).startswith(b"%PDF")
