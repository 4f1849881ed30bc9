"""The self-test of the archive store: a real store passes, everything else is found out."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.objects import s3
from shared.objects.address import S3Address
from shared.objects.port import Denied, Objects, StoreAway
from shared.objects.probe import ATTEMPTS, UNDER, probe
from tests.object_lock.lax_store import lax_store
from tests.object_lock.stores import LockStore, ground_when_ready

EVERYTHING = tuple(attempt.name for attempt in ATTEMPTS)


@pytest.fixture
async def objects(lock_store: LockStore) -> Objects:
    ground_when_ready(lock_store.wire)
    mark = secrets.token_hex(4)
    names = {"work": f"work-{mark}", "archive": f"archive-{mark}"}
    await s3.ensure_buckets(lock_store.address, **names)
    return s3.connect(lock_store.address, **names)


@pytest.fixture
def lax_objects() -> Iterator[Objects]:
    with lax_store() as endpoint:
        yield s3.connect(S3Address(endpoint, "siapa", "saja"), work="kerja", archive="arsip")


async def test_a_store_with_object_lock_passes_every_attempt(objects: Objects) -> None:
    now = datetime.now(UTC)
    found = await probe(objects.archive, now=now)
    assert (found.checks, found.failed, found.enforced, found.at) == (EVERYTHING, (), True, now)


async def test_a_bucket_with_versions_but_no_lock_is_found_out(objects: Objects) -> None:
    found = await probe(objects.work, now=datetime.now(UTC))
    assert found.failed == tuple(name for name in EVERYTHING if name != "versions")
    assert not found.enforced


async def test_a_store_that_only_says_yes_fails_every_attempt(lax_objects: Objects) -> None:
    found = await probe(lax_objects.archive, now=datetime.now(UTC))
    assert found.failed == EVERYTHING


async def test_a_store_that_is_away_gives_no_verdict() -> None:
    with lax_store() as endpoint:
        address = S3Address(endpoint, "siapa", "saja")
    with pytest.raises(StoreAway):
        await probe(s3.connect(address, work="kerja", archive="arsip").archive, now=datetime.now(UTC))


async def test_probes_stay_locked_for_their_day_and_leave_no_legal_hold(objects: Objects) -> None:
    now = datetime.now(UTC)
    await probe(objects.archive, now=now)
    left = [
        await objects.archive.stat(listed.key, listed.version)
        for listed in await objects.archive.listing(UNDER)
        if not listed.marker
    ]
    assert len(left) == 2
    for stored in left:
        assert stored.lock is not None
        assert stored.lock.until >= now + timedelta(hours=23)
        assert not stored.held
        with pytest.raises(Denied):
            await objects.archive.remove(stored.key, stored.version)
