"""Files out of a store and back into another: each with its lock, found by the version that was recorded."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio import Minio

from shared.objects import copies, s3
from shared.objects.address import S3Address
from shared.objects.copies import Copy
from shared.objects.port import Bucket, Denied, Lock, NotThere
from shared.objects.s3_client import client_of
from tests.object_lock.stores import LockStore, ground_when_ready

NOW = datetime.now(UTC).replace(microsecond=0)
MILD, STRICT = Lock("governance", NOW + timedelta(days=2)), Lock("compliance", NOW + timedelta(days=1))


class Two:
    """One bucket under lock, and the one into which it is restored."""

    def __init__(self, address: S3Address, mark: str) -> None:
        self.client: Minio = client_of(address)
        self.names = f"first-{mark}", f"second-{mark}", f"third-{mark}"
        self.buckets = [s3.connect(address, work=name, archive=name).archive for name in self.names]

    def copy(self, key: str, at: int = 0) -> Copy:
        known = dict(copies.listed(self.client, self.names[at]))
        return copies.described(self.client, self.names[at], key, known[key])

    def restored(self, copy: Copy, folder: Path, at: int = 1) -> Bucket:
        file = folder / copy.digest
        file.write_bytes(b"".join(copies.pieces(self.client, self.names[at - 1], copy.key, copy.versions[0])))
        copies.put_back(self.client, self.names[at], copy, file, NOW)
        return self.buckets[at]


@pytest.fixture
async def two(lock_store: LockStore) -> Two:
    ground_when_ready(lock_store.wire)
    found = Two(lock_store.address, secrets.token_hex(4))
    for name in found.names:
        await s3.ensure_buckets(lock_store.address, work=f"w-{name}", archive=name)
    return found


@pytest.mark.parametrize("lock", [None, MILD, STRICT], ids=["none", "governance", "compliance"])
async def test_a_copy_has_the_lock_and_answers_to_the_version_of_before(
    two: Two, tmp_path: Path, lock: Lock | None
) -> None:
    content = secrets.token_bytes(300)
    first = await two.buckets[0].put(content, media_type="application/pdf", lock=lock)
    second = two.restored(two.copy(first.key), tmp_path)
    found = await second.stat(first.key, first.version)
    assert found.version != first.version
    assert (found.size, found.media_type, found.lock) == (300, "application/pdf", lock)
    assert await second.get(first.key, first.version) == content
    assert await second.get(first.key, found.version) == content
    if lock is not None:
        with pytest.raises(Denied):
            await second.remove(first.key, found.version)


async def test_a_lock_is_made_final_by_the_version_of_before(two: Two, tmp_path: Path) -> None:
    first = await two.buckets[0].put(secrets.token_bytes(9), media_type="text/plain", lock=MILD)
    second = two.restored(two.copy(first.key), tmp_path)
    final = Lock("compliance", MILD.until)
    assert (await second.extend(first.key, first.version, final)).lock == final
    assert (await second.stat(first.key, first.version)).lock == final


async def test_a_version_that_never_was_is_not_there(two: Two, tmp_path: Path) -> None:
    first = await two.buckets[0].put(secrets.token_bytes(9), media_type="text/plain", lock=MILD)
    second = two.restored(two.copy(first.key), tmp_path)
    for bucket, version in ((second, first.version[::-1]), (two.buckets[0], first.version[::-1])):
        with pytest.raises((NotThere, Denied)):
            await bucket.stat(first.key, version)
        with pytest.raises((NotThere, Denied)):
            await bucket.get(first.key, version)


async def test_a_copy_of_a_copy_answers_to_both(two: Two, tmp_path: Path) -> None:
    first = await two.buckets[0].put(secrets.token_bytes(9), media_type="text/plain", lock=STRICT)
    second = await two.restored(two.copy(first.key), tmp_path).stat(first.key)
    third = two.restored(two.copy(first.key, 1), tmp_path, 2)
    found = await third.stat(first.key, first.version)
    assert found == await third.stat(first.key, second.version)
    assert found.lock == STRICT


async def test_a_legal_hold_comes_back(two: Two, tmp_path: Path) -> None:
    first = await two.buckets[0].put(secrets.token_bytes(9), media_type="text/plain")
    await two.buckets[0].hold(first.key, first.version)
    second = two.restored(two.copy(first.key), tmp_path)
    assert (await second.stat(first.key, first.version)).held
    await second.release(first.key, (await second.stat(first.key)).version)


async def test_a_lock_that_has_run_out_is_not_asked_for(two: Two, tmp_path: Path) -> None:
    first = await two.buckets[0].put(secrets.token_bytes(9), media_type="text/plain", lock=MILD)
    copy = two.copy(first.key)
    file = tmp_path / copy.digest
    file.write_bytes(await two.buckets[0].get(first.key))
    later = MILD.until + timedelta(seconds=1)
    assert copies.put_back(two.client, two.names[1], copy, file, later).lock is None


async def test_delete_markers_have_no_bytes_and_hide_none(two: Two, tmp_path: Path) -> None:
    first = await two.buckets[0].put(secrets.token_bytes(9), media_type="text/plain", lock=STRICT)
    await two.buckets[0].remove(first.key)
    copy = two.copy(first.key)
    assert copy.versions == (first.version,)
    assert (await two.restored(copy, tmp_path).stat(first.key, first.version)).lock == STRICT
