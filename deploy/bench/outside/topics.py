"""What is measured through the front door of an installation, by topic; some beside an earlier version."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.bench.figure import Figure
from deploy.bench.outside import browsing, entering, starting, verifying

Measure = Callable[[Path, Path | None], Sequence[Figure]]
DOOR: Mapping[str, Measure] = {
    "http": entering.measure,
    "webs": entering.measure_two,
    "pages": lambda folder, _peer: browsing.measure(folder),
    "desk": lambda folder, _peer: verifying.measure(folder),
    "start": starting.measure,
}
