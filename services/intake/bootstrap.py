"""Intake put together: its rules, its reactions, its read models.

Serves every SOP step. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

from collections.abc import Iterable, Sequence

from services.intake import process_manager, streams, tables
from services.intake.domain.agency import agency
from services.intake.domain.cycle import Cycle, cycle
from services.intake.domain.people import people
from services.intake.domain.settings import settings
from services.intake.domain.step import step
from services.intake.domain.submission import submission
from services.intake.in_force import InForce
from services.intake.projections import PROJECTS, project
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.room import Room
from shared.sop.calendar import Calendar


def rests_on(recorded: Recorded) -> Sequence[str]:
    """A reaction needs the calendar and the cycle of its event."""
    return streams.CALENDAR, streams.cycle(recorded.case_id)


def react(recorded: Recorded, calendar: Calendar, opened: Cycle) -> Iterable[Order]:
    """The own commands that follow from an event, under what is in force when it is taken in."""
    return process_manager.react(recorded, InForce(calendar, opened.sop, opened.catalogue))


ROOM = Room(
    name="intake",
    categories={
        "cycle": cycle,
        "step": step,
        "submission": submission,
        "agency": agency,
        "settings": settings,
        "people": people,
    },
    reacts=process_manager.REACTS,
    react=react,
    rests_on=rests_on,
    project=project,
    projects=PROJECTS,
    metadata=tables.metadata,
)
