"""One text of one cell as a whole number, and the same number as text:
what a person reads there, or a sentence that says why not.

SOP step 7. Previous hop: a cell as it was typed or pasted. Next hop: `typed_rows.py`, which puts cells
together to a figure. Pure; the script of the page shows what this module said and reads no number itself.
Thousands are grouped as the page's language does (`4.075`, in English `4,075`) or by a space that a
typesetter puts inside a number; an ordinary space separates two numbers, and two numbers in one cell are
refused.
"""

import re
import unicodedata
from dataclasses import dataclass

from shared.web.words.formats import number
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import language

MOST = 10**15
SEPARATOR = {"id": ".", "en": ","}
DECIMAL = {"id": ",", "en": "."}
INSIDE = "\u00a0\u2007\u2009\u202f"
"""Spaces that stand inside a number: no-break, figure, thin, narrow no-break."""
QUOTES = "'\"‘’“”`"
UNSEEN = "\ufeff\u200b\u200e\u200f\u2060"

_PARTS = re.compile(
    rf"(?P<rupiah>Rp\.?[ {INSIDE}]*|IDR[ "
    rf"{INSIDE}]*)?(?P<minus>[-\u2212])?(?P<digits>[0-9](?:[0-9.,{INSIDE}]*?[0-9])?)"
    rf"(?P<even>[.,](?:-|00))?(?:[ {INSIDE}]*(?P<unit>[^\W\d_][^\d]*))?",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """What was typed is no whole number that everybody would read in the same way;
    the text is the sentence for the person.
    """


@dataclass(frozen=True, slots=True)
class Column:
    """Where a number is typed: its name on the page, the unit that it counts, and whether that is rupiah."""

    name: str
    unit: str
    money: bool = False


def read(text: str, column: Column) -> int | None:
    """A whole number as typed, None for a blank. Raises Unreadable."""
    plain = _bare(text)
    if not plain:
        return None
    found = _PARTS.fullmatch(plain)
    digits = _digits(found["digits"]) if found else None
    if found is None or digits is None or not _fits(found, column):
        raise Unreadable(_why(plain, column))
    value = int(digits) if len(digits) <= len(str(MOST)) else MOST + 1
    if value > MOST:
        raise Unreadable(_("{column}: paling besar {most}.").format(column=column.name, most=number(MOST)))
    return -value if found["minus"] else value


def show(value: int | None) -> str:
    """The number as a cell shows it; a blank for None."""
    return "" if value is None else number(value)


def _bare(text: str) -> str:
    """Without what a spreadsheet or a web page puts around a value:
    spaces of every kind, quotes, marks that nobody sees.
    """
    spaced = "".join(
        " " if sign not in INSIDE and (sign.isspace() or unicodedata.category(sign) == "Zs") else sign
        for sign in text
    )
    return spaced.strip(f" {INSIDE}{UNSEEN}{QUOTES}")


def _digits(body: str) -> str | None:
    """The digits of a plain or a grouped number; None where the groups are not thousands, or a zero leads."""
    groups = re.split(rf"[{SEPARATOR[language.get()]}{INSIDE}]", body)
    separators = {sign for sign in body if not sign.isdigit()}
    grouped = (
        len(separators) == 1 and 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    )
    plain = not separators
    digits = "".join(groups)
    if not (plain or grouped) or not (digits.isascii() and digits.isdigit()):
        return None
    return digits if digits == "0" or not digits.startswith("0") else None


def _fits(found: re.Match[str], column: Column) -> bool:
    """Whether what stands around the digits belongs to this column:
    `Rp` and `,00` to money, the unit of the service to a count.
    """
    unit = (found["unit"] or "").strip(f" .{INSIDE}").casefold()
    even = found["even"]
    if even and not (column.money and even[0] == DECIMAL[language.get()]):
        return False
    if found["rupiah"] and not column.money:
        return False
    return unit in {"", "rupiah" if column.money else column.unit.casefold()}


def _why(plain: str, column: Column) -> str:
    """Why this is no number of this column, and what to write instead."""
    about = {"column": column.name, "unit": column.unit, "example": number(4075)}
    if "%" in plain:
        return _(
            "{column}: persen dihitung sendiri oleh Jejak; tulis jumlahnya dalam {unit}, misalnya {example}."
        ).format(**about)
    if re.search(rf"\d[ /|;:+{INSIDE}]+[^\d]*\d", plain):
        return _("{column}: ada dua bilangan dalam satu sel; tulis satu saja, misalnya {example}.").format(
            **about
        )
    if re.match(r"(rp|idr)", plain, re.IGNORECASE) and not column.money:
        return _("{column}: tulis jumlah dalam {unit}, bukan rupiah, misalnya {example}.").format(**about)
    if re.search(r"\d[.,]\d", plain):
        return _(
            "{column}: tulis bilangan bulat dengan ribuan seperti {example}; tanpa angka pecahan."
        ).format(**about)
    return _("{column}: tulis bilangan bulat dalam {unit}, misalnya {example}; tanpa huruf.").format(**about)
