"""Whatever is done to an export is noticed and named with its place, and nothing else is: 200 random trials
of each attack, and ten thousand honest exports.
"""

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from deploy.drill.forgery.exported import ATTACKS, SIGNED_AGAIN, attacked, honest
from services.archive.domain.merkle import Edge, grow, leaf_hash
from services.archive.proof.verifier_log import LogCheck, open_note
from services.archive.proof.verifier_place import places
from tests.support.exports import SIGNER, event, note_over, write_export

TRIALS = 200


@cache
def line(stream: int, version: int) -> bytes:
    one = event(version - 1, data={"served": stream * 1_000 + version})
    return one.replace(b"dinkes-tahunan", b"opd%d-tahunan" % stream)


def history(chance: random.Random, length: int) -> list[bytes]:
    """Events of several streams, each in its order."""
    versions = Counter[int]()
    streams = [chance.randrange(5) for _ in range(length)]
    return [line(stream, _next(versions, stream)) for stream in streams]


def _next(versions: Counter[int], stream: int) -> int:
    versions[stream] += 1
    return versions[stream]


def test_every_attack_is_named_with_its_place_every_time(tmp_path: Path) -> None:
    lines = history(random.Random(1), 61)
    lines[20:20] = [b"sha256:" + leaf_hash(b"%d" % number).hex().encode() for number in range(3)]  # withheld
    export = write_export(tmp_path / "ekspor", lines)
    outcomes = attacked(export, tmp_path / "kerja", SIGNER, range(TRIALS))
    assert {outcome.attack for outcome in outcomes} == {*ATTACKS, SIGNED_AGAIN}
    for outcome in outcomes:
        assert (outcome.trials, outcome.caught, outcome.missed) == (TRIALS, True, []), outcome


def test_a_drill_can_fail(tmp_path: Path) -> None:
    """A verifier that is given other hashes than those that were signed cannot name the place."""
    export = write_export(tmp_path / "ekspor", history(random.Random(1), 20))
    (export / "leaf-hashes").write_bytes(bytes(32 * 20))
    outcome = attacked(export, tmp_path / "kerja", SIGNER, range(5))[0]
    assert (outcome.trials, outcome.noticed, outcome.named, outcome.caught) == (5, 5, 0, False)


@pytest.mark.parametrize("many", [500, pytest.param(10_000, marks=pytest.mark.test_all)])
def test_of_honest_histories_none_is_called_forged(many: int) -> None:
    chance = random.Random(2)
    for _ in range(many):
        lines = history(chance, chance.randrange(1, 9))
        older = note_over(lines[: chance.randrange(len(lines) + 1)])
        former = [open_note(older.encode(), str(SIGNER.key))]
        check = LogCheck(open_note(note_over(lines).encode(), str(SIGNER.key)), former)
        for one in lines:
            check.add(one)
        assert len(check.finish()) == 2


@pytest.mark.parametrize("length", [1, 2, 40])
def test_an_honest_export_is_proven(tmp_path: Path, length: int) -> None:
    lines = history(random.Random(length), length)
    export = write_export(tmp_path / "ekspor", lines)
    assert honest(export, str(SIGNER.key), [write_export(tmp_path / "lama", lines[: length // 2])])


def test_several_places_are_all_named() -> None:
    signed = [leaf_hash(b"%d" % number) for number in range(9)]
    other = leaf_hash(b"other")
    found = [signed[0], other, signed[2], signed[2], signed[3], other, signed[6], signed[7]]
    told = places(signed, found)
    assert told.changed == [(1, 1), (5, 4)]
    assert (told.removed, told.strange, told.doubled, told.moved) == ([5, 8], [], [2], [])
    assert grow(Edge(), signed)[0].size == 9
