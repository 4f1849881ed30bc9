"""In whatever order a region sets its thresholds: of two who set one for one day one is refused, and what a
version means never changes.
"""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.rules import SetThreshold, rules
from shared.contracts.settings import ThresholdSet
from shared.eventsourcing.commands.decider import Refused
from shared.spm.meaning.thresholds import BOUNDS, Setting, as_of, in_force

FIRST = date(2026, 1, 1)
ACTS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(sorted(BOUNDS)), st.integers(-5, 210), st.integers(-2, 6)),
    max_size=30,
)
"""Days that pass before it, which threshold, its number, and in how many days it begins."""


@given(ACTS)
def test_a_version_means_the_same_for_ever(acts: list[tuple[int, str, int, int]]) -> None:
    history, seen, today = list[ThresholdSet](), {}, FIRST
    for passed, name, limit, ahead in acts:
        for day in (today + timedelta(n) for n in range(passed + 1)):
            now = in_force(_settings(history), day)
            assert seen.setdefault(now.version, now) == now
        today += timedelta(passed)
        said = SetThreshold(
            region="3402",
            threshold=name,
            limit=limit,
            valid_from=today + timedelta(ahead),
            source="Notula",
            by="hesti",
            occurred_on=today,
        )
        history += _decided(said, history)
    assert {version: as_of(_settings(history), version) for version in seen} == seen
    assert len({(one.threshold, one.valid_from) for one in history}) == len(history)


@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 5))
def test_of_two_who_set_one_day_one_is_refused(first: int, second: int, ahead: int) -> None:
    one, two = (
        SetThreshold(
            region="3402",
            threshold="births",
            limit=limit,
            valid_from=FIRST + timedelta(ahead),
            source="Notula",
            by=by,
            occurred_on=FIRST,
        )
        for by, limit in (("hesti", first), ("bagus", second))
    )
    history = _decided(one, [])
    assert len(history) == 1
    assert _decided(two, history) == []


def _decided(command: SetThreshold, history: list[ThresholdSet]) -> list[ThresholdSet]:
    try:
        return [one for one in rules.decide(command, rules.fold(history)) if isinstance(one, ThresholdSet)]
    except Refused:
        return []


def _settings(history: list[ThresholdSet]) -> list[Setting]:
    return [Setting(one.threshold, one.limit, one.valid_from) for one in history]
