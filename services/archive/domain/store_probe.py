"""Store probe: what the object store was seen to enforce, each time it was tried.

SOP step 13: what is filed may claim protection only as far as the last probe proved it.
Previous hop: `shelf/filing.py` at start and by button. Next hop: shelf, audit page and export, which say
"Kunci arsip tidak ditegakkan oleh penyimpanan" unless the last probe let nothing through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.archive import StoreProbed
from shared.contracts.fields import Name
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordProbe:
    """A probe ran: how many attempts, and which of them the store let through."""

    store: Name
    checks: int
    failed: tuple[Name, ...]
    at: datetime


Command = RecordProbe


@dataclass(frozen=True, slots=True)
class Probed:
    """No decision asks about earlier probes."""


def decide(command: Command, _probed: Probed) -> Sequence[StoreProbed]:
    return [combined(StoreProbed, command)]


def evolve(probed: Probed, _event: StoreProbed) -> Probed:
    return probed


store_probe = Decider(initial=Probed(), decide=decide, evolve=evolve)
