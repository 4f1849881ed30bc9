"""Thresholds of the rules: from where on a difference asks for a word (domain notes, section 10).

Role: the proposals 5, 15, 20 and 110 are of no regulation, so a region sets its own, with a source and a
first day; until it has, these hold. A version is counted by how many settings have begun: as none begins
before the day on which it is said (`services/intake/domain/rules.py`), a version means the same for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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


@dataclass(frozen=True, slots=True)
class Setting:
    """What a region set: a threshold is this number from this day on."""

    threshold: str
    limit: int
    valid_from: date


def in_force(settings: Iterable[Setting], on: date) -> Thresholds:
    """The thresholds of a day; `settings` in the order in which they were said."""
    return _after([one for one in begun(settings) if one.valid_from <= on])


def as_of(settings: Iterable[Setting], version: int) -> Thresholds:
    """The thresholds of a version, which something was judged by; a later one changes nothing of it."""
    return _after(begun(settings)[:version])


def begun(settings: Iterable[Setting]) -> Sequence[Setting]:
    """In the order in which they begin to hold; those of one day in the order in which they were said."""
    return sorted(settings, key=lambda one: one.valid_from)


def _after(settings: Sequence[Setting]) -> Thresholds:
    said = {name: one.limit for one in settings for name in BOUNDS if name == one.threshold}
    return Thresholds(len(settings), {**Thresholds().numbers, **said})
