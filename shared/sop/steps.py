"""An SOP as the code sees it: steps, known by their keys, and which of them an event brings nearer to done.

Role: values of one version, read from its file by `definition.py`. Used by whoever asks who is next.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Unit = Literal["menit", "hari", "hari_kerja", "bulan"]


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a step takes: a range in one unit; `variant` where the SOP knows two ways of doing it."""

    min: int
    max: int
    unit: Unit
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One event that a step waits for. `which` tells two of the same event apart;
    "*" stands for one per agency.
    """

    producer: str
    event: str
    which: str = ""

    @property
    def name(self) -> str:
        return self.which or self.event


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the SOP, known by its `key`; `number` is its place in this SOP, and only shown.
    `parts` is empty for a plain step, which a person completes. `place` ends the name of its stream.
    """

    key: str
    number: int
    place: str
    name: str
    name_en: str
    short: str
    short_en: str
    role: str
    owner: str
    after: tuple[str, ...]
    durations: tuple[Duration, ...]
    parts: tuple[Part, ...]
    evidence_min: int = 0
    reopened_by: tuple[Part, ...] = ()
    redone_by: tuple[Part, ...] = ()

    @property
    def plain(self) -> bool:
        return not self.parts

    @property
    def fixed_parts(self) -> tuple[str, ...]:
        """The parts that are known before the cycle starts."""
        return tuple(part.name for part in self.parts if part.which != "*")


@dataclass(frozen=True, slots=True)
class Sop:
    """One version of the SOP. A cycle says in its first event which one it runs under."""

    version: str
    title: str
    signed_on: date
    signed_by: str
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """The step of that key. Raises KeyError for one that this SOP does not have."""
        found = next((step for step in self.steps if step.key == key), None)
        if found is None:
            raise KeyError(f"{self.version} has no step {key!r}")
        return found

    def has(self, key: str) -> bool:
        return any(step.key == key for step in self.steps)

    def first(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.after)

    @property
    def last(self) -> Step:
        """The step with whose end the cycle is closed."""
        return self.steps[-1]

    def before(self, step: Step) -> frozenset[str]:
        """The keys of all steps that this one rests on, also by way of others."""
        return frozenset(step.after).union(*(self.before(self.step(key)) for key in step.after))

    def next_after(self, key: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if key in step.after)

    def completing(self, producer: str, event: str, which: str = "") -> Step:
        """The step that waits for this event. Raises KeyError where none does,
        which no loaded SOP lacks of what Jejak knows to do.
        """
        for step, _part in self.waiting_for(producer, event, which):
            return step
        raise KeyError(f"{self.version} has no step that waits for {producer}.{event}:{which}")

    def waiting_for(self, producer: str, event: str, which: str = "") -> Iterator[tuple[Step, Part]]:
        """The steps, and their parts, that this event brings nearer to done."""
        for step in self.steps:
            for part in step.parts:
                if (part.producer, part.event) == (producer, event) and part.which in ("", "*", which):
                    yield step, part

    def awaited(self, producer: str, event: str) -> tuple[str, ...]:
        """What tells apart the events of one type that its steps wait for, in its own order."""
        parts = (part for step in self.steps for part in step.parts)
        return tuple(part.which for part in parts if (part.producer, part.event) == (producer, event))

    @property
    def recipients(self) -> tuple[str, ...]:
        """To whom the report is sent."""
        return self.awaited("documents", "dispatch-sent")

    @property
    def papers(self) -> frozenset[str]:
        """The kinds of documents that are drafted."""
        return frozenset(self.awaited("documents", "document-drafted"))

    def step_of(self, name: str) -> Step:
        """The step that `name` belongs to: a key, a part as the SOP file writes it, or "first".
        Raises KeyError where this SOP has none of them.
        """
        if name == "first":
            return self.steps[0]
        if "." not in name:
            return self.step(name)
        part = part_of(name)
        return self.completing(part.producer, part.event, part.which)

    def belongs(self, name: str, step: Step) -> bool:
        """Whether `name` is of this step; a part that only another SOP knows is of none."""
        try:
            return self.step_of(name) is step
        except KeyError:
            return False

    def redone_by(self, producer: str, event: str) -> Iterator[tuple[Step, str]]:
        """The steps, and the part of each, that this event does once more after it was taken back."""
        return self._named(producer, event, lambda step: step.redone_by)

    def reopened_by(self, producer: str, event: str) -> Iterator[tuple[Step, str]]:
        """The steps, and the part of each, that do not hold any more after this event."""
        return self._named(producer, event, lambda step: step.reopened_by)

    def _named(
        self, producer: str, event: str, entries: Callable[[Step], Iterable[Part]]
    ) -> Iterator[tuple[Step, str]]:
        for step in self.steps:
            for part in entries(step):
                if (part.producer, part.event) == (producer, event):
                    yield step, part.which


def part_of(text: str) -> Part:
    producer, _, rest = text.partition(".")
    event, _, which = rest.partition(":")
    return Part(producer, event, which)
