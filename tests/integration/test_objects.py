"""The S3 adapter on a real store: what it keeps, what it compares, what it refuses."""

import asyncio
import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.objects import s3, s3_content
from shared.objects.address import S3Address
from shared.objects.port import Bucket, Corrupt, Denied, Lock, NotThere, Objects, StoreAway
from tests.object_lock.stores import LockStore, ground_when_ready
from tests.support.memory_bucket import as_file

TEXT = "text/plain"


def until(days: int = 1) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def fresh() -> bytes:
    return secrets.token_bytes(200)


@pytest.fixture(scope="module")
def place(lock_store: LockStore) -> tuple[S3Address, str, str]:
    ground_when_ready(lock_store.wire)
    mark = secrets.token_hex(4)
    return lock_store.address, f"work-{mark}", f"archive-{mark}"


@pytest.fixture
async def objects(place: tuple[S3Address, str, str]) -> Objects:
    address, work, archive = place
    await s3.ensure_buckets(address, work=work, archive=archive)
    return s3.connect(address, work=work, archive=archive)


async def versions(bucket: Bucket, key: str) -> list[str]:
    return [
        listed.version for listed in await bucket.listing("sha256") if listed.key == key and not listed.marker
    ]


async def test_content_lies_under_its_sha256_and_comes_back(objects: Objects) -> None:
    content = fresh()
    stored = await objects.work.put(content, media_type=TEXT)
    assert stored.digest == hashlib.sha256(content).hexdigest()
    assert stored.key == f"sha256/{stored.digest}"
    assert stored.version
    assert (stored.size, stored.media_type, stored.lock) == (200, TEXT, None)
    assert await objects.work.get(stored.key, stored.version) == content
    assert as_file(stored, "bukti.txt").size == 200


async def test_the_same_content_again_is_no_second_version(objects: Objects) -> None:
    content = fresh()
    first = await objects.work.put(content, media_type=TEXT)
    assert await objects.work.put(content, media_type=TEXT) == first
    assert await versions(objects.work, first.key) == [first.version]


async def test_content_that_is_not_what_was_announced_is_not_kept(objects: Objects) -> None:
    content, announced = fresh(), hashlib.sha256(b"lain").hexdigest()
    with pytest.raises(Corrupt):
        await objects.work.put(content, media_type=TEXT, digest=announced)
    with pytest.raises(NotThere):
        await objects.work.stat(f"sha256/{hashlib.sha256(content).hexdigest()}")


async def test_a_lock_is_told_by_the_store_and_kept(objects: Objects) -> None:
    lock = Lock("compliance", until())
    stored = await objects.archive.put(fresh(), media_type=TEXT, lock=lock)
    assert stored.lock == lock
    for bypass in (False, True):
        with pytest.raises(Denied):
            await objects.archive.remove(stored.key, stored.version, bypass=bypass)
    for weaker in (
        Lock("compliance", until(0)),
        Lock("governance", lock.until),
        Lock("governance", until(5)),
    ):
        with pytest.raises(Denied):
            await objects.archive.extend(stored.key, stored.version, weaker)
    assert await objects.archive.stat(stored.key, stored.version) == stored


async def test_what_already_lies_there_gets_the_lock_it_lacks(objects: Objects) -> None:
    content, lock = fresh(), Lock("governance", until())
    free = await objects.archive.put(content, media_type=TEXT)
    locked = await objects.archive.put(content, media_type=TEXT, lock=lock)
    assert locked == replace(free, lock=lock)
    with pytest.raises(Denied):
        await objects.archive.remove(locked.key, locked.version)


async def test_a_stronger_lock_is_never_weakened_by_filing_again(objects: Objects) -> None:
    content = fresh()
    await objects.archive.put(content, media_type=TEXT, lock=Lock("compliance", until(1)))
    again = await objects.archive.put(content, media_type=TEXT, lock=Lock("governance", until(3)))
    assert again.lock == Lock("compliance", again.lock.until if again.lock else until())
    assert again.lock.until > until(2)


async def test_governance_becomes_compliance_when_the_cycle_closes(objects: Objects) -> None:
    stored = await objects.archive.put(fresh(), media_type=TEXT, lock=Lock("governance", until()))
    closed = await objects.archive.extend(stored.key, stored.version, Lock("compliance", until(2)))
    assert closed.lock is not None
    assert closed.lock.mode == "compliance"
    with pytest.raises(Denied):
        await objects.archive.remove(stored.key, stored.version, bypass=True)


async def test_governance_is_not_shortened_on_the_way_to_compliance(objects: Objects) -> None:
    stored = await objects.archive.put(fresh(), media_type=TEXT, lock=Lock("governance", until(3)))
    with pytest.raises(Denied):
        await objects.archive.extend(stored.key, stored.version, Lock("compliance", until(1)))


