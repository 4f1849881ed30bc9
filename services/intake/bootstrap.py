"""Intake put together: its rules, its reactions, its read models.

Serves every SOP step. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

from collections.abc import Iterable

from services.intake import process_manager, tables
from services.intake.domain.agency import agency
from services.intake.domain.cycle import Cycle, cycle
from services.intake.domain.login import login
from services.intake.domain.people import people
from services.intake.domain.settings import settings
from services.intake.domain.step import step
from services.intake.domain.submission import submission
from services.intake.in_force import InForce, rests_on
from services.intake.projections import PROJECTS, project
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.room import Room
from shared.sop.calendar import Calendar


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
        "login": login,
    },
    reacts=process_manager.REACTS,
    react=react,
    rests_on=rests_on,
    project=project,
    projects=PROJECTS,
    metadata=tables.metadata,
)
