"""Rules of the override table of the working calendar."""

from dataclasses import replace
from datetime import date

from services.intake.domain.settings import OverrideDay, settings
from shared.contracts.settings import CalendarChanged
from tests.support.given_when_then import Given

DAY = date(2026, 8, 18)
DECREE = OverrideDay(
    day=DAY,
    kind="holiday",
    name="Cuti Bersama HUT RI",
    source="SKB 3 Menteri 2026",
    by="ratna",
    occurred_on=date(2026, 8, 7),
)
CHANGED = CalendarChanged(
    day=DAY,
    kind="holiday",
    name="Cuti Bersama HUT RI",
    source="SKB 3 Menteri 2026",
    calendar="libur-id-0.109+1",
    by="ratna",
    occurred_on=date(2026, 8, 7),
)


def given(*history: object) -> Given:
    return Given(settings, history)


def test_a_decree_makes_a_day_off() -> None:
    given().when(DECREE).then(CHANGED)


def test_the_same_decree_again_is_no_news() -> None:
    given(CHANGED).when(DECREE).then()


def test_a_day_off_can_be_taken_back_and_the_version_goes_on() -> None:
    back = replace(DECREE, kind="working", name="Dibatalkan")
    given(CHANGED).when(back).then(
        replace(CHANGED, kind="working", name="Dibatalkan", calendar="libur-id-0.109+2")
    )


def test_a_working_day_declared_working_is_no_news() -> None:
    given().when(replace(DECREE, kind="working")).then()


def test_a_holiday_that_was_declared_working_can_be_restored() -> None:
    working = replace(CHANGED, kind="working", day=date(2026, 8, 17))
    restored = replace(DECREE, day=date(2026, 8, 17), name="Hari Kemerdekaan Republik Indonesia")
    given(working).when(restored).then(
        replace(
            CHANGED,
            day=date(2026, 8, 17),
            name="Hari Kemerdekaan Republik Indonesia",
            calendar="libur-id-0.109+2",
        )
    )


def test_a_change_names_the_day_and_its_decree() -> None:
    given().when(replace(DECREE, name=" ")).refused("name-missing", field="name")
    given().when(replace(DECREE, source="")).refused("source-missing", field="source")


def test_a_day_beyond_the_calendar_is_refused() -> None:
    given().when(replace(DECREE, day=date(2050, 1, 1))).refused("day-out-of-calendar", field="day")
