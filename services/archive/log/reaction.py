"""How archive takes events in: each goes into the log, after its cause;
those that concern the shelf go on into the room.

An event's way, hop 6. Previous hop: the consumer, with what `gathering.py` brought together.
Next hop: `append.py`; `process_manager.py` and `projections.py`, in the same transaction.
"""

from collections.abc import Callable, Sequence

from services.archive.bootstrap import ROOM
from services.archive.log.append import append
from shared.eventsourcing.sql import Connection
from shared.messaging.envelope import Received
from shared.messaging.receiving.transaction import Reaction
from shared.room import Running


def reaction(running: Running, *, archived: Callable[[], None] = lambda: None) -> Reaction:
    """The reaction of a running archive. `archived` is called after events of archive itself were logged:
    the moment to sign a checkpoint.
    """
    concerns = ROOM.reacts | ROOM.projects
    seen = {"ours": False, "concerning": False}

    async def many(conn: Connection, events: Sequence[Received]) -> None:
        await append(conn, events, running.settings.region)
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

    return Reaction(many=many, committed=committed, causes_first=True, unknown_too=True, service="archive")
