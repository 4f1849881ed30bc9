"""Days as officials type them are read in one way only; what could be read in two, or is none,
is refused and stays in its field.
"""

from datetime import date, timedelta

import pytest

from shared.eventsourcing.commands.decider import Refused
from shared.web.forms.typed import day_of
from shared.web.forms.typed_days import day_in, read_back
from shared.web.words.formats import day as shown
from shared.web.words.i18n import language

TUESDAY = date(2026, 2, 17)


@pytest.mark.parametrize(
    "text",
    ["17 Feb 2026", "17 februari 2026", "17/2/2026", "17/02/2026", "17-2-2026", "17.2.2026", "2026-02-17",
        "Sel, 17 Feb 2026", "SELASA 17 FEB 2026",
     "Tue, 17 Feb 2026", " 17  Feb.  2026 "],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert day_of({"day": text}, "day") == TUESDAY


@pytest.mark.parametrize(
    "text",
    ["", "2/17/2026", "31/2/2026", "17/2/26", "20260217", "2026-2-17", "17 Foo 2026", "Rab, 17 Feb 2026",
        "Foo, 17 Feb 2026", "17/2-2026", "17 2 2026",
     "١٧/٢/٢٠٢٦", "0/1/2026", "17 Feb 0000", "17 Feb 2026 x", "2026-W08-2", "besok", "17/2/2026\n18/2/2026"],
)  # fmt: skip
def test_what_is_no_day_or_two_is_refused_and_stays_as_it_was_typed(text: str) -> None:
    assert day_in(text) is None
    assert read_back(text) == text
    with pytest.raises(Refused):
        day_of({"day": text}, "day")


@pytest.mark.parametrize("spoken", ["id", "en"])
def test_what_a_page_shows_in_a_field_is_read_again_as_the_same_day(spoken: str) -> None:
    token = language.set(spoken)
    try:
        for number in range(0, 4000, 9):
            day = date(2020, 1, 1) + timedelta(days=number)
            assert day_in(read_back(day)) == day_in(read_back(day.isoformat())) == day
            assert read_back(day) == shown(day)
    finally:
        language.reset(token)
