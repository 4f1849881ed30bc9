"""Thresholds of the rules: from where on a difference asks for a word (domain notes, section 10).

Role: the proposals 5, 15, 20 and 110 are of no regulation, so a region sets its own, with a source and a
first day; until it has, these hold. A version is counted by how often they were set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Threshold = Literal["overspent", "entitled", "capaian", "population", "births"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a threshold means: of which rule, in which unit, what holds until somebody sets it, and between
    which numbers it makes sense.
    """

    rule: str
    unit: Literal["percent", "points"]
    proposal: int
    least: int
    most: int


BOUNDS: Mapping[Threshold, Bounds] = {
    "overspent": Bounds("R05", "percent", 110, 100, 200),
    "entitled": Bounds("R09", "percent", 20, 1, 100),
    "capaian": Bounds("R09", "points", 15, 1, 100),
    "population": Bounds("R10", "percent", 5, 1, 100),
    "births": Bounds("R11", "percent", 5, 1, 100),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers that hold, and how often anything was set until then: 0 are the proposals."""

    version: int = 0
    numbers: Mapping[Threshold, int] = field(
        default_factory=lambda: {name: bounds.proposal for name, bounds in BOUNDS.items()}
    )

    def __getitem__(self, name: Threshold) -> int:
        return self.numbers[name]
