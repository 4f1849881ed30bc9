"""One measured figure and how it stands to its goal."""

import math
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Better = Literal["more", "less"]
Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; `reference` is what it is held against (a rate of the same run,
    or the goal's own number) and `ratio` their quotient. None where there is nothing to hold it against,
    as there is no goal where only the ratio is of interest.

    `note` says what a reader must know to judge the figure.
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    goal: float | None = None
    better: Better = "more"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @property
    def met(self) -> bool | None:
        """Goals are ratios: at least (or at most) this much of the reference.
        None where there is no goal, or nothing that the value is held against.
        """
        if self.ratio is None or self.goal is None:
            return None
        return self.ratio >= self.goal if self.better == "more" else self.ratio <= self.goal

    def as_json(self) -> dict[str, Any]:
        """The figure for a program."""
        return {
            "name": self.name,
            "value": round(self.value, 2),
            "unit": self.unit,
            "reference": None if self.reference is None else round(self.reference, 2),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "goal": self.goal,
            "met": self.met,
        }


def at_least(name: str, value: float, unit: str, number: float, note: str = "") -> Figure:
    """A goal that is a number to reach: held against that number."""
    return Figure(name, value, unit, number, 1.0, note=note)


def at_most(name: str, value: float, unit: str, number: float, note: str = "") -> Figure:
    """A goal that is a number not to exceed: held against that number."""
    return Figure(name, value, unit, number, 1.0, "less", note)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share (0 < share ≤ 1) of them do not exceed.
    ValueError without values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


async def in_turns(measures: Mapping[str, Measure], rounds: int) -> dict[str, float]:
    """Median rates of several things run in turns, so that a machine that slows down slows all of them."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(await measure())
    return {name: statistics.median(rates) for name, rates in found.items()}
