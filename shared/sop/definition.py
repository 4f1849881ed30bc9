"""The SOP as data: its steps with key, order, role, owner, duration and what completes each.

Role: read once by every service that needs to know who is next.
A file that contradicts itself is refused whole, with every fault named.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from shared.service_names import SERVICES

Unit = Literal["menit", "hari", "hari_kerja", "bulan"]
ROLES = frozenset({"kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis"})
PERSON = "person"
KEY = re.compile(r"[a-z][a-z_]{0,39}")
HERE = Path(__file__).parent


class BadDefinition(ValueError):
    """The SOP file contradicts itself; `faults` are sentences that name step and field."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__(f"{source}: " + "; ".join(faults))
        self.faults = tuple(faults)


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

    def step_of(self, name: str) -> Step:
        """The step that `name` belongs to: a key, a part as the SOP file writes it, or "first".
        Raises KeyError where this SOP has none of them.
        """
        if name == "first":
            return self.steps[0]
        if "." not in name:
            return self.step(name)
        part = _part(name)
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


def load(path: Path) -> Sop:
    """The SOP in `path`. Raises BadDefinition, naming every fault at once."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    raw = document.get("step", [])
    faults = list(_missing(document, raw)) or list(_contradictions(raw))
    if faults:
        raise BadDefinition(path.name, faults)
    return Sop(
        version=document["version"],
        title=document["title"],
        signed_on=document["signed_on"],
        signed_by=document["signed_by"],
        steps=tuple(_step(number, entry) for number, entry in enumerate(raw, start=1)),
    )


@cache
def sops() -> Mapping[str, Sop]:
    """Every SOP version that Jejak knows, by version."""
    return {sop.version: sop for sop in map(load, sorted(HERE.glob("sop_*.toml")))}


CURRENT = "04/SOP/2022"


def named(key: str) -> Step | None:
    """A step of that key, as the newest SOP that has it calls it; None for a key of a newer Jejak."""
    return next(
        (
            sop.step(key)
            for sop in sorted(sops().values(), key=lambda sop: sop.signed_on, reverse=True)
            if sop.has(key)
        ),
        None,
    )


def _missing(document: Mapping[str, Any], raw: list[Mapping[str, Any]]) -> Iterator[str]:
    for key in ("version", "title", "signed_on", "signed_by"):
        if key not in document:
            yield f"the SOP lacks {key!r}"
    if not raw:
        yield "the SOP has no steps"
    for position, entry in enumerate(raw, start=1):
        for key in (
            "key",
            "name",
            "name_en",
            "short",
            "short_en",
            "role",
            "owner",
            "after",
            "completed_by",
            "duration",
        ):
            if key not in entry:
                yield f"step {position} lacks {key!r}"


def _contradictions(raw: list[Mapping[str, Any]]) -> Iterator[str]:
    before: set[str] = set()
    places = [entry.get("place", entry["key"]) for entry in raw]
    for entry in raw:
        key, here = entry["key"], f"step {entry['key']}"
        if not KEY.fullmatch(key):
            yield f"{here}: a key is made of small letters and underscores"
        if key in before or places.count(entry.get("place", key)) > 1:
            yield f"{here} shares its key or its place with another step"
        if entry["role"] not in ROLES:
            yield f"{here} names the unknown role {entry['role']!r}"
        if entry["owner"] not in SERVICES:
            yield f"{here} names the unknown owner {entry['owner']!r}"
        for earlier in entry["after"]:
            if earlier not in before:
                yield f"{here} waits for step {earlier}, which does not come before it"
        before.add(key)
        yield from _bad_parts(here, entry["completed_by"])
        yield from _bad_reopening(here, entry)
        yield from _bad_durations(here, entry["duration"])


def _bad_parts(here: str, completed_by: list[str]) -> Iterator[str]:
    if not completed_by:
        yield f"{here} is completed by nothing"
    if PERSON in completed_by and len(completed_by) > 1:
        yield f"{here} is completed by a person and by events at once"
    names = [_part(text).name for text in completed_by]
    if len(set(names)) < len(names):
        yield f"{here} waits for two parts of one name: {', '.join(sorted(names))}"
    for text in completed_by:
        producer, dot, _event = text.partition(".")
        if text != PERSON and (not dot or producer not in SERVICES):
            yield f"{here} is completed by {text!r}, which is no event of a service"


def _bad_reopening(here: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """A step is taken back only by events of services, and only a part that it waits for."""
    waits_for = {_part(text).name for text in entry["completed_by"] if text != PERSON}
    for text in (*entry.get("reopened_by", ()), *entry.get("redone_by", ())):
        named = _part(text)
        if named.producer not in SERVICES or named.which not in waits_for:
            yield f"{here} is reopened or redone by {text!r}, which names no part that it waits for"


def _bad_durations(here: str, durations: list[Mapping[str, Any]]) -> Iterator[str]:
    if not durations:
        yield f"{here} has no duration"
    for entry in durations:
        if entry.get("unit") not in get_args(Unit):
            yield f"{here} counts in the unknown unit {entry.get('unit')!r}"
        shortest, longest = entry.get("min"), entry.get("max")
        if not (isinstance(shortest, int) and isinstance(longest, int) and 0 < shortest <= longest):
            yield (
                f"{here} has the duration {shortest!r} to {longest!r}; both must be whole, "
                "above 0 and in order"
            )


def _step(number: int, entry: Mapping[str, Any]) -> Step:
    return Step(
        key=entry["key"],
        number=number,
        place=entry.get("place", entry["key"]),
        name=entry["name"],
        name_en=entry["name_en"],
        short=entry["short"],
        short_en=entry["short_en"],
        role=entry["role"],
        owner=entry["owner"],
        after=tuple(entry["after"]),
        durations=tuple(
            Duration(d["min"], d["max"], d["unit"], d.get("variant", "")) for d in entry["duration"]
        ),
        parts=tuple(_part(text) for text in entry["completed_by"] if text != PERSON),
        evidence_min=entry.get("evidence_min", 0),
        reopened_by=tuple(_part(text) for text in entry.get("reopened_by", ())),
        redone_by=tuple(_part(text) for text in entry.get("redone_by", ())),
    )


def _part(text: str) -> Part:
    producer, _, rest = text.partition(".")
    event, _, which = rest.partition(":")
    return Part(producer, event, which)
