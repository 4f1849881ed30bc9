"""What holds when something happens and the event does not say:
the working calendar with its overrides, and SOP and catalogue of the cycle.

Serves the due dates of all SOP steps. Read from the streams of calendar and cycle in the transaction of the
reaction. A due date names the calendar it was counted with, so one counted just before a change stays true
and can be explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake import streams
from shared.contracts.regions import region_of
from shared.eventsourcing.recorded import Recorded
from shared.sop.calendar import Calendar
from shared.sop.definition import sops
from shared.sop.steps import Sop
from shared.spm.catalogue import Catalogue, catalogues


class CycleNotKnown(LookupError):
    """Nobody opened this cycle here, so nobody knows under which SOP and catalogue it runs."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The calendar, and the versions of SOP and catalogue under which the cycle of an event was opened;
    empty where none was.
    """

    calendar: Calendar
    version: str = ""
    catalogue_version: int = 0

    @property
    def sop(self) -> Sop:
        """The SOP of the cycle. Raises CycleNotKnown:
        never the newest SOP for a cycle that began under another.
        """
        if not self.version:
            raise CycleNotKnown
        return sops()[self.version]

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the cycle. Raises CycleNotKnown:
        never the newest one for a cycle that began under another.
        """
        if not self.catalogue_version:
            raise CycleNotKnown
        return catalogues()[self.catalogue_version]


def rests_on(recorded: Recorded, first: str) -> Sequence[str]:
    """The streams of both: a reaction needs the cycle of its event, and the calendar of its region."""
    region = region_of(recorded.case_id, first) or first
    return streams.calendar(region, first), streams.cycle(recorded.case_id)
