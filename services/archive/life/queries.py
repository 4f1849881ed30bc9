"""The lines of the log that may belong to the life of a figure, found by the names of their streams.

SOP steps 7 to 13. Previous hop: `pages.py`. Next hop: the tables of the log.
"""

from sqlalchemy import ARRAY, Text, any_, literal, select

from services.archive import streams
from services.archive.log.queries import AS_READ, Row, in_sight, leaf, readable
from services.archive.log.regions import Seen
from shared.eventsourcing.sql import Connection, fetch

MOST = 2_000
"""So many of the newest lines; the life of a figure has some dozens, its submission some hundreds."""


async def lines_of(conn: Connection, seen: Seen, cycle: str, case: str) -> list[Row]:
    """The lines of a submission and of the report of its cycle that may be seen, the oldest first."""
    if not seen.regions:
        return []
    named = literal(streams.around_a_figure(cycle, case), ARRAY(Text))
    statement = (
        select(*AS_READ)
        .where(in_sight(seen), leaf.c.stream == any_(named))
        .order_by((leaf.c.index + 0).desc())  # else the whole log is walked by its order
        .limit(MOST)
    )
    return [readable(row) for row in reversed(await fetch(conn, statement))]
