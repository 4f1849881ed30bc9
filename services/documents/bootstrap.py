"""Documents put together: its rules, its reactions, its read models.

SOP steps 4, 5, 9, 10, 11, 12. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from services.documents import process_manager, tables
from services.documents.domain.dispatch import dispatch
from services.documents.domain.document import Document, document
from services.documents.projections import PROJECTS, project
from services.documents.regions import addressed
from shared.contracts.replayed.documents import ReplayCompared
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.replayed.room import replaying
from shared.room import Room
from shared.sop.definition import sops


def asks(recorded: Recorded) -> Sequence[Select[Any]]:
    """What follows for the recipients depends on the SOP that the cycle was opened under."""
    cycle = tables.cycles.cycle
    known = select(cycle.c.sop).where(cycle.c.cycle == recorded.case_id)
    return [known] if process_manager.asks_for_sop(recorded) else []


def react(recorded: Recorded, *known: Document | Sequence[Mapping[str, str]]) -> Sequence[Order]:
    """The own commands that follow from an event, by the SOP of its cycle, the report as it stands and the
    letters of its region.
    """
    correction = next((one.correction for one in known if isinstance(one, Document)), 0)
    rows = (row for found in known if not isinstance(found, Document) for row in found)
    sop = next((sops()[row["sop"]] for row in rows), None)
    return process_manager.react(recorded, sop, correction=correction, addressed=addressed)


ROOM = replaying(
    Room(
        name="documents",
        categories={"document": document, "dispatch": dispatch},
        reacts=process_manager.REACTS,
        react=react,
        rests_on=process_manager.rests_on,
        asks=asks,
        project=project,
        projects=PROJECTS,
        metadata=tables.metadata,
    ),
    ReplayCompared,
)
