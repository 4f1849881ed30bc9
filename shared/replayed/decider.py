"""What a service said for a certificate is said once.

Previous hop: `replaying.py` with what was found. Next hop: `replay-compared`, in a stream of its own for each
certificate. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.replayed.statement import ReplayCompared
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider

CATEGORY = "replay"


def stream(certificate: int) -> str:
    """Where a service says what it found for this certificate."""
    return f"{CATEGORY}-certificate-{certificate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReplay(ReplayCompared):
    """Everything was replayed and compared."""


@dataclass(frozen=True, slots=True)
class Said:
    """Whether this certificate has its answer."""

    already: bool = False


def deciding(event: type[ReplayCompared]) -> Decider[Any, Any, Any]:
    """The rule of a service whose own event is `event`."""

    def decide(command: RecordReplay, said: Said) -> Sequence[ReplayCompared]:
        return [] if said.already else [combined(event, command)]

    def evolve(_said: Said, _event: ReplayCompared) -> Said:
        return Said(already=True)

    evolve.__annotations__["_event"] = event  # what its stream holds, for whoever reads the rules
    return Decider(initial=Said(), decide=decide, evolve=evolve)
