"""Laws of the calendar and of the index that hold for any input."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.values import AttachedEvidence, Figure, QualityItem, StoredFile
from shared.sop.calendar import seed
from shared.sop.deadlines import back_plan, due_date
from shared.sop.definition import CURRENT, sops
from shared.spm.catalogue import current
from shared.spm.digest import digest
from shared.spm.index import BANDS, category, compute, decimal
from shared.spm.rules import findings

CALENDAR = seed()
SOP = sops()[CURRENT]
CATALOGUE = current()

days = st.dates(min_value=date(2021, 1, 1), max_value=date(2034, 1, 1))
counts = st.integers(min_value=1, max_value=60)
numbers = st.none() | st.integers(min_value=-5, max_value=10**7)
qualities = st.builds(QualityItem, required=st.integers(0, 50), fulfilled=st.integers(0, 80))
figures = st.builds(
    Figure,
    answer=st.sampled_from(["filled", "nihil", "not_yet"]),
    served=numbers,
    entitled=numbers,
    quality=st.dictionaries(st.sampled_from(["vaksin_td", "dokter", "bidan"]), qualities),
    reason=st.sampled_from(["", "ada alasan"]),
)


@given(days, counts)
def test_counting_there_and_back_gives_the_same_number(start: date, count: int) -> None:
    end = CALENDAR.after(start, count)
    assert CALENDAR.is_working(end)
    assert CALENDAR.working_days(start, end) == count
    assert CALENDAR.first_of(end, count) == CALENDAR.after(start, 1)


changes = st.lists(st.tuples(days, st.sampled_from(["holiday", "working"])), max_size=5)


@given(days, st.integers(0, 900), changes)
def test_the_working_days_between_are_counted_as_if_each_were_looked_at(
    start: date, length: int, said: list[tuple[date, Any]]
) -> None:
    near = [(start + timedelta(days=day.toordinal() % 900), kind) for day, kind in said]
    calendar = CALENDAR.changed_by({"day": day, "kind": kind, "name": "baru"} for day, kind in near)
    end = min(start + timedelta(days=length), date(2034, 12, 31))
    each = sum(calendar.is_working(start + timedelta(days=one)) for one in range(1, (end - start).days + 1))
    assert (calendar.working_days(start, end), calendar.working_days(end, start)) == (each, -each)


@given(days, st.integers(1, 13))
def test_a_due_date_is_a_working_day_on_or_after_the_start(start: date, number: int) -> None:
    due = due_date(SOP.steps[number - 1], start, CALENDAR)
    assert start <= due.earliest_on <= due.due_on
    assert CALENDAR.is_working(due.due_on)
    assert all(start < skipped.day <= due.due_on for skipped in due.skipped)


@given(days, days)
def test_one_more_holiday_never_makes_a_step_due_earlier(start: date, holiday: date) -> None:
    step = SOP.step("verification")
    assert (
        due_date(step, start, CALENDAR.overridden(holiday, "holiday", "baru")).due_on
        >= due_date(step, start, CALENDAR).due_on
    )


@given(st.integers(2022, 2033))
def test_every_plan_ends_in_time(year: int) -> None:
    plan = {planned.step: planned for planned in back_plan(SOP, date(year, 3, 31), CALENDAR)}
    assert plan["dispatch"].last <= date(year, 3, 31)
    assert all(planned.first <= planned.last for planned in plan.values())


@given(st.fractions(min_value=0, max_value=200))
def test_what_is_printed_is_within_a_hundredth_of_what_is_meant(value: Fraction) -> None:
    printed = Fraction(decimal(value).replace(".", "").replace(",", "."))
    assert abs(printed - value) <= Fraction(1, 100)


@given(st.fractions(min_value=0, max_value=101))
def test_a_category_holds_exactly_within_its_band(value: Fraction) -> None:
    at_least = [lower for lower, _ in BANDS if value >= lower]
    assert category(value) == (dict(BANDS)[max(at_least)] if at_least else "Belum Tuntas")


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUE.services)), figures))
def test_every_index_of_sound_figures_lies_between_0_and_100(filled: dict[str, Figure]) -> None:
    sound = {
        service: figure
        for service, figure in filled.items()
        if not findings(CATALOGUE.services[service], figure, complete=True)
    }
    index = compute(CATALOGUE, sound)
    known = [entry.index for entry in index.services.values() if entry.index is not None]
    assert all(0 <= value <= 100 for value in known)
    assert (index.whole is None) == (not known)


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUE.services)), figures, min_size=1), st.randoms())
def test_the_digest_does_not_depend_on_order(filled: dict[str, Figure], random: object) -> None:
    keys = list(filled)
    random.shuffle(keys)
    files = [
        AttachedEvidence(
            file=StoredFile(digest=f"{number:064d}", name="x", media_type="text/plain", size=1),
            services=("a", "b"),
        )
        for number in range(3)
    ]
    assert digest(filled, files, 1) == digest({key: filled[key] for key in keys}, reversed(files), 1)


def test_a_year_of_working_days_is_plausible() -> None:
    worked = CALENDAR.working_days(date(2025, 12, 31), date(2026, 12, 31))
    weekdays = sum((date(2026, 1, 1) + timedelta(days=n)).weekday() < 5 for n in range(365))
    assert weekdays - 25 <= worked < weekdays
