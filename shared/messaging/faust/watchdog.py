"""Whether a worker makes progress: judged by committed offsets against log ends,
never by "the process is up".

Role: looks at the broker for `worker` and judges what it sees. `behind` and `unreachable` are waited for,
`reset` restarts the worker, `stalled` ends the process.
"""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol

import faust

from shared.messaging.broker import BrokerView
from shared.messaging.faust.listening import Receiver
from shared.messaging.topics import PREFIX

State = Literal[
    "starting", "working", "behind", "unreachable", "reset", "stalled", "waiting-for-database", "restarting"
]
Offsets = Mapping[tuple[str, int], int]


class Watched(Receiver, Protocol):
    """The consumer, as far as worker and watchdog know it."""

    progress: int

    @property
    def waiting_for_database(self) -> bool: ...


STALLED_AFTER_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Health:
    """What is known about a worker at the last look.
    `lag` counts messages that are there and not yet acknowledged.
    """

    state: State
    lag: int = 0
    detail: str = ""
    lags: Mapping[str, int] = field(default_factory=dict, compare=False)
    """The same by source."""
    partitions: int | None = field(default=None, compare=False)
    """How many this worker reads; several workers share them."""

    @property
    def ok(self) -> bool:
        """Whether the service is ready as far as the transport goes."""
        return self.state in {"working", "behind"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look: what the group committed, where the logs end, which partitions are ours,
    how many messages we took in so far.
    """

    at: float
    committed: Offsets
    ends: Offsets
    mine: Collection[tuple[str, int]]
    progress: int
    waiting_for_database: bool


@dataclass(slots=True)
class Judge:
    """Compares looks of one worker since its start.
    What was beyond the log's end already at its first look is no news.
    """

    beyond: set[tuple[str, int]] | None = None
    committed: Offsets = field(default_factory=dict)
    progress: int = 0
    moved_at: float | None = None

    def judge(self, look: Look) -> Health:
        """The verdict on a look, with what waits of each source."""
        lags = Counter[str]()
        for place in look.mine or look.ends.keys():
            lags[place[0].removeprefix(PREFIX)] += max(
                0, look.ends.get(place, 0) - look.committed.get(place, 0)
            )
        return replace(self._judged(look, lags.total()), lags=lags, partitions=len(look.mine))

    def _judged(self, look: Look, lag: int) -> Health:
        """The verdict. A group's forgotten or too great offsets say that the broker lost data."""
        lost = [place for place in self.committed if place not in look.committed and place in look.mine]
        beyond = {place for place, offset in look.committed.items() if offset > look.ends.get(place, 0)}
        self.beyond = beyond if self.beyond is None else self.beyond & beyond
        moved = look.committed != self.committed or look.progress != self.progress
        if moved or lag == 0 or look.waiting_for_database or self.moved_at is None:
            self.moved_at = look.at
        self.committed, self.progress = look.committed, look.progress
        if news := beyond.union(lost) - self.beyond:
            return Health("reset", lag, f"the broker lost data: {min(news)}")
        if look.waiting_for_database:
            return Health("waiting-for-database", lag)
        if look.at - self.moved_at > STALLED_AFTER_S:
            return Health("stalled", lag, f"nothing moved for {look.at - self.moved_at:.0f} s")
        return Health("behind" if lag else "working", lag)


class Watchdog:
    """Looks at one Faust app since its start."""

    def __init__(
        self, app: faust.App, group: str, topics: Collection[str], view: BrokerView, consumer: Watched
    ) -> None:
        self._app, self._group, self._topics, self._view, self._consumer = app, group, topics, view, consumer
        self._judge = Judge()

    async def look(self) -> Health:
        """How the worker is at this moment. Raises one of `broker.Away`."""
        places = await self._view.places(self._topics)
        look = Look(
            at=time.monotonic(),
            committed=await self._view.committed(self._group, places),
            # after what was committed, which would else seem to lie beyond the end
            ends=await self._view.ends(self._topics),
            mine={(place.topic, place.partition) for place in self._app.consumer.assignment()},
            progress=self._consumer.progress,
            waiting_for_database=self._consumer.waiting_for_database,
        )
        return self._judge.judge(look)
