"""The lines of the log on which answers about a cycle rest.

Every SOP step. Previous hop: `view.py`. Next hop: the tables of the log.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, and_, any_, func, literal, or_, select, true

from services.archive.log.queries import AS_READ, Row, in_sight, leaf, readable
from services.archive.log.regions import Seen
from shared.eventsourcing.sql import Connection, fetch

MOST = 20_000
"""So many lines at most; a cycle has some hundreds."""


async def lines_of(
    conn: Connection,
    seen: Seen,
    cycle: str,
    *,
    kinds: Sequence[str],
    streams: Sequence[str],
    below: int | None,
) -> list[Row]:
    """The lines of a cycle that may be seen, in their order: of these kinds of stream (none named: of all),
    and of single streams that belong to no cycle; `below`: up to which place of the log.
    """
    if not seen.regions:
        return []
    kind = func.split_part(leaf.c.stream, "-", 1)
    of_cycle = and_(
        leaf.c.case_id == literal(cycle), kind == any_(literal(list(kinds), ARRAY(Text))) if kinds else true()
    )
    statement = (
        select(*AS_READ)
        .where(in_sight(seen), or_(of_cycle, leaf.c.stream == any_(literal(list(streams), ARRAY(Text)))))
        .where(leaf.c.index < below if below is not None else true())
        .order_by(leaf.c.index + 0)  # else the whole log may be walked by its order
        .limit(MOST)
    )
    return [readable(row) for row in await fetch(conn, statement)]
