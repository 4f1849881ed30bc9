"""Due dates, their explanation, and the plan backwards from 31 March (domain notes, section 8)."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from deploy import generate_holidays
from shared.contracts.values import SkippedDay
from shared.sop.calendar import SEED, Calendar, CalendarTooShort, seed
from shared.sop.deadlines import back_plan, due_date, explain, last_legal_day, short
from shared.sop.definition import CURRENT, sops
from tests.support.steps import KEY

SOP = sops()[CURRENT]
CALENDAR = seed()


def without_cuti_bersama() -> Calendar:
    return replace(
        CALENDAR,
        holidays={day: name for day, name in CALENDAR.holidays.items() if "Cuti Bersama" not in name},
    )


def due(step: int, started_on: date) -> tuple[date, date]:
    found = due_date(SOP.steps[step - 1], started_on, CALENDAR)
    return found.earliest_on, found.due_on


def test_the_seed_is_what_the_package_says() -> None:
    assert SEED.read_text(encoding="utf-8") == generate_holidays.rendered()


@pytest.mark.parametrize(
    ("year", "public", "decreed"), [(2024, 19, 10), (2025, 17, 11), (2026, 17, 8), (2027, 18, 8)]
)
def test_the_seed_has_both_kinds_of_days_off(year: int, public: int, decreed: int) -> None:
    of_year = [name for day, name in CALENDAR.holidays.items() if day.year == year]
    assert sum("Cuti Bersama" in name for name in of_year) == decreed
    assert len(of_year) == public + decreed


@pytest.mark.parametrize(
    ("report_due", "last", "start", "forgotten"),
    [
        (date(2024, 3, 31), date(2024, 3, 28), date(2024, 2, 7), date(2024, 2, 12)),
        (date(2025, 3, 31), date(2025, 3, 27), date(2025, 2, 12), date(2025, 2, 13)),
        (date(2026, 3, 31), date(2026, 3, 31), date(2026, 2, 5), date(2026, 2, 12)),
        (date(2027, 3, 31), date(2027, 3, 31), date(2027, 2, 3), date(2027, 2, 10)),
    ],
)
def test_steps_8_to_12_start_as_the_table_says(
    report_due: date, last: date, start: date, forgotten: date
) -> None:
    assert last_legal_day(report_due, CALENDAR) == last
    for calendar, first in ((CALENDAR, start), (without_cuti_bersama(), forgotten)):
        assert (
            next(
                planned.first
                for planned in back_plan(SOP, report_due, calendar)
                if planned.step == "verification"
            )
            == first
        )


def test_without_cuti_bersama_2025_would_end_on_a_day_off() -> None:
    assert last_legal_day(date(2025, 3, 31), without_cuti_bersama()) == date(2025, 3, 28)
    assert not CALENDAR.is_working(date(2025, 3, 28))


def test_the_plan_has_no_gap_and_no_overlap() -> None:
    plan = back_plan(SOP, date(2027, 3, 31), CALENDAR)
    assert [planned.step for planned in plan] == [KEY[number] for number in range(4, 14)]
    assert all(CALENDAR.after(before.last, 1) == following.first for before, following in pairwise(plan))


def test_the_plan_ends_with_sending_on_the_last_legal_day() -> None:
    plan = {planned.step: planned for planned in back_plan(SOP, date(2026, 3, 31), CALENDAR)}
    assert plan["verification"].first == date(2026, 2, 5)
    assert plan["dispatch"].last == date(2026, 3, 31)
    assert plan["filling"].first == date(2025, 9, 4)


def test_minutes_end_the_same_day_or_the_next_working_day() -> None:
    assert due(2, date(2026, 2, 9)) == (date(2026, 2, 9), date(2026, 2, 9))
    assert due(13, date(2026, 2, 14)) == (date(2026, 2, 18), date(2026, 2, 18))


def test_a_step_with_two_ways_is_due_by_the_longer() -> None:
    assert due(1, date(2026, 2, 9)) == (date(2026, 2, 9), date(2026, 2, 11))


def test_a_day_that_is_no_working_day_moves_on() -> None:
    assert due(3, date(2026, 2, 9)) == (date(2026, 2, 10), date(2026, 2, 10))
    assert due(3, date(2026, 2, 13)) == (date(2026, 2, 18), date(2026, 2, 18))


def test_working_days_leave_out_imlek_and_its_cuti_bersama() -> None:
    assert due(4, date(2026, 2, 9)) == (date(2026, 2, 18), date(2026, 2, 18))


def test_months_count_to_the_same_day_and_stop_at_the_end_of_a_short_month() -> None:
    assert due(7, date(2026, 9, 2)) == (date(2027, 2, 2), date(2027, 2, 2))
    assert due(7, date(2026, 9, 30)) == (date(2027, 3, 1), date(2027, 3, 1))


def test_a_due_date_explains_itself() -> None:
    found = due_date(SOP.step(KEY[4]), date(2026, 2, 9), CALENDAR)
    assert found.skipped == (
        SkippedDay(day=date(2026, 2, 16), name="Cuti Bersama Tahun Baru Imlek"),
        SkippedDay(day=date(2026, 2, 17), name="Tahun Baru Imlek"),
    )
    assert explain(found, 4) == (
        "5 hari kerja sejak Sen, 9 Feb 2026, hari mulai tidak dihitung; Sabtu, "
        "Minggu dan Cuti Bersama Tahun Baru Imlek (Sen, 16 Feb 2026), "
        "Tahun Baru Imlek (Sel, 17 Feb 2026) tidak dihitung sebagai hari kerja; kalender libur-id-0.109+0; "
        "SOP langkah 4."
    )


def test_a_due_date_without_holidays_names_only_the_weekend() -> None:
    sentence = explain(due_date(SOP.step(KEY[1]), date(2026, 2, 9), CALENDAR), 1)
    assert "30 menit (di tempat) atau 1–2 hari kerja (perjalanan dinas) sejak Sen, 9 Feb 2026" in sentence
    assert "Sabtu dan Minggu tidak dihitung" in sentence


def test_a_decree_moves_a_day() -> None:
    late = CALENDAR.overridden(date(2026, 2, 10), "holiday", "Cuti bersama tambahan")
    assert late.version == "libur-id-0.109+1"
    assert due_date(SOP.step(KEY[4]), date(2026, 2, 9), late).due_on == date(2026, 2, 19)
    assert late.overridden(date(2026, 2, 10), "working", "dibatalkan").is_working(date(2026, 2, 10))


def test_a_saturday_can_be_declared_working() -> None:
    saturday = date(2026, 2, 14)
    made_working = CALENDAR.overridden(saturday, "working", "pengganti")
    assert made_working.is_working(saturday)
    assert not made_working.overridden(saturday, "holiday", "batal").is_working(saturday)


def test_working_days_between_two_dates() -> None:
    assert CALENDAR.working_days(date(2026, 2, 13), date(2026, 2, 18)) == 1
    assert CALENDAR.working_days(date(2026, 2, 18), date(2026, 2, 13)) == -1
    assert CALENDAR.working_days(date(2026, 2, 13), date(2026, 2, 13)) == 0


def test_beyond_its_years_the_calendar_does_not_guess() -> None:
    with pytest.raises(CalendarTooShort, match="2036-01-01"):
        CALENDAR.is_working(date(2036, 1, 1))


def test_dates_are_written_short() -> None:
    assert short(date(2026, 8, 16)) == "Min, 16 Agu 2026"
