"""Does the store keep its locks? 28 checks that it must pass and 11 that it should, on SeaweedFS always,
on MinIO with `make test-all`.
"""

from collections.abc import Iterator

import pytest

from tests.object_lock import must, should
from tests.object_lock.check import Check, judge
from tests.object_lock.ground import BYPASS, Ground, soon
from tests.object_lock.lax_store import lax_store
from tests.object_lock.stores import LockStore, ground_when_ready
from tests.object_lock.wire import Wire

ALL = [*must.CHECKS, *should.CHECKS]
every_check = pytest.mark.parametrize("check", ALL, ids=[check.name for check in ALL])


@pytest.fixture(scope="module")
def ground(lock_store: LockStore) -> Ground:
    return ground_when_ready(lock_store.wire)


@pytest.fixture(scope="module")
def lax_ground() -> Iterator[Ground]:
    with lax_store() as endpoint:
        yield Ground(Wire(endpoint, "siapa", "saja"))


def test_there_are_28_musts_and_11_shoulds_each_with_its_own_name() -> None:
    assert (len(must.CHECKS), len(should.CHECKS)) == (28, 11)
    assert len({check.name for check in ALL}) == len({check.run for check in ALL}) == 39


@every_check
def test_the_store_keeps_its_lock(check: Check, ground: Ground) -> None:
    assert judge(check, ground) == ("kept", ""), check.sentence


@every_check
def test_a_store_that_only_says_yes_is_found_out(check: Check, lax_ground: Ground) -> None:
    assert judge(check, lax_ground)[0] == "broken", check.sentence


def test_the_attacks_are_real_and_hit_what_is_not_protected(ground: Ground) -> None:
    assert ground.delete(ground.put()).done
    assert ground.delete(ground.put(), BYPASS).done
    assert ground.multi_delete(ground.put()).done
    assert ground.multi_delete(ground.put("GOVERNANCE"), BYPASS).done
    mild, sooner = ground.put("GOVERNANCE"), soon(0.5)
    assert ground.retain(mild, "GOVERNANCE", sooner, BYPASS).done
    assert ground.retention(mild) == ("GOVERNANCE", sooner)


def test_a_copy_on_the_server_takes_its_lock_only_at_minio_so_the_adapter_never_copies(
    lock_store: LockStore, ground: Ground
) -> None:
    known = {"SeaweedFS": "broken", "MinIO": "kept"}
    assert judge(should.COPY_WITH_LOCK, ground)[0] == known.get(lock_store.title, "kept")


def test_locks_and_bytes_survive_a_power_cut(lock_store: LockStore, ground: Ground) -> None:
    if lock_store.power_cut is None:
        pytest.skip("a given store is not ours to kill")
    strict, mild, held = ground.put("COMPLIANCE"), ground.put("GOVERNANCE"), ground.put(hold=True)
    lock_store.power_cut()
    after = ground_when_ready(lock_store.wire)
    for version in (strict, mild, held):
        after.stands(version)
        assert after.delete(version).refused
    assert after.delete(strict, BYPASS).refused
    assert after.delete(held, BYPASS).refused
    assert after.retain(strict, "COMPLIANCE", soon(0.5), BYPASS).refused
    assert [check.name for check in ALL if judge(check, after)[0] != "kept"] == []
