"""Order and answer: what is given to the command handler, and what comes of it.

An event's way, hop 2. Previous hop: `orders.py` of a sub-room or a process manager, with the order.
Next hop: the caller, with the answer or with one of the exceptions; in each of those nothing has happened.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.eventsourcing.recorded import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command and the stream it is for. `case_id` is the cycle (or `settings`):
    the Kafka key of what follows.
    """

    stream: str
    command: object
    case_id: str


AtOnce = Callable[[Recorded], Iterable[Order]]
"""An event that a person's command makes → orders for other streams that are decided and written with it:
when one refuses, or moves on meanwhile, nothing has happened in any. Pure.
"""


def nothing_at_once(_recorded: Recorded) -> Iterable[Order]:
    """For a service whose commands are of one stream each."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a command: its events (none: no news) and the stream's version afterwards."""

    source: str
    stream: str
    version: int
    events: tuple[object, ...]

    @property
    def token(self) -> str:
        """The position token that a query may wait for."""
        return f"{self.source}:{self.stream}@{self.version}"


class CommandReused(Exception):
    """The command id was used before, for another command."""


class Conflict(Exception):
    """The stream is not at the version that the caller saw; `changed` is what happened since."""

    def __init__(self, stream: str, expected: int, actual: int, changed: Sequence[Recorded]) -> None:
        super().__init__(f"{stream}: expected version {expected}, found {actual}")
        self.stream, self.expected, self.actual, self.changed = stream, expected, actual, tuple(changed)


class TooBusy(Exception):
    """Others changed the stream again and again while we decided; nothing happened."""
