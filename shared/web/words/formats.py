"""How dates, times and numbers are written for a person:
`Sel, 17 Feb 2026`, `10.42 WIB`, `4.075`, `98,86 %`, `Rp1.250.000`.

Indonesian by default, English where the request asks for it.
Rounding happens here and nowhere before (design: figures are exact inside).
"""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import reduce

from shared.clock import WIB
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
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return _separated(f"{rounded:,.{places}f}")


def percent(value: Fraction | Decimal | None, places: int = 2) -> str:
    """A share as `98,86 %`: `value` is the exact fraction (1 is 100 %).
    What is not quite 100 % never reads as 100 %.
    """
    if value is None:
        return _MISSING
    return f"{_separated(f'{_in_percent(Fraction(value), places):,.{places}f}')} %"


def percent_apart(this: Fraction, that: Fraction, places: int = 2) -> bool:
    """Whether the difference of two shares, rounded so, is the difference of the two as they are shown:
    98,57 − 94,76 = 3,81.
    """
    return abs(_in_percent(this, places) - _in_percent(that, places)) == _in_percent(abs(this - that), places)


def _in_percent(value: Fraction, places: int) -> Decimal:
    exact = value * 100
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
    )
    return Decimal(100) - Decimal(1).scaleb(-places) if exact < 100 <= rounded else rounded


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
    return english.translate(str.maketrans(",.", ".,"))


def _moment(value: datetime) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(WIB)


def _local(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return _moment(value).date() if isinstance(value, datetime) else value
