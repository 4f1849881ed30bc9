"""The audit log: every event of every service in one gap-free order, and the Merkle tree over it.

Every SOP step. Previous hop: the consumer, which brings each event once, after its cause.
Next hop: `log/checkpoints.py`, which signs the root; `proof/proofs.py`, `proof/export.py` and
`check/fsck.py`, which read. PostgreSQL's order is the truth, the tree follows from it.

Whoever appends holds the one row of `tree` until the commit, so that indexes have no holes and lines,
tiles and edge change together.
"""

from collections import Counter
from collections.abc import Sequence

from services.archive.domain.merkle import Edge, Subtree, grow
from services.archive.log.leaf import Leaf, columns_of, leaf_of
from services.archive.log.queries import edge_to_append
from services.archive.log.regions import regions_of
from services.archive.search_words import block, found_by_beginning, of_region, tsvector_of
from shared.eventsourcing.sql import Connection
from shared.messaging.about import tell
from shared.messaging.envelope import Received
from shared.telemetry import spans

_MOVE = b"UPDATE tree SET size = %b, peaks = %b"
_COPY_LEAVES = (
    b"COPY leaf (index, source, stream, version, case_id, type, agency, person, recorded_at, line, "
    b"hash) FROM STDIN (FORMAT binary)"
)
_LEAF_TYPES = (
    "int8",
    "text",
    "text",
    "int4",
    "text",
    "text",
    "text",
    "text",
    "timestamptz",
    "bytea",
    "bytea",
)
_ONE_LEAF = b"INSERT INTO leaf VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
_TILES = (
    b"INSERT INTO tile (level, index, hash) SELECT * FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[])"
)
_LOOKUPS = (
    b"INSERT INTO leaf_lookup SELECT i, s, p, w::tsvector, r FROM unnest(%b::bigint[], %b::text[], "
    b"%b::bigint[], %b::text[], %b::text[]) AS found(i, s, p, w, r)"
)
_COUNT = (
    b"INSERT INTO leaf_count SELECT * FROM unnest(%b::text[], %b::bigint[]) ON CONFLICT (source) DO UPDATE "
    b"SET many = leaf_count.many + excluded.many"
)
_WORDS = b"INSERT INTO leaf_word SELECT unnest(%b::text[]) ON CONFLICT DO NOTHING"


async def append(conn: Connection, events: Sequence[Received], first: str) -> Edge:
    """Appends events, in this order, inside the caller's transaction; answers the edge afterwards.
    `first`: the first region of the installation.
    """
    begun = spans.moment()
    leaves = [leaf_of(event) for event in events]
    before = await edge_to_append(conn)
    regions = await regions_of(conn, leaves, first)
    after, tiles = grow(before, (leaf.hash for leaf in leaves))
    await _write_leaves(conn, before.size, leaves)
    await _write_lookups(conn, before.size, leaves, regions)
    if tiles:
        await _write_tiles(conn, tiles)
    await conn.execute(_MOVE, (after.size, list(after.peaks)))
    tell("archive", "leaf", events, begun)
    return after


async def _write_leaves(conn: Connection, start: int, leaves: Sequence[Leaf]) -> None:
    rows = [
        (index, *columns_of(leaf), leaf.line, leaf.hash) for index, leaf in enumerate(leaves, start=start)
    ]
    if len(rows) == 1:
        await conn.execute(_ONE_LEAF, rows[0])
        return
    async with conn.cursor().copy(_COPY_LEAVES) as copy:
        copy.set_types(_LEAF_TYPES)
        for row in rows:
            await copy.write_row(row)


async def _write_lookups(
    conn: Connection, start: int, leaves: Sequence[Leaf], regions: Sequence[str]
) -> None:
    """By what each line is found, of which region it is, and how many each source has now."""
    words = [
        tsvector_of({*leaf.words, block(index), of_region(region)})
        for index, (leaf, region) in enumerate(zip(leaves, regions, strict=True), start=start)
    ]
    places = [
        list(range(start, start + len(leaves))),
        [leaf.source for leaf in leaves],
        [leaf.position for leaf in leaves],
        words,
        regions,
    ]
    await conn.execute(_LOOKUPS, places)
    await conn.execute(
        _WORDS, (sorted(filter(found_by_beginning, frozenset().union(*(leaf.words for leaf in leaves)))),)
    )
    many = Counter(leaf.source for leaf in leaves)
    await conn.execute(_COUNT, (list(many), list(many.values())))


async def _write_tiles(conn: Connection, tiles: dict[Subtree, bytes]) -> None:
    await conn.execute(
        _TILES, ([tile.level for tile in tiles], [tile.index for tile in tiles], list(tiles.values()))
    )
