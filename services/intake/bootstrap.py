"""Intake put together: its rules, its reactions, its read models.

Serves every SOP step. Used by `__main__.py`, which opens the room for web and worker, and by tests, which open it for themselves.
"""

from collections.abc import Sequence

from services.intake import tables
from services.intake.domain.agency import agency
from services.intake.domain.cycle import cycle
from services.intake.domain.settings import settings
from services.intake.domain.step import step
from services.intake.domain.submission import submission
from services.intake.in_force import InForce
from services.intake.process_manager import REACTS
from services.intake.process_manager import react as react_with
from services.intake.projections import PROJECTS, project
from shared.eventsourcing.commands.command_handler import Order
from shared.eventsourcing.recorded import Recorded
from shared.room import Room

IN_FORCE = InForce()


def react(recorded: Recorded) -> Sequence[Order]:
    """The own commands that follow from an event, under what is in force in this process once it is known."""
    IN_FORCE.learn(recorded.event)
    return tuple(react_with(recorded, IN_FORCE))


ROOM = Room(
    name="intake",
    categories={"cycle": cycle, "step": step, "submission": submission, "agency": agency, "settings": settings},
    reacts=REACTS,
    react=react,
    project=project,
    projects=PROJECTS,
    metadata=tables.metadata,
)
