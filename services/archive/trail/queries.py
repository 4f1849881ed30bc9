"""What the trail asks of the audit log: its leaves, the newest first, also by words;
each question answers only what that person may see.

Every SOP step. Previous hop: `trail/api.py`, `trail/pages.py`, with what
`trail/searching.py` says is looked for. Next hop: the log's tables.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, any_, literal, select, true

from services.archive.log.queries import AS_READ, Row, edge, in_sight, leaf, readable
from services.archive.log.regions import Seen
from services.archive.search_words import BLOCK_BITS, of_region, quoted
from services.archive.trail.changed import words_to_find
from services.archive.trail.searching import Search
from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.sql import Connection, fetch

ANYTHING = Search()
MOST = 2**62
NEWEST = b"""
    SELECT found.index FROM unnest(%(regions)s::text[]) AS known(region) CROSS JOIN LATERAL (
        SELECT index FROM leaf_lookup WHERE leaf_lookup.region = known.region AND index < %(below)s
        ORDER BY index DESC LIMIT %(limit)s
    ) AS found ORDER BY index DESC LIMIT %(limit)s"""
BLOCKS = b"""
    WITH newest AS MATERIALIZED (
        SELECT least(max(index), %(below)s - 1) >> %(bits)s::int AS block FROM leaf_lookup
        HAVING max(index) IS NOT NULL
    ), way AS MATERIALIZED (
        SELECT CASE WHEN %(by_index)s = %(whole)s OR %(common)s = (SELECT count(*) FROM (
            SELECT FROM leaf_lookup, newest WHERE words @@ (%(by_index)s::tsquery && concat_ws('|',
                quote_literal('b:' || newest.block), quote_literal('b:' || newest.block - 1))::tsquery)
            LIMIT %(common)s
        ) AS found) THEN %(whole)s ELSE %(by_index)s END::tsquery AS words
    )
    SELECT found.index
    FROM newest CROSS JOIN way CROSS JOIN LATERAL generate_series(0, newest.block / 4 + 1) AS step(number)
    CROSS JOIN LATERAL (
        SELECT string_agg(quote_literal('b:' || block), '|')::tsquery AS blocks FROM generate_series(
            greatest(0, newest.block - 4 * step.number),
            newest.block - greatest(0, 4 * step.number - 3)) AS block
    ) AS these CROSS JOIN LATERAL (
        SELECT index FROM leaf_lookup
        WHERE leaf_lookup.words @@ (way.words && these.blocks && %(regions)s::tsquery)
        AND (leaf_lookup.words @@ %(whole)s::tsquery) IS TRUE
        AND index + 0 < %(below)s
        ORDER BY index + 0 DESC LIMIT %(limit)s
    ) AS found LIMIT %(limit)s"""
# The newest matches first: one block, then four at a time, so that a word on every line and a word on none
# are found out soon. The index is asked for the words with few meanings, unless they are common (on an eighth
# of the lines of a block): then for all. `IS TRUE` holds each line that was found against the whole by
# itself. `+ 0` keeps to the words' own index: by the order of lines a rare word would be looked for on every
# one of them.

BEFORE = b"""
    SELECT asked.below, asked.word, found.index
    FROM unnest(%b::bigint[], %b::text[]) AS asked(below, word) CROSS JOIN LATERAL (
        SELECT index FROM leaf_lookup
        WHERE leaf_lookup.words @@ quote_literal(asked.word)::tsquery AND index + 0 < asked.below
        ORDER BY index + 0 DESC LIMIT 1
    ) AS found"""
"""One look into the index for each state: as many lines as ever set it are met."""


async def trail(
    conn: Connection,
    seen: Seen,
    *,
    search: Search = ANYTHING,
    stream: str = "",
    below: int | None = None,
    limit: int,
) -> list[Row]:
    """Events of the log, the newest first, below an index; with `search` only those that have its words."""
    if not seen.regions:
        return []
    if looks_at():
        below = min((await edge(conn)).size, MOST if below is None else below)
    search = search.within(stream)
    statement = (
        select(*AS_READ)
        .where(in_sight(seen))
        .where(leaf.c.stream == stream if stream else true())
        .where(leaf.c.index < below if below is not None else true())
        .order_by(leaf.c.index.desc())
        .limit(limit)
    )
    if search or not stream:
        question = (
            (BLOCKS, asked(search, seen.regions, below, limit)) if search else newest(seen, below, limit)
        )
        found = [int(row[0]) for row in await (await conn.execute(*question)).fetchall()]
        statement = statement.where(leaf.c.index == any_(literal(found, ARRAY(BigInteger))))
    return [readable(row) for row in await fetch(conn, statement)]


def newest(seen: Seen, below: int | None, limit: int) -> tuple[bytes, Mapping[str, object]]:
    """The newest lines, as many of each region as are wanted of all: however many others lie between."""
    return NEWEST, {"regions": list(seen.regions), "below": MOST if below is None else below, "limit": limit}


def asked(
    search: Search, regions: Sequence[str], below: int | None, limit: int, bits: int = BLOCK_BITS
) -> Mapping[str, object]:
    """The values of `BLOCKS`."""
    return {
        "by_index": search.by_index,
        "whole": search.whole,
        "regions": " | ".join(quoted(of_region(region)) for region in regions),
        "below": MOST if below is None else below,
        "limit": limit,
        "bits": bits,
        "common": max(1, 1 << bits >> 3),
    }


async def set_before(conn: Connection, seen: Seen, rows: Sequence[Row]) -> Mapping[int, Mapping[str, Row]]:
    """For each line by its index, and by the word of each state that it sets, the line that set that before;
    of lines that may be seen.
    """
    asked_for = [(int(row["index"]), word) for row in rows for word in words_to_find(row)]
    if not asked_for or not seen.regions:
        return {}
    cursor = await conn.execute(BEFORE, [list(column) for column in zip(*asked_for, strict=True)])
    places = {(int(below), str(word)): int(index) for below, word, index in await cursor.fetchall()}
    wanted = literal(sorted(set(places.values())), ARRAY(BigInteger))
    statement = select(*AS_READ).where(in_sight(seen), leaf.c.index == any_(wanted))
    lines = {int(row["index"]): readable(row) for row in await fetch(conn, statement)}
    found: dict[int, dict[str, Row]] = {}
    for (below, word), index in places.items():
        if index in lines:
            found.setdefault(below, {})[word] = lines[index]
    return found
