"""Intake put together: its rules, its reactions, its read models.

Serves every SOP step. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

from collections.abc import Iterable

from services.intake import process_manager, tables
from services.intake.deciders import DECIDERS
from services.intake.domain.cycle import Cycle
from services.intake.in_force import InForce, rests_on
from services.intake.process_manager import at_once
from services.intake.projections import PROJECTS, project
from shared.contracts.replayed.intake import ReplayCompared
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.replayed.room import replaying
from shared.room import Room
from shared.sop.calendar import Calendar


def react(recorded: Recorded, calendar: Calendar, opened: Cycle) -> Iterable[Order]:
    """The own commands that follow from an event, under what is in force when it is taken in."""
    return process_manager.react(recorded, InForce(calendar, opened.sop, opened.catalogue))


ROOM = replaying(
    Room(
        name="intake",
        categories=DECIDERS,
        reacts=process_manager.REACTS,
        react=react,
        rests_on=rests_on,
        at_once=at_once,
        project=project,
        projects=PROJECTS,
        metadata=tables.metadata,
    ),
    ReplayCompared,
)
