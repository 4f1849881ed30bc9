"""Rules of opening a cycle."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.cycle import CloseWithdrawn, OpenCycle, cycle, cycle_id
from shared.contracts.intake import CycleOpened, CycleWithdrawn
from shared.contracts.values import EventRef
from shared.eventsourcing.commands.decider import Refused
from shared.sop.definition import CURRENT
from tests.support.given_when_then import Given

DAY = date(2026, 8, 3)
OPEN = OpenCycle(
    region="3402",
    region_name="Kabupaten Bantul",
    year=2026,
    sop=CURRENT,
    report_due=date(2027, 3, 31),
    by="kurnia",
    occurred_on=DAY,
)
OPENED = CycleOpened(
    cycle="3402-2026",
    region="3402",
    region_name="Kabupaten Bantul",
    year=2026,
    sop=CURRENT,
    catalogue=1,
    report_due=date(2027, 3, 31),
    by="kurnia",
    occurred_on=DAY,
)


def given(*history: object) -> Given:
    return Given(cycle, history)


def test_a_cycle_is_opened_under_its_sop_and_catalogue() -> None:
    given().when(OPEN).then(OPENED)


def test_a_cycle_is_opened_once() -> None:
    given(OPENED).when(OPEN).refused("cycle-open", field="year")


def test_an_unknown_sop_is_refused() -> None:
    given().when(replace(OPEN, sop="99/SOP/1999")).refused("sop-unknown", field="sop")


def test_the_report_is_due_after_the_year() -> None:
    given().when(replace(OPEN, report_due=date(2026, 12, 31))).refused(
        "report-due-too-early", field="report_due"
    )


@pytest.mark.parametrize("region", ["34", "bant", "٣٤٠٢"])
def test_a_region_has_four_digits(region: str) -> None:
    given().when(replace(OPEN, region=region)).refused("region-unknown", field="region")
    with pytest.raises(Refused):
        cycle_id(region, 2026)


@pytest.mark.parametrize("field", ["occurred_on", "report_due"])
def test_a_day_beyond_the_calendar_is_refused(field: str) -> None:
    given().when(replace(OPEN, **{field: date(2062, 8, 3)})).refused("day-out-of-calendar", field=field)


@pytest.mark.parametrize("year", [1999, 2023, 2028])
def test_a_year_far_from_now_is_refused(year: int) -> None:
    given().when(replace(OPEN, year=year)).refused("year-out-of-range", field="year", first=2024, last=2027)


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_a_report_may_be_late_by_two_years_and_planned_one_ahead(year: int) -> None:
    due = date(year + 1, 3, 31)
    opened = replace(OPENED, cycle=f"3402-{year}", year=year, report_due=due)
    given().when(replace(OPEN, year=year, report_due=due)).then(opened)


def test_a_report_is_due_in_the_year_after() -> None:
    given().when(replace(OPEN, report_due=date(2028, 1, 1))).refused(
        "report-due-too-late", field="report_due", year=2027
    )
    last = date(2027, 12, 31)
    given().when(replace(OPEN, report_due=last)).then(replace(OPENED, report_due=last))


def test_a_cycle_says_whose_report_it_is() -> None:
    given().when(replace(OPEN, region_name=" ")).refused("region-name-missing", field="region_name")


def test_an_installation_opens_cycles_of_its_own_region_only() -> None:
    given().when(replace(OPEN, region="3400")).refused("region-no-kabupaten", field="region")


CAUSE = EventRef(source="intake", stream="step-3402-2026-01", version=2)
CLOSE = CloseWithdrawn(cycle="3402-2026", reason="Tahun keliru.", by="kurnia", occurred_on=DAY, cause=CAUSE)
WITHDRAWN = CycleWithdrawn(
    cycle="3402-2026", reason="Tahun keliru.", by="kurnia", occurred_on=DAY, cause=CAUSE
)


def test_a_cycle_whose_first_step_was_withdrawn_is_withdrawn_once_and_may_be_opened_again() -> None:
    given(OPENED).when(CLOSE).then(WITHDRAWN)
    given(OPENED, WITHDRAWN).when(CLOSE).then()
    given(OPENED, WITHDRAWN).when(OPEN).then(OPENED)
