"""Verification put together: its rules, its reactions, its read models.

SOP steps 8 and 10. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

from services.verification import tables
from services.verification.domain.assignment import assignment
from services.verification.domain.endorsement import endorsement
from services.verification.domain.round import round_of_approvals
from services.verification.domain.verification import verification
from services.verification.process_manager import REACTS, at_once, react
from services.verification.projections import PROJECTS, project
from shared.contracts.replayed.verification import ReplayCompared
from shared.replayed.room import replaying
from shared.room import Room

ROOM = replaying(
    Room(
        name="verification",
        categories={
            "verification": verification,
            "assignment": assignment,
            "round": round_of_approvals,
            "endorsement": endorsement,
        },
        reacts=REACTS,
        react=react,
        at_once=at_once,
        project=project,
        projects=PROJECTS,
        metadata=tables.metadata,
    ),
    ReplayCompared,
)
