"""Which cases a service has heard of, so that no command names one that does not exist.

Serves every SOP step. Previous hop: `command_handler`, inside the command's transaction. A cycle is known when its stream has begun: in the
own events, or, for the services that only listen, in the cursors of what was taken in from intake.
"""

from shared.eventsourcing.sql import Connection

_KNOWN = b"""
    SELECT EXISTS (SELECT FROM event WHERE stream = %(stream)s)
        OR EXISTS (SELECT FROM cursor WHERE source = 'intake' AND stream = %(stream)s AND version > 0)"""


async def heard_of(conn: Connection, cycle: str) -> bool:
    """Whether this service knows the cycle, e.g. 3402-2026."""
    row = await (await conn.execute(_KNOWN, {"stream": f"cycle-{cycle}"})).fetchone()
    return bool(row and row[0])
