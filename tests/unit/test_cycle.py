"""Rules of opening a cycle."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.cycle import OpenCycle, cycle, cycle_id
from shared.contracts.intake import CycleOpened
from shared.eventsourcing.decider import Refused
from shared.sop.definition import CURRENT
from tests.support.given_when_then import Given

DAY = date(2026, 8, 3)
OPEN = OpenCycle(
    region="3402", region_name="Kabupaten Bantul", year=2026, sop=CURRENT, report_due=date(2027, 3, 31), by="kurnia", occurred_on=DAY
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
    given().when(replace(OPEN, report_due=date(2026, 12, 31))).refused("report-due-too-early", field="report_due")


@pytest.mark.parametrize("region", ["34", "bant"])
def test_a_region_has_four_digits(region: str) -> None:
    given().when(replace(OPEN, region=region)).refused("region-unknown", field="region")
    with pytest.raises(Refused):
        cycle_id(region, 2026)


@pytest.mark.parametrize("field", ["occurred_on", "report_due"])
def test_a_day_beyond_the_calendar_is_refused(field: str) -> None:
    given().when(replace(OPEN, **{field: date(2062, 8, 3)})).refused("day-out-of-calendar", field=field)
