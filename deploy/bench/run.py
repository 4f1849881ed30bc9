"""The whole bench in one run: first the parts alone, then all services, then a play;
every figure held against its goal.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from deploy.bench import appending, idle, playing, reading, transport, whole
from deploy.bench.figure import Figure
from deploy.bench.ground import Ground
from deploy.bench.neighbours import Neighbours
from deploy.local.instance import Instance

Topic = tuple[str, Callable[[], Awaitable[Sequence[Figure]]]]


class Tell(Protocol):
    """Hears what is measured now (`cores` None),
    and afterwards how many cores other programs took meanwhile.
    """

    def __call__(self, topic: str, cores: float | None = None) -> None: ...


def run(tell: Tell) -> list[Figure]:
    """Measures everything; `tell` hears what is measured now.
    Takes some minutes and needs the machine for itself.
    """
    folder = Path(tempfile.mkdtemp(prefix="jejak-bench-"))
    folder.chmod(0o711)
    try:
        return [
            *_parts_alone(folder / "parts", tell),
            *_services(folder / "services", tell),
            *_measured([("play", playing.measure)], tell),
        ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parts_alone(folder: Path, tell: Tell) -> list[Figure]:
    tell("parts")
    with Instance(folder, parts="real", services=False) as instance:
        ground = Ground(instance)
        return _measured(
            [
                ("appending", lambda: appending.measure(ground)),
                ("reading", lambda: reading.measure(ground)),
                ("transport", lambda: transport.measure(ground)),
            ],
            tell,
        )


def _services(folder: Path, tell: Tell) -> list[Figure]:
    tell("services")
    with Instance(folder, parts="real") as instance:
        return _measured(
            [("whole", lambda: whole.measure(instance)), ("idle", lambda: idle.measure(instance))], tell
        )


def _measured(topics: Sequence[Topic], tell: Tell) -> list[Figure]:
    found: list[Figure] = []
    for name, measure in topics:
        tell(name)
        neighbours = Neighbours()
        found += asyncio.run(_awaited(measure))
        tell(name, neighbours.cores())
    return found


async def _awaited(measure: Callable[[], Awaitable[Sequence[Figure]]]) -> Sequence[Figure]:
    return await measure()
