"""What holds right now and no single event says: the working calendar with its overrides, and the SOP of each open cycle.

Serves the due dates of all SOP steps. Filled from the read models when the service starts and every minute, and at once by the events that
change it. A due date names the calendar it was counted with, so one counted a moment too early stays true and can be explained.
"""

from dataclasses import dataclass, field

from services.intake import queries
from services.intake.domain.settings import evolve
from shared.contracts.intake import CalendarChanged, CycleOpened
from shared.eventsourcing.sql import Connection
from shared.sop.calendar import Calendar, seed
from shared.sop.definition import Sop, sops


class CycleNotKnown(LookupError):
    """Nobody told this process under which SOP a cycle runs; the next look into the read models will."""


@dataclass(slots=True)
class InForce:
    """The calendar and the SOP versions in force in this process."""

    calendar: Calendar = field(default_factory=seed)
    versions: dict[str, str] = field(default_factory=dict)
    missed: bool = False
    """Whether something was asked for that is not known here: a reason to read everything again at once."""

    def sop(self, cycle: str) -> Sop:
        """The SOP that a cycle runs under. Raises CycleNotKnown: never the newest SOP for a cycle that began under another."""
        if cycle not in self.versions:
            self.missed = True
            raise CycleNotKnown(cycle)
        return sops()[self.versions[cycle]]

    def learn(self, event: object) -> None:
        """Takes an event in that was recorded just now; most change nothing of what is in force, and one that is known already neither.

        A withdrawn cycle keeps its SOP: what was on its way when it was withdrawn still has to be understood.
        """
        match event:
            case CycleOpened(cycle=cycle, sop=version):
                self.versions[cycle] = version
            case CalendarChanged():
                after = evolve(self.calendar, event)
                if after.version == event.calendar:
                    self.calendar = after

    async def refresh(self, conn: Connection) -> None:
        """Reads everything again from the read models."""
        self.missed = False
        self.calendar = await queries.calendar(conn)
        self.versions |= {row["cycle"]: row["sop"] for row in await queries.cycles(conn)}
