"""What an answer is made of: lines of the log, and the sentences that follow from them.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: the log on its page, or the file of an answer. Next hop: `verifier_figures.py`,
`verifier_acts.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Given = Mapping[str, Any]
"""What is asked beside the question, and what an answer takes from elsewhere than the log."""
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading a line raises that does not say what its kind says."""
DOING = {"by": "by", "day": "occurred_on"}
"""How a sentence calls who acted and when it happened, and how events call it."""


class Told(NamedTuple):
    """A line of the log: where it stands, and the event that it says."""

    place: int
    event: Mapping[str, Any]

    @property
    def stream(self) -> str:
        return str(self.event["stream"])

    @property
    def kind(self) -> str:
        return str(self.event["type"])

    @property
    def data(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.event["data"]
        return found

    @property
    def by(self) -> str:
        return str(self.data["by"])

    @property
    def day(self) -> str:
        return str(self.data["occurred_on"])


class Said(NamedTuple):
    """One sentence of an answer: which it is, what it says, and the places of the lines that it rests on.
    `wrong`: it names what must not be.
    """

    code: str
    facts: dict[str, Any]
    lines: tuple[int, ...] = ()
    wrong: bool = False


def acted(code: str, line: Told, *more: Told, wrong: bool = False, **facts: Any) -> Said:
    """A sentence about what somebody did on a day."""
    places = tuple(sorted({line.place, *(one.place for one in more)}))
    doing = {name: str(line.data[said]) for name, said in DOING.items()}
    return Said(code, {**doing, **facts}, places, wrong)


def of_kind(lines: Iterable[Told], *kinds: str) -> Iterator[Told]:
    """The lines of these kinds of event, in their order."""
    return (line for line in lines if line.kind in kinds)


def of_stream(lines: Iterable[Told], *streams: str) -> list[Told]:
    """The lines of these streams, in their order."""
    return [line for line in lines if line.stream in streams]


def by_stream(lines: Iterable[Told]) -> dict[str, list[Told]]:
    """The lines of each stream, in the order in which the streams begin."""
    found: dict[str, list[Told]] = {}
    for line in lines:
        found.setdefault(line.stream, []).append(line)
    return found


def newest(lines: Iterable[Told]) -> Told | None:
    """The last of them."""
    last = None
    for line in lines:
        last = line
    return last


def case_of(stream: str) -> str:
    """What a stream is about: `submission-3402-2026-dinkes-tahunan` → `3402-2026-dinkes-tahunan`."""
    return stream.partition("-")[2]


def holes(lines: Sequence[Told]) -> list[tuple[str, int]]:
    """Where a stream goes on without what comes before: the stream, and the version that is not there."""
    found, known = [], dict[tuple[str, str], int]()
    for line in lines:
        place = str(line.event["source"]), line.stream
        version, before = int(line.event["version"]), known.get(place, 0)
        if version != before + 1:
            found.append((line.stream, before + 1))
        known[place] = version
    return found
