"""The working calendar on its own: overrides side by side, the edges of its years, named days it skips."""

from datetime import date

import pytest

from shared.sop.calendar import CalendarTooShort, seed

SATURDAY, SUNDAY = date(2026, 2, 14), date(2026, 2, 15)
IMLEK_LEAVE, IMLEK = date(2026, 2, 16), date(2026, 2, 17)


def test_the_seed_says_for_which_years_it_has_what() -> None:
    calendar = seed()
    assert (calendar.first_year, calendar.last_year, calendar.cuti_bersama_until) == (2020, 2035, 2027)
    assert calendar.holidays[IMLEK] == "Tahun Baru Imlek"


def test_two_days_can_be_declared_working() -> None:
    both = seed().overridden(SATURDAY, "working", "pengganti").overridden(SUNDAY, "working", "pengganti")
    assert both.is_working(SATURDAY)
    assert both.is_working(SUNDAY)


def test_the_rows_of_a_read_model_make_the_calendar_that_the_decrees_made() -> None:
    rows = [
        {"day": SATURDAY, "kind": "working", "name": "pengganti"},
        {"day": SUNDAY, "kind": "holiday", "name": "hari libur"},
    ]
    made = seed().overridden(SATURDAY, "working", "pengganti").overridden(SUNDAY, "holiday", "hari libur")
    assert seed().changed_by(rows) == made
    assert seed().changed_by([]) == seed()


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2035, 12, 31)])
def test_the_first_and_the_last_day_of_its_years_are_known(day: date) -> None:
    assert seed().knows(day)
    assert isinstance(seed().is_working(day), bool)


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2036, 1, 1)])
def test_the_days_beside_its_years_are_not(day: date) -> None:
    assert not seed().knows(day)
    with pytest.raises(CalendarTooShort, match=r"outside the calendar libur-id-0.109\+0"):
        seed().is_working(day)


def test_a_named_day_is_skipped_from_the_day_after_the_start_to_the_last_one() -> None:
    days = [IMLEK_LEAVE, IMLEK]
    assert [day for day, _ in seed().skipped(SUNDAY, IMLEK)] == days
    assert [day for day, _ in seed().skipped(IMLEK_LEAVE, IMLEK)] == [IMLEK]
    assert list(seed().skipped(SATURDAY, SUNDAY)) == []


def test_a_named_friday_is_skipped_too() -> None:
    friday = date(2025, 3, 28)
    assert [day for day, _ in seed().skipped(date(2025, 3, 27), friday)] == [friday]
