"""Start and stop of an installation with data, by its own `jejak up`; in turns with an earlier version,
where one is given.
"""

import statistics
from dataclasses import dataclass, field
from pathlib import Path

from deploy.bench.figure import Figure, at_most
from deploy.bench.outside.installation import Installation

ROUNDS = 3
START_S, STOP_S = 8.0, 4.0


@dataclass
class Turns:
    """One installation, and how long it took each time."""

    installation: Installation
    starts: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)

    def once(self) -> None:
        self.starts.append(self.installation.start())
        self.stops.append(self.installation.stop())

    @property
    def start(self) -> float:
        return statistics.median(self.starts)

    @property
    def stop(self) -> float:
        return statistics.median(self.stops)


def measure(folder: Path, peer: Path | None) -> list[Figure]:
    """The first start plays the demonstration and is not measured: later ones find its data."""
    ours = Turns(Installation.ours(folder / "ours"))
    theirs = Turns(Installation(peer, folder / "peer")) if peer else None
    for side in filter(None, (ours, theirs)):
        side.installation.start(demo=True)
        side.installation.stop()
    for _ in range(ROUNDS):
        for side in filter(None, (ours, theirs)):
            side.once()
    return [
        at_most("start with data", ours.start, "s", START_S, _each(ours.starts)),
        at_most("stop", ours.stop, "s", STOP_S, _each(ours.stops)),
        *_beside(ours, theirs),
    ]


def _beside(ours: Turns, theirs: Turns | None) -> list[Figure]:
    if theirs is None:
        return []
    return [
        Figure("start with data, beside the peer", ours.start, "s", theirs.start, better="less"),
        Figure("stop, beside the peer", ours.stop, "s", theirs.stop, better="less"),
    ]


def _each(seconds: list[float]) -> str:
    return ", ".join(f"{one:.1f}" for one in seconds)
