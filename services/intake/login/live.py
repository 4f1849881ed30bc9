"""How many sessions there are by the way in, for the metrics; never whose.

Serves every SOP step. Previous hop: `/metrics` of intake. Next hop: the database of sessions.
"""

from collections.abc import Sequence
from typing import get_args

from shared.access.login import Way
from shared.access.session import AccessAway
from shared.eventsourcing.sql import Connection
from shared.room import Running
from shared.web.watched.metrics import Measure, Measuring


def measured(running: Running) -> Measuring:
    """Asked at every look; nothing where the database of sessions is away."""

    async def many(_conn: Connection) -> Sequence[Measure]:
        try:
            row = await running.sessions.ask(b"SELECT count_sessions()", {})
        except AccessAway:
            return []
        found: dict[str, int] = row[0] if row else {}
        samples = [((way,), found.get(way, 0)) for way in get_args(Way)]
        return [Measure("sessions", "Sessions that have not ended, by the way in", samples, ("way",))]

    return many
