"""The watch on the database's clock: what goes on as it should is not worth a word, what jumps is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.eventsourcing.clock_watch import BACK, FORTH, ClockWatch, Jump

START = datetime(2026, 2, 17, tzinfo=UTC)


class Watched:
    """A watch with a counter that the test turns."""

    def __init__(self) -> None:
        self.count, self.jumps = 0.0, list[Jump | None]()
        self.watch = ClockWatch(self.jumps.append, counter=lambda: self.count)

    def read(self, after: float, said: timedelta, recorded: timedelta | None = None) -> None:
        self.count += after
        self.watch.saw(START + said, START + (said if recorded is None else recorded))


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1.0, 200.0)), max_size=30))
def test_a_clock_that_goes_on_with_a_little_drift_is_no_news(readings: list[tuple[float, float]]) -> None:
    watched, before = Watched(), 0.0
    for after, drift in readings:
        before = before + after + drift
        watched.read(after, timedelta(seconds=before))
    assert watched.jumps == []


@given(st.floats(0, 1e6), st.one_of(st.floats(-1e6, -2.1), st.floats(300.1, 1e7)))
def test_a_jump_is_said_with_how_far(after: float, by: float) -> None:
    watched = Watched()
    watched.read(0, timedelta(0))
    watched.read(after, timedelta(seconds=after + by))
    (jump,) = watched.jumps
    assert jump is not None
    assert abs(jump.by.total_seconds() - by) < 0.001
    assert not -BACK <= jump.by <= FORTH


def test_a_clock_behind_what_is_recorded_is_said_once_also_right_after_a_start() -> None:
    watched = Watched()
    for second in range(3):
        watched.read(1, timedelta(seconds=second), recorded=timedelta(hours=1))
    (jump,) = watched.jumps
    assert jump is not None
    assert jump.by == -timedelta(hours=1)


def test_a_day_after_it_goes_right_again_it_is_over() -> None:
    watched = Watched()
    watched.read(0, timedelta(0))
    watched.read(1, timedelta(hours=-2))
    watched.read(86_400, timedelta(hours=22))
    assert len(watched.jumps) == 1
    watched.read(2 * 3600 + 2, timedelta(hours=24, seconds=2))
    assert watched.jumps[-1] is None
