"""Documents put together: its rules, its reactions, its read models.

SOP steps 4, 5, 9, 10, 11, 12. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

from services.documents import tables
from services.documents.domain.dispatch import dispatch
from services.documents.domain.document import document
from services.documents.process_manager import REACTS, react
from services.documents.projections import PROJECTS, project
from shared.room import Room

ROOM = Room(
    name="documents",
    categories={"document": document, "dispatch": dispatch},
    reacts=REACTS,
    react=react,
    project=project,
    projects=PROJECTS,
    metadata=tables.metadata,
)
