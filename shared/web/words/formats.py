"""How dates, times and numbers are written for a person:
`Sel, 17 Feb 2026`, `10.42 WIB`, `4.075`, `98,86 %`, `Rp1.250.000`.

Indonesian by default, English where the request asks for it.
Rounding happens where it is written, never before, by `shared/spm/rounding.py`; figures are exact inside.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from shared.clock import WIB
from shared.spm.rounding import PLACES, half_up, of_hundred
from shared.web.words.i18n import language

_DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_DURATIONS = (
    ("hari kerja", "working days"), ("perjalanan dinas", "on a journey"), ("di tempat", "on the spot"),
    ("menit", "minutes"), ("bulan", "months"),
    ("hari", "days"), (" atau ", " or "),
)  # fmt: skip
_MISSING = "–"
_INDONESIAN = str.maketrans(",.", ".,")


def day(value: date | datetime | str | None, *, weekday: bool = True) -> str:
    """`Sel, 17 Feb 2026`; a moment is shown on its day in WIB; an ISO text is read first."""
    if value is None or value == "":
        return _MISSING
    found = _local(value)
    names = language.get()
    text = f"{found.day} {_MONTHS[names][found.month - 1]} {found.year}"
    return f"{_DAYS[names][found.weekday()]}, {text}" if weekday else text


def time(value: datetime | None, *, seconds: bool = False) -> str:
    """`10.42 WIB`, in English `10:42 WIB`."""
    if value is None:
        return _MISSING
    separator = "." if language.get() == "id" else ":"
    pattern = f"%H{separator}%M{separator}%S" if seconds else f"%H{separator}%M"
    return f"{_moment(value):{pattern}} WIB"


def moment(value: datetime | str | None) -> str:
    """`Sel, 17 Feb 2026 10.42 WIB`."""
    if value is None or value == "":
        return _MISSING
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{day(found)} {time(found)}"


def number(value: int | Decimal | None, places: int = 0) -> str:
    """`4.075`; with places `1.234,50`. Half is rounded up."""
    if value is None:
        return _MISSING
    if isinstance(value, int) and not places:
        return _separated(f"{value:,}")
    return _separated(f"{half_up(value, places):,f}")


def percent(value: Fraction | Decimal | None, places: int = PLACES) -> str:
    """A share as `98,86 %`: `value` is the exact fraction (1 is 100 %).
    What is not quite 100 % never reads as 100 %.
    """
    return _MISSING if value is None else f"{index(Fraction(value) * 100, places)} %"


def index(value: Fraction | None, places: int = PLACES) -> str:
    """An index from 0 to 100 as `97,09`; what is not quite 100 never reads as 100."""
    return _MISSING if value is None else _separated(f"{of_hundred(value, places):,f}")


def points(this: Fraction, that: Fraction, places: int = PLACES) -> str:
    """By how many points two shares differ as they are shown, without a sign: 98,57 and 94,76 → `3,81`."""
    shown = of_hundred(this * 100, places) - of_hundred(that * 100, places)
    return _separated(f"{abs(shown):,f}")


def percent_apart(this: Fraction, that: Fraction, places: int = PLACES) -> bool:
    """Whether the difference of two shares as they are shown is their exact difference, rounded so:
    98,57 − 94,76 = 3,81.
    """
    return points(this, that, places) == _separated(f"{half_up(abs(this - that) * 100, places):,f}")


def rupiah(value: int | None) -> str:
    """`Rp1.250.000`."""
    return _MISSING if value is None else f"Rp{number(value)}"


def duration(text: str) -> str:
    """A duration of the SOP, which is data in Indonesian (`5–10 hari kerja`),
    in the language of this request.
    """
    if language.get() == "id":
        return text
    return reduce(lambda said, pair: said.replace(*pair), _DURATIONS, text)


def size(value: int | None) -> str:
    """The size of a file: `820 B`, `12,4 KB`, `3,1 MB`."""
    if value is None:
        return _MISSING
    amount, unit = Decimal(value), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{number(amount, 0 if unit == 'B' else 1)} {unit}"


def _separated(english: str) -> str:
    if language.get() == "en":
        return english
    return english.translate(_INDONESIAN)


def _moment(value: datetime) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(WIB)


def _local(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return _moment(value).date() if isinstance(value, datetime) else value
