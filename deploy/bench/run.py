"""The whole bench in one run, or only some of its topics: first the parts alone, then all services, then
installations as their users start them; every figure held against its goal.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from deploy.bench import appending, flood, idle, judging, playing, transport, whole
from deploy.bench.figure import Figure
from deploy.bench.ground import Ground
from deploy.bench.neighbours import Neighbours
from deploy.bench.outside.topics import DOOR, Measure
from deploy.bench.stored import certified, past, reading
from deploy.local.instance import Instance

On = TypeVar("On")
PARTS: Mapping[str, Callable[[Ground], Awaitable[Sequence[Figure]]]] = {
    "appending": appending.measure,
    "reading": reading.measure,
    "transport": transport.measure,
    "judging": judging.measure,
    "past": past.measure,
    "certified": certified.measure,
}
"""On the parts alone."""
SERVICES: Mapping[str, Callable[[Instance], Awaitable[Sequence[Figure]]]] = {
    "whole": whole.measure,
    "idle": idle.measure,
}
"""With all four services."""
OUTSIDE: Mapping[str, Measure] = {
    "play": lambda _folder, _peer: asyncio.run(playing.measure()),
    "flood": lambda folder, _peer: flood.measure(folder),
    **DOOR,
}
"""By the command line and the front door; some beside an earlier version."""
TOPICS = (*PARTS, *SERVICES, *OUTSIDE)


class Tell(Protocol):
    """Hears what is measured now (`cores` None),
    and afterwards how many cores other programs took meanwhile, and what was found.
    """

    def __call__(self, topic: str, cores: float | None = None, found: Sequence[Figure] = (), /) -> None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure (none named: all), and the checkout of an earlier version to measure beside."""

    only: Collection[str] = ()
    peer: Path | None = None

    def of(self, topics: Mapping[str, On]) -> dict[str, On]:
        return {name: measure for name, measure in topics.items() if not self.only or name in self.only}


def run(tell: Tell, wanted: Wanted) -> list[Figure]:
    """Measures; `tell` hears what is measured now.
    Takes some minutes and needs the machine for itself.
    """
    folder = Path(tempfile.mkdtemp(prefix="jejak-bench-"))
    folder.chmod(0o711)
    try:
        return [
            *_parts_alone(folder / "parts", wanted, tell),
            *_services(folder / "services", wanted, tell),
            *_outside(folder, wanted, tell),
        ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parts_alone(folder: Path, wanted: Wanted, tell: Tell) -> list[Figure]:
    topics, found = wanted.of(PARTS), list[Figure]()
    if topics:
        tell("parts")
        with Instance(folder, parts="real", services=False) as instance:
            ground = Ground(instance)
            for name, measure in topics.items():
                found += _measured(name, partial(_run, measure, ground), tell)
    return found


def _services(folder: Path, wanted: Wanted, tell: Tell) -> list[Figure]:
    topics, found = wanted.of(SERVICES), list[Figure]()
    if topics:
        tell("services")
        with Instance(folder, parts="real") as instance:
            for name, measure in topics.items():
                found += _measured(name, partial(_run, measure, instance), tell)
    return found


def _outside(folder: Path, wanted: Wanted, tell: Tell) -> list[Figure]:
    found = list[Figure]()
    for name, measure in wanted.of(OUTSIDE).items():
        found += _measured(name, partial(measure, folder / name, wanted.peer), tell)
    return found


def _measured(name: str, measure: Callable[[], Sequence[Figure]], tell: Tell) -> Sequence[Figure]:
    tell(name)
    neighbours = Neighbours()
    found = measure()
    tell(name, neighbours.cores(), found)
    return found


def _run(measure: Callable[[On], Awaitable[Sequence[Figure]]], on: On) -> Sequence[Figure]:
    async def measuring() -> Sequence[Figure]:
        return await measure(on)

    return asyncio.run(measuring())
