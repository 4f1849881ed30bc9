"""Figures through the front door: how many a second, what each costs in processor time over all processes,
and how long one takes at an even pace; ours with one and with two processes that answer, and in turns with
them an earlier version, where one is given.
"""

import asyncio
import statistics
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.bench.figure import Figure, percentile
from deploy.bench.outside.installation import Installation
from deploy.bench.outside.load import CLIENTS, at_full_speed, at_pace, sign_in
from deploy.bench.outside.processor import GROUPS, between, spent, until_at_rest
from deploy.demo.stage import OFFICERS

WARM_UP_S, RESTING_S, LEG_S, ROUNDS = 3.0, 4.0, 4.0, 4
PACE, PACED_S, PACED_ROUNDS = 100.0, 8.0, 2
ONE, TWO, PEER = "ours", "two web processes", "the peer"
WHAT = f"figures through the front door, {CLIENTS} clients"
A_COMMAND = "processor time of a command, all processes"
FASTER, CHEAPER, SLOWEST_MS = 1.6, 0.7, 60.0


@dataclass
class Side:
    """One installation and what was measured of it."""

    installation: Installation
    tokens: Mapping[str, str] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    costs: list[Mapping[str, float]] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)
    resting: Mapping[str, float] = field(default_factory=dict)  # seconds a second of each part, without work

    def prepare(self) -> None:
        self.installation.open_submissions()
        self.tokens = sign_in(self.installation.address, OFFICERS)
        asyncio.run(at_full_speed(self.installation.port, self.tokens, WARM_UP_S))
        self._rest()
        before = self._spent()
        time.sleep(RESTING_S)
        self.resting = {name: seconds / RESTING_S for name, seconds in between(before, self._spent()).items()}

    def at_full_speed(self) -> None:
        """One leg, and the time until everything of it has arrived everywhere."""
        before, begun = self._spent(), time.monotonic()
        load = asyncio.run(at_full_speed(self.installation.port, self.tokens, LEG_S))
        self._rest()
        self.rates.append(load.rate)
        self.costs.append(
            a_command(between(before, self._spent()), self.resting, time.monotonic() - begun, load.commands)
        )

    def at_pace(self) -> None:
        load = asyncio.run(at_pace(self.installation.port, self.tokens, PACED_S, PACE))
        self.took_ms += load.took_ms
        self._rest()

    def _spent(self) -> Mapping[str, float]:
        return spent(self.installation.processes())

    def _rest(self) -> None:
        until_at_rest(self._spent)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def spread(self) -> str:
        return f"{min(self.rates):.0f} to {max(self.rates):.0f}"

    @property
    def cost(self) -> dict[str, float]:
        """The median of each part's milliseconds a command."""
        return {name: statistics.median(cost[name] for cost in self.costs) for name in GROUPS}

    @property
    def slowest_ms(self) -> float:
        return percentile(self.took_ms, 0.99)


def measure(folder: Path, peer: Path | None) -> list[Figure]:
    """Ours, and in turns with it the peer."""
    sides = {
        ONE: Side(Installation.ours(folder / "ours")),
        **({PEER: Side(Installation(peer, folder / "peer"))} if peer else {}),
    }
    with _prepared(sides.values()):
        for _ in range(PACED_ROUNDS):
            for side in sides.values():
                side.at_pace()
    return [*_of_rates(sides), *_of_costs(sides), *_of_waiting(sides)]


def measure_two(folder: Path, _peer: Path | None) -> list[Figure]:
    """Ours with one process that answers and with two, in turns."""
    one, two = (
        Side(Installation.ours(folder / "one")),
        Side(Installation.ours(folder / "two", "--web", "intake=2")),
    )
    with _prepared([one, two]):
        pass
    dearer = sum(one.cost.values())
    return [
        Figure(f"{WHAT}, {TWO}", two.rate, "commands/s", one.rate, note=f"{two.spread}, beside {one.spread}"),
        Figure(f"{A_COMMAND}, {TWO}", sum(two.cost.values()), "ms", dearer, better="less"),
    ]


@contextmanager
def _prepared(sides: Collection[Side]) -> Iterator[None]:
    """All sides are up at the same time and asked at full speed in turns, before the block is."""
    with ExitStack() as stack, ThreadPoolExecutor(len(sides)) as together:
        for side in sides:
            stack.callback(side.installation.stop)
        list(together.map(lambda side: side.installation.start(), sides))
        for side in sides:
            side.prepare()
        for _ in range(ROUNDS):
            for side in sides:
                side.at_full_speed()
        yield


def a_command(
    spent: Mapping[str, float], resting: Mapping[str, float], took: float, commands: int
) -> dict[str, float]:
    """Milliseconds that each part spent on one command, beyond what it would have spent at rest."""
    return {
        name: max(0.0, seconds - resting[name] * took) * 1000 / commands for name, seconds in spent.items()
    }


def _of_rates(sides: Mapping[str, Side]) -> list[Figure]:
    ours, peer = sides[ONE], sides.get(PEER)
    note = f"{ours.spread}{f', beside {peer.spread}' if peer else ''}, in turns"
    return [Figure(WHAT, ours.rate, "commands/s", peer.rate if peer else None, FASTER, note=note)]


def _of_costs(sides: Mapping[str, Side]) -> list[Figure]:
    ours, theirs = sides[ONE].cost, sides[PEER].cost if PEER in sides else None
    beside = sum(theirs.values()) if theirs else None
    whole = Figure(A_COMMAND, sum(ours.values()), "ms", beside, CHEAPER, "less")
    parts = [
        Figure(f"of it {name}", ours[name], "ms", theirs[name] if theirs else None, better="less")
        for name in GROUPS
    ]
    return [whole, *parts]


def _of_waiting(sides: Mapping[str, Side]) -> list[Figure]:
    ours = sides[ONE]
    note = f"{len(ours.took_ms):,} commands, median {percentile(ours.took_ms, 0.5):.1f}"
    what = f"answer at {PACE:.0f} commands/s, 99th percentile"
    found = [Figure(what, ours.slowest_ms, "ms", SLOWEST_MS, 1.0, "less", note)]
    if PEER in sides:
        theirs = sides[PEER]
        median = f"its median {percentile(theirs.took_ms, 0.5):.1f}"
        found.append(
            Figure(f"{what}, beside the peer", ours.slowest_ms, "ms", theirs.slowest_ms, None, "less", median)
        )
    return found
