"""States of streams as this process last folded them,
so that a command on a long stream folds only what is new.

Role: memory beside the truth, never instead of it. An event never changes, so the fold of the first n events
stays right for ever, and the database is asked for everything after n in the very statement that would else
ask for everything. Used by `command_handler` alone.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 2_048  # streams; a submission of twelve services takes about 10 KB


@dataclass(frozen=True, slots=True)
class Folded:
    """The state of a stream after its first `version` events."""

    version: int
    state: Any


class Remembered:
    """At most `most` states; the one that was not asked for longest is forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._states: OrderedDict[str, Folded] = OrderedDict()

    def of(self, stream: str) -> Folded | None:
        """What is remembered of a stream."""
        if stream in self._states:
            self._states.move_to_end(stream)
        return self._states.get(stream)

    def keep(self, stream: str, folded: Folded) -> None:
        """Remembers a state that was folded from committed events as the store gave them,
        and from nothing else.
        """
        self._states[stream] = folded
        self._states.move_to_end(stream)
        if len(self._states) > self._most:
            self._states.popitem(last=False)

    def forget(self, stream: str) -> None:
        """The store no longer holds what was remembered."""
        self._states.pop(stream, None)
