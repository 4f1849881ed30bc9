"""Archive put together: its rules, its reactions, its read models, and how it takes events in.

SOP step 13. Used by `__main__.py`, which opens the room for web and worker, and by tests, which open it for themselves.
"""

import base64
from collections.abc import Callable, Sequence

from services.archive import tables
from services.archive.domain.checkpoint import Signer
from services.archive.domain.cycle_file import cycle_file
from services.archive.domain.store_probe import store_probe
from services.archive.log import append as audit_log
from services.archive.process_manager import REACTS, react
from services.archive.projections import PROJECTS, project
from shared.eventsourcing.sql import Connection
from shared.messaging.envelope import Received
from shared.messaging.receiving.transaction import Reaction
from shared.room import Room, Running
from shared.settings import Settings, SettingsError

ROOM = Room(
    name="archive",
    categories={"cyclefile": cycle_file, "store": store_probe},
    reacts=REACTS,
    react=react,
    project=project,
    projects=PROJECTS,
    metadata=tables.metadata,
)


def signer(settings: Settings) -> Signer:
    """The key that signs checkpoints, under the origin of this region's log. Raises SettingsError for a key that is none."""
    try:
        seed = base64.b64decode(settings.checkpoint_key, validate=True)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise SettingsError("JEJAK_CHECKPOINT_KEY must be 32 bytes in base64, an Ed25519 seed; make one with `openssl rand -base64 32`.")
    return Signer(f"jejak.id/{settings.region}", seed)


def reaction(running: Running, *, archived: Callable[[], None] = lambda: None) -> Reaction:
    """How archive takes events in: every event into the log, after its cause; those that concern the shelf also into the room.

    `archived` is called after events of archive itself were logged: the moment to sign a checkpoint.
    """
    concerns = ROOM.reacts | ROOM.projects
    seen = {"ours": False, "concerning": False}

    async def many(conn: Connection, events: Sequence[Received]) -> None:
        await audit_log.append(conn, events)
        for event in events:
            if (event.source, event.type) in concerns:
                await running.absorb(conn, event.recorded())
                seen["concerning"] = True
            if event.source == ROOM.name:
                seen["ours"] = True

    def committed() -> None:
        before, seen["ours"], seen["concerning"] = dict(seen), False, False
        if before["concerning"]:
            running.committed()
        if before["ours"]:
            archived()

    return Reaction(many=many, committed=committed, causes_first=True, unknown_too=True)
