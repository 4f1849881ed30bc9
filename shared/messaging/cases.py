"""Which cases a service has heard of, so that no command names one that does not exist.

Serves every SOP step. Previous hop: `command_handler`, inside the command's transaction. Every service keeps the cycles that it heard of in its read
model `cycle`; one that was withdrawn is not there any more.
"""

from shared.eventsourcing.sql import Connection

_KNOWN = b"SELECT EXISTS (SELECT FROM cycle WHERE cycle = %s)"


async def heard_of(conn: Connection, cycle: str) -> bool:
    """Whether this service knows the cycle, e.g. 3402-2026."""
    row = await (await conn.execute(_KNOWN, (cycle,))).fetchone()
    return bool(row and row[0])
