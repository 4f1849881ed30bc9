"""Troubles of a process: what is stuck or wrong right now, by name, with sentence, cause and since when.

Role: one place that the page *Macet*, the readiness answer and the log agree on. Whoever watches a part
reports here and clears again; what must outlive the process stands in a table of its own instead (parked
messages, events that the broker will not take).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from shared.clock import now

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong. `sentence` is Indonesian, marked by `later`, with `facts` for its braces;
    `cause` is for who looks deeper.
    """

    name: str
    sentence: str
    cause: str
    since: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


class Troubles:
    """What is wrong in this process. A part reports under its name for as long as it is so;
    saying the same again changes nothing.
    """

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._known: dict[str, Trouble] = {}

    def report(self, name: str, sentence: str, cause: str, **facts: str) -> None:
        """Something is wrong, or still is; the log gets a line when it is news."""
        known = self._known.get(name)
        since = known.since if known else self._clock()
        trouble = Trouble(name=name, sentence=sentence, cause=cause, since=since, facts=facts)
        self._known[name] = trouble
        if known is None or known.cause != cause:
            log.error("trouble", name=name, cause=cause, **facts)

    def clear(self, name: str) -> None:
        """It is right again."""
        if self._known.pop(name, None):
            log.info("trouble-over", name=name)

    def listed(self) -> list[Trouble]:
        """Everything that is wrong now, the oldest first."""
        return sorted(self._known.values(), key=lambda trouble: (trouble.since, trouble.name))
