"""Watches the database's clock: it must go on as this process's own counter does,
and never stand before what was recorded.

Role: time along a stream never falls, because the store takes the later of clock and newest event; that a
clock jumps must still be said, because "as it was at noon" then means something else. Fed by
`command_handler` with every decision, shown by whoever reports troubles.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from shared.sentences import later
from shared.troubles import Troubles

BACK: Final = timedelta(seconds=2)
FORTH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock said `said` where `expected` was to be expected;
    negative `by`: it went back, or stands before what was recorded.
    """

    said: datetime
    expected: datetime

    @property
    def by(self) -> timedelta:
        return self.said - self.expected


class ClockWatch:
    """Compares every reading with the one before and the monotonic time between;
    `jumped` is called with what does not fit.
    """

    def __init__(
        self,
        jumped: Callable[[Jump | None], None] = lambda _jump: None,
        *,
        counter: Callable[[], float] = monotonic,
    ) -> None:
        self._jumped, self._counter = jumped, counter
        self._before: tuple[datetime, float] | None = None
        self._behind_until: datetime | None = None

    def saw(self, said: datetime, recorded: datetime) -> None:
        """Takes a reading in: what the clock said, and the time that the decision
        bears because of the stream's newest event.
        """
        count = self._counter()
        before, self._before = self._before, (said, count)
        if before is not None:
            expected = before[0] + timedelta(seconds=count - before[1])
            if not -BACK <= said - expected <= FORTH:
                self._say(Jump(said, expected))
        if recorded - said > BACK:
            if self._behind_until is None:
                self._say(Jump(said, recorded))
        elif self._behind_until is not None and said > self._behind_until:
            self._behind_until = None
            self._jumped(None)

    def _say(self, jump: Jump) -> None:
        """It is over a day after the clock has caught up with where it was expected."""
        until = max(jump.said, jump.expected) + timedelta(days=1)
        self._behind_until = max(until, self._behind_until or until)
        self._jumped(jump)


def reporting(troubles: Troubles) -> Callable[[Jump | None], None]:
    """Tells a jump to `troubles`; it stays one for a day after the clock goes right again."""

    def tell(jump: Jump | None) -> None:
        if jump is None:
            troubles.clear("clock")
            return
        sentence = later(
            "Jam basis data melompat {by} detik. Waktu di dalam satu berkas tidak pernah mundur, "
            "tetapi jam mesin harus diperiksa."
        )
        cause = (
            f"the database's clock said {jump.said.isoformat()} where {jump.expected.isoformat()} was to be "
            "expected"
        )
        troubles.report("clock", sentence, cause, by=f"{jump.by.total_seconds():+.0f}")

    return tell
