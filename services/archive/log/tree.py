"""The stored tree: roots and proofs of the audit log from the hashes of its lines and the tiles over them,
a few hundred rows each.

SOP step 13, and every step before it. Previous hop: `log/checkpoints.py` before it signs, `proof/proofs.py`.
Next hop: the log's tables.
"""

from collections.abc import Iterable, Sequence

from services.archive.domain import merkle
from services.archive.domain.merkle import Range, Subtree
from shared.eventsourcing.sql import Connection

_HASHES = b"SELECT hash FROM leaf WHERE index >= %b AND index < %b ORDER BY index"
_TILES = b"SELECT hash FROM tile WHERE level = %b AND index >= %b AND index < %b ORDER BY index"


class HashesGone(Exception):
    """Hashes that the tree rests on are not there any more."""


async def root(conn: Connection, size: int) -> bytes:
    """The root over the first `size` lines, as far as hashes and tiles say. Raises HashesGone."""
    whole = merkle.subtrees((0, size))
    return merkle.root_of([await _hash_of(conn, node) for node in whole])


async def prove(conn: Connection, ranges: Sequence[Range]) -> tuple[bytes, ...]:
    """The hashes of a proof. Raises HashesGone."""
    known = {node: await _hash_of(conn, node) for node in _nodes(ranges)}
    return merkle.prove(ranges, known.__getitem__)


def _nodes(ranges: Iterable[Range]) -> set[Subtree]:
    return {node for span in ranges for node in merkle.subtrees(span)}


async def _hash_of(conn: Connection, node: Subtree) -> bytes:
    """From at most 255 stored hashes: those of the leaves, or of the tiles at the level next below."""
    level = node.level - node.level % merkle.TILE_HEIGHT
    first, last = node.index << (node.level - level), (node.index + 1) << (node.level - level)
    cursor = await (
        conn.execute(_TILES, (level, first, last)) if level else conn.execute(_HASHES, (first, last))
    )
    hashes = [bytes(row[0]) for row in await cursor.fetchall()]
    if len(hashes) != last - first:
        raise HashesGone(f"{last - first - len(hashes)} of the hashes from {first << level} on are gone")
    return merkle.subtree_hash(hashes)
