"""What a region sets about the rules: every bound of every threshold, one number a day, nothing in the past;
populations that something can be held against; and versions that mean the same for ever.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.intake.domain.rules import MOST_PEOPLE, PopulationRow, RecordPopulations, SetThreshold, rules
from shared.contracts.settings import PopulationRecorded, ThresholdSet
from shared.eventsourcing.combined import combined
from shared.spm.meaning.thresholds import BOUNDS, Bounds, Setting, as_of, in_force
from tests.support.given_when_then import Given, When

TODAY = date(2026, 8, 28)
SET = SetThreshold(
    region="3402",
    threshold="entitled",
    limit=25,
    valid_from=TODAY,
    source="Notula 28 Agustus 2026",
    by="hesti",
    occurred_on=TODAY,
)
SAID = combined(ThresholdSet, SET)
ROW = PopulationRow(
    service="kes.balita", year=2026, population=13583, counted_on=date(2026, 6, 30), source="DKB 2026"
)
COUNTED = PopulationRecorded(
    region="3402",
    service="kes.balita",
    year=2026,
    population=13583,
    counted_on=date(2026, 6, 30),
    source="DKB 2026",
    by="hesti",
    occurred_on=TODAY,
)


def given(*history: object) -> Given:
    return Given(rules, history)


def recording(*rows: PopulationRow, history: tuple[object, ...] = ()) -> When:
    command = RecordPopulations(region="3402", rows=rows, by="hesti", occurred_on=TODAY)
    return given(*history).when(command)


@pytest.mark.parametrize(("name", "bounds"), BOUNDS.items(), ids=list(BOUNDS))
def test_every_threshold_has_bounds(name: str, bounds: Bounds) -> None:
    for limit in (bounds.least, bounds.proposal, bounds.most):
        said = replace(SET, threshold=name, limit=limit)
        given().when(said).then(combined(ThresholdSet, said))
    for limit in (bounds.least - 1, bounds.most + 1, -5, 0, 10**9):
        refused = given().when(replace(SET, threshold=name, limit=limit))
        facts = {"least": bounds.least, "most": bounds.most, "limit": limit}
        refused.refused("threshold-out-of-bounds", field="limit", **facts)


def test_one_number_a_day() -> None:
    given(SAID).when(replace(SET, limit=30)).refused("threshold-day-taken", field="valid_from", limit=25)
    given(SAID).when(replace(SET, source="Notula lain")).refused("threshold-day-taken", field="valid_from")
    other = replace(SET, threshold="capaian")
    given(SAID).when(other).then(combined(ThresholdSet, other))
    later = replace(SET, limit=30, valid_from=TODAY + timedelta(1))
    given(SAID).when(later).then(combined(ThresholdSet, later))


def test_the_same_again_is_no_news() -> None:
    given(SAID).when(SET).then()


def test_nothing_begins_before_the_day_on_which_it_is_said() -> None:
    early = replace(SET, valid_from=TODAY - timedelta(1))
    given().when(early).refused("threshold-in-the-past", field="valid_from", first=TODAY)


def test_a_threshold_is_known_and_has_a_source() -> None:
    given().when(replace(SET, threshold="umur")).refused("threshold-unknown", field="threshold")
    given().when(replace(SET, source=" ")).refused("source-missing", field="source")


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        pytest.param(replace(ROW, population=0), "population-out-of-bounds", "population", id="zero"),
        pytest.param(replace(ROW, population=-1), "population-out-of-bounds", "population", id="negative"),
        pytest.param(
            replace(ROW, population=MOST_PEOPLE + 1), "population-out-of-bounds", "population", id="most"
        ),
        pytest.param(replace(ROW, service="kes.naga"), "service-unknown", "service", id="service"),
        pytest.param(replace(ROW, source=""), "source-missing", "source", id="source"),
        pytest.param(replace(ROW, population=5), "row-twice", "service", id="twice"),
    ],
)
def test_a_row_that_nothing_can_be_held_against_is_refused(row: PopulationRow, code: str, field: str) -> None:
    recording(ROW, row).refused(code, field=f"rows.1.{field}")


def test_populations_are_recorded_and_said_again() -> None:
    recording(ROW).then(COUNTED)
    recording(ROW, history=(COUNTED,)).then()
    more = replace(ROW, population=14000)
    recording(more, history=(COUNTED,)).then(replace(COUNTED, population=14000))
    recording().refused("rows-out-of-bounds", field="rows")


def test_what_was_judged_by_a_version_stays_judged_by_it() -> None:
    settings = [Setting("entitled", 30, date(2026, 9, 10)), Setting("entitled", 25, date(2026, 9, 1))]
    before, between, after = (in_force(settings, date(2026, *day)) for day in ((8, 31), (9, 5), (9, 10)))
    assert [(one.version, one["entitled"]) for one in (before, between, after)] == [(0, 20), (1, 25), (2, 30)]
    later = [*settings, Setting("entitled", 40, date(2026, 9, 10)), Setting("capaian", 9, date(2026, 9, 30))]
    assert [as_of(later, one.version) for one in (before, between, after)] == [before, between, after]


def test_a_threshold_of_a_newer_version_changes_nothing_that_is_known() -> None:
    assert in_force([Setting("umur", 3, TODAY)], TODAY).numbers == in_force((), TODAY).numbers
