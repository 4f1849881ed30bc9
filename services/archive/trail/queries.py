"""What the trail asks of the audit log: its leaves, the newest first, also by words;
each question answers only what that person may see.

Every SOP step. Previous hop: `trail/api.py`, `trail/pages.py`, with the text of a tsquery by
`trail/searching.py`. Next hop: the log's tables.
"""

from sqlalchemy import ARRAY, BigInteger, any_, literal, select, true

from services.archive.log.queries import Row, leaf, readable
from services.archive.search_words import BLOCK_BITS, quoted
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch

BLOCKS = b"""
    SELECT found.index
    FROM generate_series((SELECT max(index) FROM leaf_lookup) >> %(bits)s::int, 0, -1) AS block(number)
    CROSS JOIN LATERAL (
        SELECT index FROM leaf_lookup
        WHERE words @@ (%(search)s::tsquery && quote_literal('b:' || block.number)::tsquery)
        AND index + 0 < %(below)s
        ORDER BY index + 0 DESC LIMIT %(limit)s
    ) AS found LIMIT %(limit)s"""
# The newest matches first, block by block, so that neither a word on every line nor one on none reads the
# whole log. `+ 0` keeps to the
# words' own index: by the order of lines a rare word would be looked for on every one of them.


async def trail(
    conn: Connection,
    viewer: Viewer,
    *,
    search: str = "",
    stream: str = "",
    below: int | None = None,
    limit: int,
) -> list[Row]:
    """Events of the log, the newest first, below an index; with `search`, a tsquery of `trail/searching.py`,
    only those whose words it finds.
    """
    if stream and search:
        search = f"({search}) & {quoted(f'v:{stream}')}"
    statement = (
        select(*(column for column in leaf.columns if column.name != "hash"))
        .where(viewer.sees(leaf.c.agency))
        .where(leaf.c.stream == stream if stream else true())
        .where(leaf.c.index < below if below is not None else true())
        .where(
            leaf.c.index == any_(literal(await _found(conn, search, below, limit), ARRAY(BigInteger)))
            if search
            else true()
        )
        .order_by(leaf.c.index.desc())
        .limit(limit)
    )
    return [readable(row) for row in await fetch(conn, statement)]


async def _found(conn: Connection, search: str, below: int | None, limit: int) -> list[int]:
    asked = {"search": search, "below": 2**62 if below is None else below, "limit": limit, "bits": BLOCK_BITS}
    cursor = await conn.execute(BLOCKS, asked)
    return [int(row[0]) for row in await cursor.fetchall()]
