"""How intake's events become the rows of the cycles that a service knows. Pure: one event in, changes out.

Previous hop: `projections.py` of the service. Next hop: `known_cycles/queries.py`.
"""

from collections.abc import Iterable

from shared.contracts.intake import (
    CycleOpened,
    CycleWithdrawn,
    DueDateRevised,
    StepReopened,
    StepStarted,
)
from shared.contracts.regions import region_of
from shared.contracts.settings import CalendarChanged
from shared.contracts.values import DueDate
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.recorded import Recorded
from shared.known_cycles.tables import CycleTables

PROJECTS = frozenset(
    {
        ("intake", "cycle-opened"),
        ("intake", "cycle-withdrawn"),
        ("intake", "step-started"),
        ("intake", "step-reopened"),
        ("intake", "due-date-revised"),
        ("intake", "calendar-changed"),
    }
)


def project(recorded: Recorded, tables: CycleTables, first: str) -> Iterable[Change]:
    """The changes that an event of intake makes; none for events that say nothing of a cycle's frame.
    `first`: the first region of the installation.
    """
    match recorded.event:
        case CycleOpened() as event:
            yield Put.of(tables.cycle, event)
        case CycleWithdrawn() as event:
            yield Delete.of(tables.cycle, event)
        case StepStarted(due=due) as event:
            yield Put.of(tables.step, due, event)
        case StepReopened(due=DueDate() as due) | DueDateRevised(due=due) as event:
            yield Patch.of(tables.step, due, event)
        case CalendarChanged() as event:
            yield Put.of(tables.calendar_override, event, region=region_of(recorded.stream, first))
