"""Days as officials type them: `17 Feb 2026`, `Sel, 17 Februari 2026`, `17/2/2026`, `2026-02-17`;
day before month, never in a browser's order.

Serves every SOP step. Previous hop: `forms/typed.py` with the text of a field. Next hop: the command. The
page shows the day with its weekday, so that a slip is seen; a weekday that does not fit the day is refused.
`static/day.js` reads the same and is held to it by a test.
"""

import re
from datetime import date

from shared.web.words.formats import day as shown

MONTHS = (
    ("jan", "januari", "january"), ("feb", "februari", "february"), ("mar", "maret", "march"),
    ("apr", "april"), ("mei", "may"),
    ("jun", "juni", "june"), ("jul", "juli", "july"), ("agu", "agt", "ags", "agustus", "aug", "august"),
    ("sep", "sept", "september"),
    ("okt", "oktober", "oct", "october"), ("nov", "november"), ("des", "desember", "dec", "december"),
)  # fmt: skip
WEEKDAYS = (
    ("sen", "senin", "mon", "monday"), ("sel", "selasa", "tue", "tuesday"),
    ("rab", "rabu", "wed", "wednesday"), ("kam", "kamis", "thu", "thursday"),
    ("jum", "jumat", "fri", "friday"), ("sab", "sabtu", "sat", "saturday"),
    ("min", "minggu", "sun", "sunday"),
)  # fmt: skip
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_WORDS = re.compile(r"(?:([a-z]+)[, ]\s*)?([0-9]{1,2}) +([a-z]+)\.? +([0-9]{4})")


def day_in(text: str) -> date | None:
    """The day that a text says; None where it says none that there is, or contradicts itself."""
    lower = text.strip().lower()
    try:
        if found := _ISO.fullmatch(lower):
            return date(*map(int, found.groups()))
        if found := _NUMBERS.fullmatch(lower):
            return date(int(found[4]), int(found[3]), int(found[1]))
        if found := _WORDS.fullmatch(lower):
            return _in_words(found[1], int(found[2]), found[3], int(found[4]))
    except ValueError:
        pass
    return None


def _in_words(weekday: str | None, number: int, month: str, year: int) -> date:
    """Raises ValueError for a day that there is not, or that is another weekday."""
    day = date(year, _number_of(month, MONTHS) + 1, number)
    if weekday and _number_of(weekday, WEEKDAYS) != day.weekday():
        raise ValueError(weekday)
    return day


def _number_of(word: str, names: tuple[tuple[str, ...], ...]) -> int:
    return next((number for number, known in enumerate(names) if word in known), -1)


def read_back(value: object) -> str:
    """What stands in a date field: the day with its weekday; what says no day stays as it was typed."""
    found = value if isinstance(value, date) else day_in(str(value or ""))
    return shown(found) if found else str(value or "")
