"""Which cycles a service knows, so that no command names one that does not exist.

Serves every SOP step. Previous hop: `command_handler`, inside the command's transaction. Every service keeps
a table `cycle` from intake's CycleOpened and CycleWithdrawn; a cycle that was withdrawn is none any more.
"""

from shared.eventsourcing.sql import Connection


async def heard_of(conn: Connection, cycle: str) -> bool:
    """Whether this service knows the cycle, e.g. 3402-2026."""
    row = await (
        await conn.execute(b"SELECT EXISTS (SELECT FROM cycle WHERE cycle = %s)", (cycle,))
    ).fetchone()
    return bool(row and row[0])
