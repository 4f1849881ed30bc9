"""The Merkle tree of the audit log: RFC 6962 hashes, roots and proofs over a list that only grows.

Role: the arithmetic that makes a changed, moved or missing line visible. SOP step 13, and every step before
it. Previous hop: `log/append.py`, which puts the lines in order. Next hop: `checkpoint.py`, which signs the
root.

A tree of n leaves is kept as its right edge alone: the roots of the full subtrees that n is made of,
largest first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
TILE_HEIGHT = 8


def leaf_hash(line: bytes) -> bytes:
    """The hash of one line, without its newline."""
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root over full subtrees that stand side by side, largest first;
    the root of the empty tree if there are none.
    """
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


# Growing


@dataclass(frozen=True, slots=True)
class Subtree:
    """A full subtree: the leaves from `index << level` up to, not including, `(index + 1) << level`."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Edge:
    """All that must be known of a tree to go on appending:
    how many leaves, and the roots of its full subtrees, largest first.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        return root_of(self.peaks)


def grow(edge: Edge, leaves: Iterable[bytes]) -> tuple[Edge, dict[Subtree, bytes]]:
    """The edge after these leaf hashes, and the hashes of the tiles (subtrees of 256,
    65,536 … leaves) that they completed.
    """
    size, peaks = edge.size, list(edge.peaks)
    tiles: dict[Subtree, bytes] = {}
    for leaf in leaves:
        node, level, index = leaf, 0, size
        while index & 1:
            node, level, index = node_hash(peaks.pop(), node), level + 1, index >> 1
            if level % TILE_HEIGHT == 0:
                tiles[Subtree(level, index)] = node
        peaks.append(node)
        size += 1
    return Edge(size, tuple(peaks)), tiles


def subtree_hash(hashes: Sequence[bytes]) -> bytes:
    """The root of a full subtree, from all its nodes of one lower level; their number is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


# Proofs: which ranges of leaves they name, and their hashes

Range = tuple[int, int]


def subtrees(span: Range) -> tuple[Subtree, ...]:
    """The full subtrees that make up the range [start, end) of a proof, largest first."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(Subtree(level, start >> level))
        start += 1 << level
    return tuple(found)


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """PATH(m, D[n]) of RFC 6962 §2.1.1 as ranges of leaves, from the leaf's sibling up.
    ValueError if the leaf is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_ranges(older: int, size: int) -> tuple[Range, ...]:
    """PROOF(m, D[n]) of RFC 6962 §2.1.2 as ranges of leaves.
    Empty for equal trees; ValueError unless 0 < older ≤ size.
    """
    if not 0 < older <= size:
        raise ValueError(f"no consistency proof from {older} to {size}")
    start, end, path, whole = 0, size, [], True
    while older != end:
        middle = start + _split(end - start)
        if older <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, end))
    return tuple(reversed(path))


def prove(ranges: Iterable[Range], hash_of: Callable[[Subtree], bytes]) -> tuple[bytes, ...]:
    """The hashes of a proof, given where to look up the hash of a full subtree."""
    return tuple(root_of([hash_of(part) for part in subtrees(span)]) for span in ranges)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
