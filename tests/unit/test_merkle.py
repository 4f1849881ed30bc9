"""The Merkle tree of the audit log, against the recursive definitions of RFC 6962
and the vector of Certificate Transparency.
"""

from collections.abc import Sequence

import pytest

from services.archive.domain.merkle import (
    EMPTY_ROOT,
    Edge,
    Subtree,
    consistency_ranges,
    grow,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    prove,
    root_of,
    subtree_hash,
)
from tests.support.second_verifier import extends, includes

CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(f"baris {n}".encode()) for n in range(66)]


# The definitions, word for word: MTH, PATH and PROOF of RFC 6962 §2.1


def split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) <= 1:
        return leaves[0] if leaves else EMPTY_ROOT
    k = split(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path(index, leaves[:k]), mth(leaves[k:])]
    return [*path(index - k, leaves[k:]), mth(leaves[:k])]


def subproof(older: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if older <= k:
        return [*subproof(older, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(older - k, leaves[k:], False), mth(leaves[:k])]


def look_up(part: Subtree) -> bytes:
    return subtree_hash(LEAVES[part.index << part.level : (part.index + 1) << part.level])


SIZES = range(1, len(LEAVES))


def test_the_vector_of_certificate_transparency() -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES]
    assert [grow(Edge(), leaves[:n])[0].root.hex() for n in range(1, 9)] == CT_ROOTS


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Edge().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_growing_leaf_by_leaf_gives_the_defined_root() -> None:
    edge = Edge()
    for size in SIZES:
        edge, _ = grow(edge, LEAVES[size - 1 : size])
        assert (edge.size, edge.root) == (size, mth(LEAVES[:size]))
        assert len(edge.peaks) == size.bit_count()


def test_growing_in_one_batch_gives_the_same_edge() -> None:
    at_once, _ = grow(Edge(), LEAVES)
    first, _ = grow(Edge(), LEAVES[:23])
    assert grow(first, LEAVES[23:])[0] == at_once


def test_a_tile_is_kept_for_every_256_leaves_and_one_above_for_every_65536() -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(65_537)]
    _, tiles = grow(Edge(), leaves)
    assert sorted((tile.level, tile.index) for tile in tiles) == [*((8, n) for n in range(256)), (16, 0)]
    assert tiles[Subtree(8, 3)] == subtree_hash(leaves[768:1024])
    assert tiles[Subtree(16, 0)] == subtree_hash([tiles[Subtree(8, n)] for n in range(256)])


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_is_the_defined_one_and_verifies(size: int) -> None:
    root = mth(LEAVES[:size])
    for index in range(size):
        proof = prove(inclusion_ranges(index, size), look_up)
        assert list(proof) == path(index, LEAVES[:size])
        assert includes(root, size, index, LEAVES[index], proof)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33, 64, 65])
def test_no_inclusion_proof_holds_for_another_leaf_place_length_or_root(size: int) -> None:
    root = mth(LEAVES[:size])
    for index in range(size):
        proof = prove(inclusion_ranges(index, size), look_up)
        assert not includes(root, size, index, leaf_hash(b"palsu"), proof)
        assert not includes(root, size, index, LEAVES[index], (*proof, LEAVES[0]))
        assert not includes(root, size, index, LEAVES[index], proof[:-1] if proof else (root,))
        assert not includes(leaf_hash(b"akar lain"), size, index, LEAVES[index], proof)
        assert not any(
            includes(root, size, other, LEAVES[index], proof) for other in range(size + 1) if other != index
        )


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_proof_is_the_defined_one_and_verifies(size: int) -> None:
    root = mth(LEAVES[:size])
    for older in range(1, size + 1):
        proof = prove(consistency_ranges(older, size), look_up)
        assert list(proof) == subproof(older, LEAVES[:size], True)
        assert extends(mth(LEAVES[:older]), older, root, size, proof)


@pytest.mark.parametrize("size", [2, 3, 7, 8, 9, 33, 64, 65])
def test_no_consistency_proof_holds_for_another_root_size_or_length(size: int) -> None:
    root, false = mth(LEAVES[:size]), leaf_hash(b"akar lain")
    for older in range(1, size):
        proof, before = prove(consistency_ranges(older, size), look_up), mth(LEAVES[:older])
        assert not extends(false, older, root, size, proof)
        assert not extends(before, older, false, size, proof)
        assert not extends(before, older, root, size, (*proof, root))
        assert not extends(before, older, root, size, proof[:-1])
        assert not any(
            extends(before, other, root, size, proof) for other in range(size + 2) if other != older
        )


def test_equal_trees_need_an_empty_proof_and_equal_roots() -> None:
    root = mth(LEAVES[:5])
    assert extends(root, 5, root, 5, ())
    assert not extends(root, 5, root, 5, (root,))
    assert not extends(mth(LEAVES[:6]), 5, root, 5, ())


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        inclusion_ranges(index, size)
    assert not includes(EMPTY_ROOT, size, index, LEAVES[0], ())


@pytest.mark.parametrize(("older", "size"), [(0, 5), (6, 5), (-1, 5)])
def test_no_tree_extends_the_empty_or_a_larger_one(older: int, size: int) -> None:
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_ranges(older, size)
    assert not extends(EMPTY_ROOT, older, EMPTY_ROOT, size, ())


def test_an_empty_proof_shows_no_growth() -> None:
    assert not extends(mth(LEAVES[:3]), 3, mth(LEAVES[:5]), 5, ())


def test_the_root_over_one_peak_is_the_peak() -> None:
    assert root_of([LEAVES[0]]) == LEAVES[0]
