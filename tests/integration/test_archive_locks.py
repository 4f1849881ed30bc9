"""Locks of archive on a real store with Object Lock: never longer than the longest,
whatever was said and whichever clock is wrong.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from services.archive.shelf import retention
from services.archive.shelf.filing import Filing
from shared.contracts.archive import ItemSealed
from shared.objects.address import S3Address
from shared.objects.port import LONGEST, Lock, LockTooLong, Mode
from shared.objects.s3 import connect
from tests.support.archive_room import ITEMS, Archive
from tests.support.parts import ObjectStorePart

HUGE = retention.Rule(active=10**6, inactive=10**6, fate="musnah")
MODES: tuple[Mode, ...] = get_args(Mode)


async def test_no_lock_is_longer_than_the_longest_whatever_was_said(
    expecting: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closing day of 2062 (from before the gate), a schedule of a million years, a clock that ran ahead:
    nobody could undo the lock.
    """
    huge = replace(
        retention.load(),
        running_years=10**6,
        longest_final_days=10**6,
        kinds=dict.fromkeys(retention.load().kinds, HUGE),
    )
    monkeypatch.setattr(retention, "load", lambda: huge)
    await expecting.file_all()
    await expecting.close()
    expecting.tamper("UPDATE cycle_file SET archived_on = '2062-03-12'")
    ahead = Filing(expecting.running, expecting.objects, clock=lambda: datetime(2062, 3, 12, tzinfo=UTC))
    assert await ahead.seal() == len(ITEMS)
    sealed = [event for event in await expecting.own_events() if isinstance(event, ItemSealed)]
    latest = datetime.now(UTC) + LONGEST
    assert len(sealed) == len(ITEMS)
    for event in sealed:
        found = await expecting.objects.archive.stat(event.object_key, event.object_version)
        assert found.lock is not None
        assert found.lock.mode == "compliance"
        assert latest - timedelta(days=2) < found.lock.until <= latest


@pytest.mark.parametrize("behind", [timedelta(days=400), timedelta(days=4000)])
async def test_a_clock_that_stands_years_behind_makes_a_lock_shorter_and_never_longer(
    expecting: Archive, behind: timedelta
) -> None:
    """Whichever of the three it is: the earliest counts,
    and the lock can be made longer once it goes right.
    """
    await expecting.file_all()
    await expecting.close()
    slow = Filing(expecting.running, expecting.objects, clock=lambda: datetime.now(UTC) - behind)
    today, latest = await slow._bounds()
    assert abs(latest - (datetime.now(UTC) - behind + LONGEST)) < timedelta(days=1)
    assert abs(today - (datetime.now(UTC) - behind).date()) <= timedelta(days=1)
    right, longest = await expecting.filing._bounds()
    assert longest <= datetime.now(UTC) + LONGEST
    assert right <= (datetime.now(UTC) + timedelta(hours=7)).date()


async def test_the_store_is_never_asked_for_a_longer_lock(expecting: Archive) -> None:
    archive = expecting.objects.archive
    for mode in MODES:
        with pytest.raises(LockTooLong):
            await archive.put(
                b"terlalu lama",
                media_type="text/plain",
                lock=Lock(mode, datetime.now(UTC) + LONGEST + timedelta(minutes=5)),
            )
    assert await archive.listing("sha256") == []
    stored = await archive.put(
        b"cukup", media_type="text/plain", lock=Lock("governance", datetime.now(UTC) + timedelta(days=1))
    )
    for mode in MODES:
        with pytest.raises(LockTooLong):
            await archive.extend(stored.key, stored.version, Lock(mode, datetime(2062, 3, 12, tzinfo=UTC)))
    assert (await archive.stat(stored.key, stored.version)).lock == stored.lock


async def test_a_lock_from_before_there_was_a_longest_becomes_final_within_it(
    expecting: Archive, object_store: ObjectStorePart
) -> None:
    bucket = expecting.objects.archive
    before = connect(
        S3Address.from_url(object_store.url),
        work="kerja",
        archive=bucket.name,
        longest=timedelta(days=36_525),
    ).archive
    stored = await before.put(
        b"lama", media_type="text/plain", lock=Lock("governance", datetime(2064, 3, 12, tzinfo=UTC))
    )
    latest = (await bucket.latest()).replace(microsecond=0)
    final = await bucket.extend(stored.key, stored.version, Lock("compliance", latest))
    assert final.lock == Lock("compliance", latest)
