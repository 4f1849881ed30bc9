"""Proofs of the Merkle tree verified as RFC 9162 says it (§2.1.3.2 and §2.1.4.2):
what tests hold against what the archive makes.
"""

from collections.abc import Sequence

from services.archive.domain.merkle import node_hash


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows the leaf hash `leaf` at `index` of the tree with this root and size."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            node, last = _climb_right(node, last)
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def extends(older_root: bytes, older: int, root: bytes, size: int, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree with `root` begins with the
    tree of `older` leaves and `older_root`.
    """
    if not 0 < older <= size:
        return False
    if older == size:
        return not proof and older_root == root
    hashes = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    if not hashes:
        return False
    node, last = older - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, last = _climb_right(node, last)
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == older_root and new == root


def _climb_right(node: int, last: int) -> tuple[int, int]:
    """A node at the right edge without a sibling is its own parent: climb until there is one."""
    while not node & 1 and node:
        node, last = node >> 1, last >> 1
    return node, last
