"""Merkle logs of any content and length: honest growth is always provable, no mutation ever is."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from services.archive.domain.merkle import (
    Edge,
    Subtree,
    consistency_ranges,
    grow,
    inclusion_ranges,
    leaf_hash,
    prove,
    subtree_hash,
)
from services.archive.proof.verifier_log import RunningRoot
from tests.support.second_verifier import extends, includes

LINES = st.lists(st.binary(max_size=12), min_size=1, max_size=300)


def proof_of(leaves: list[bytes], ranges: tuple[tuple[int, int], ...]) -> tuple[bytes, ...]:
    def look_up(part: Subtree) -> bytes:
        return subtree_hash(leaves[part.index << part.level : (part.index + 1) << part.level])

    return prove(ranges, look_up)


@given(lines=LINES, cuts=st.lists(st.integers(0, 300), max_size=4))
def test_the_root_does_not_depend_on_the_batches(lines: list[bytes], cuts: list[int]) -> None:
    leaves, edge, tiles = [leaf_hash(line) for line in lines], Edge(), {}
    borders = [0, *sorted(min(cut, len(lines)) for cut in cuts), len(lines)]
    for start, end in itertools.pairwise(borders):
        edge, completed = grow(edge, leaves[start:end])
        tiles |= completed
    assert (edge, tiles) == grow(Edge(), leaves)


@given(lines=LINES)
def test_the_verifiers_own_tree_has_the_same_root(lines: list[bytes]) -> None:
    running = RunningRoot()
    for line in lines:
        running.add(line)
    assert running.root == grow(Edge(), map(leaf_hash, lines))[0].root


@given(lines=LINES, data=st.data())
def test_any_leaf_is_provable_and_no_changed_line_is(lines: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    changed = data.draw(st.binary(max_size=12).filter(lambda line: line != lines[index]))
    leaves = [leaf_hash(line) for line in lines]
    root, proof = grow(Edge(), leaves)[0].root, proof_of(leaves, inclusion_ranges(index, len(lines)))
    assert includes(root, len(lines), index, leaves[index], proof)
    assert not includes(root, len(lines), index, leaf_hash(changed), proof)


@given(lines=LINES, data=st.data())
def test_any_prefix_is_consistent_and_no_rewritten_prefix_is(lines: list[bytes], data: st.DataObject) -> None:
    older = data.draw(st.integers(1, len(lines)))
    at = data.draw(st.integers(0, older - 1))
    leaves = [leaf_hash(line) for line in lines]
    rewritten = [*leaves[:at], leaf_hash(b"ditulis ulang, lebih panjang dari yang lain"), *leaves[at + 1 :]]
    root, proof = grow(Edge(), leaves)[0].root, proof_of(leaves, consistency_ranges(older, len(lines)))
    assert extends(grow(Edge(), leaves[:older])[0].root, older, root, len(lines), proof)
    assert not extends(grow(Edge(), rewritten[:older])[0].root, older, root, len(lines), proof)