async def test_governance_goes_only_with_the_bypass(objects: Objects) -> None:
    stored = await objects.archive.put(fresh(), media_type=TEXT, lock=Lock("governance", until()))
    with pytest.raises(Denied):
        await objects.archive.remove(stored.key, stored.version)
    await objects.archive.remove(stored.key, stored.version, bypass=True)
    with pytest.raises(NotThere):
        await objects.archive.stat(stored.key, stored.version)


async def test_a_legal_hold_holds_until_it_is_released(objects: Objects) -> None:
    stored = await objects.archive.put(fresh(), media_type=TEXT)
    await objects.archive.hold(stored.key, stored.version)
    assert (await objects.archive.stat(stored.key, stored.version)).held
    with pytest.raises(Denied):
        await objects.archive.remove(stored.key, stored.version)
    await objects.archive.release(stored.key, stored.version)
    await objects.archive.remove(stored.key, stored.version)


async def test_a_bucket_without_locks_refuses_one(objects: Objects) -> None:
    with pytest.raises(Denied):
        await objects.work.put(fresh(), media_type=TEXT, lock=Lock("compliance", until()))


async def test_swapped_bytes_are_found_on_every_way_out_and_mended_by_the_next_put(
    objects: Objects, lock_store: LockStore
) -> None:
    content = fresh()
    stored = await objects.work.put(content, media_type=TEXT)
    assert lock_store.wire.send("PUT", f"{objects.work.name}/{stored.key}", body=content[::-1]).done
    with pytest.raises(Corrupt):
        await objects.work.get(stored.key)
    with pytest.raises(Corrupt):
        async for _ in await objects.work.stream(stored.key):
            pass
    mended = await objects.work.put(content, media_type=TEXT)
    assert await objects.work.get(stored.key) == content
    assert mended.version != stored.version


async def test_a_large_file_goes_in_parts_under_its_lock(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_content, "ONE_PUT", 5 * 1024 * 1024)
    file, lock = tmp_path / "besar", Lock("governance", until())
    file.write_bytes(secrets.token_bytes(1024) * 11 * 1024)
    stored = await objects.archive.put(file, media_type="application/octet-stream", lock=lock)
    assert (stored.size, stored.lock) == (11 * 1024 * 1024, lock)
    pieces = [len(piece) async for piece in await objects.archive.stream(stored.key)]
    assert sum(pieces) == stored.size
    assert max(pieces) <= s3.PIECE


async def test_an_empty_file_is_a_file(objects: Objects) -> None:
    stored = await objects.work.put(b"", media_type=TEXT)
    assert await objects.work.get(stored.key) == b""


async def test_what_is_not_there_is_said_to_be_missing(objects: Objects) -> None:
    missing = f"sha256/{'0' * 64}"
    for look in (objects.work.stat, objects.work.get, objects.work.stream):
        with pytest.raises(NotThere):
            await look(missing)


async def test_after_a_delete_marker_the_old_version_and_a_new_put_are_readable(objects: Objects) -> None:
    content = fresh()
    stored = await objects.work.put(content, media_type=TEXT)
    await objects.work.remove(stored.key)
    with pytest.raises(NotThere):
        await objects.work.get(stored.key)
    assert await objects.work.get(stored.key, stored.version) == content
    assert {
        (listed.marker, listed.latest)
        for listed in await objects.work.listing("sha256")
        if listed.key == stored.key
    } == {
        (True, True),
        (False, False),
    }
    await objects.work.put(content, media_type=TEXT)
    assert await objects.work.get(stored.key) == content


async def test_four_services_may_make_the_buckets_at_once(place: tuple[S3Address, str, str]) -> None:
    address, work, archive = place
    names = {"work": f"{work}-x", "archive": f"{archive}-x"}
    await asyncio.gather(*(s3.ensure_buckets(address, **names) for _ in range(4)))
    objects = s3.connect(address, **names)
    assert await objects.work.versioned()
    assert await objects.archive.versioned()


async def test_a_wrong_secret_is_denied_and_never_named(
    objects: Objects, place: tuple[S3Address, str, str]
) -> None:
    address, work, archive = place
    stored = await objects.work.put(fresh(), media_type=TEXT)
    stranger = s3.connect(replace(address, secret="rahasia-yang-salah"), work=work, archive=archive)
    with pytest.raises(Denied) as refusal:
        await stranger.work.get(stored.key)
    assert "rahasia-yang-salah" not in str(refusal.value)


@pytest.fixture
async def nobody_listens() -> S3Address:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    return S3Address(f"127.0.0.1:{port}", "a", "b")


async def test_a_store_that_does_not_answer_is_away(nobody_listens: S3Address) -> None:
    objects = s3.connect(nobody_listens, work="kerja", archive="arsip")
    for call in (
        objects.work.get("sha256/x"),
        objects.work.put(b"isi", media_type=TEXT),
        objects.work.listing("sha256"),
    ):
        with pytest.raises(StoreAway):
            await call
