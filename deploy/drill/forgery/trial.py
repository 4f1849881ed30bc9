"""Counting: of an attack, how often it was tried, noticed, and named with its place."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Named:
    """What a check said of one trial: whether it said no at all, and whether it named the place."""

    noticed: bool
    place: bool


@dataclass(slots=True)
class Outcome:
    """An attack on `where` after its trials. `missed`: what would repeat those that were not named."""

    where: str
    attack: str
    trials: int = 0
    noticed: int = 0
    named: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def caught(self) -> bool:
        """Whether every trial was noticed, and its place named."""
        return self.trials == self.noticed == self.named

    def count(self, found: Named, repeat: str) -> None:
        """One more trial."""
        self.trials += 1
        self.noticed += found.noticed
        self.named += found.place
        if not (found.noticed and found.place):
            self.missed.append(repeat)


def tried(where: str, attack: str, seeds: Sequence[int], one: Callable[[random.Random], Named]) -> Outcome:
    """An attack once for each seed; the same seed is the same trial."""
    outcome = Outcome(where, attack)
    for seed in seeds:
        outcome.count(one(random.Random(f"{attack}-{seed}")), str(seed))  # noqa: S311  chance, no secret
    return outcome
