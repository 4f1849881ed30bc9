"""How numbers, dates and words are written in an Indonesian official letter.
Rounding of shares and indexes is said in `shared.spm.index`.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from shared.spm.index import category, decimal, percent

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
NOTHING = "–"
INCOMPLETE = "†"
"""Stands behind a number that rests on figures of which a part is blank."""


def long_date(day: date) -> str:
    """2027-03-30 → 30 Maret 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def whole(number: int | None) -> str:
    """4075 → 4.075; None → a dash."""
    return NOTHING if number is None else f"{number:,}".replace(",", ".")


def share(ratio: Fraction | None) -> str:
    """4075/4122 → 98,86 % with a space that does not break; None → a dash."""
    return NOTHING if ratio is None else percent(ratio).replace(" ", "\u00a0")


def index_text(index: Fraction | None, places: int = 2) -> str:
    return NOTHING if index is None else decimal(index, places)


def category_text(index: Fraction | None) -> str:
    """The category of the exact index, or that there is none."""
    return "belum dapat dihitung" if index is None else category(index)


def marked(text: str, missing: Sequence[object]) -> str:
    """A number of figures that are not all there is seen to be one; a dash says so itself."""
    return f"{text}\u202f{INCOMPLETE}" if missing and text != NOTHING else text


def clean(text: str) -> str:
    """Composed characters, plain line ends, no control characters: what a person sees is what is kept."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        letter for letter in plain if letter == "\n" or unicodedata.category(letter)[0] != "C"
    ).strip()
