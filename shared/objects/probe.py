"""Start-up self-test of the archive store: try to break a lock, and say which attempts the store let through.

SOP step 13. Previous hop: archive at start, and the button "periksa sekarang". Next hop: the event
StoreProbed and the sentence "WORM" on page and export. A store that takes the lock header and forgets it
looks exactly like one that keeps it, until somebody tries.
"""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.objects.port import Bucket, Corrupt, Denied, Lock, NotThere, ObjectTrouble, StoreAway, Stored

UNDER = "probe"
"""Probe objects lie apart from what is filed; each is held for a day,
and a later probe sweeps what has run out.
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """What was tried, by name, and which of it `failed`: the store did what a lock must prevent.
    Fields as the event StoreProbed wants them.
    """

    store: str
    checks: tuple[str, ...]
    failed: tuple[str, ...]
    at: datetime

    @property
    def enforced(self) -> bool:
        return not self.failed


@dataclass(frozen=True, slots=True)
class Attempt:
    """One check: a stable name, the Indonesian sentence of what the store must do,
    and the attempt that answers whether it did.
    """

    name: str
    sentence: str
    kept: Callable[["_Probing"], Awaitable[bool]]


async def probe(bucket: Bucket, *, now: datetime) -> Probe:
    """Runs all attempts on two fresh objects. Raises StoreAway if the store does not answer:
    then nothing is known, which is not the same as failed.
    """
    probing = _Probing(bucket, now)
    failed = [attempt.name for attempt in ATTEMPTS if not await _kept(attempt, probing)]
    await _sweep(bucket, probing)
    return Probe(
        store=bucket.name, checks=tuple(attempt.name for attempt in ATTEMPTS), failed=tuple(failed), at=now
    )


class _Probing:
    """The two objects under attack, made by the first attempts.
    `strict` is under compliance, `mild` under governance with a legal hold.
    """

    def __init__(self, bucket: Bucket, now: datetime) -> None:
        self.bucket, self.until = bucket, now.replace(microsecond=0) + timedelta(days=1)
        self.content = secrets.token_hex(16).encode()
        self._made: dict[str, Stored] = {}

    async def strict(self) -> Stored:
        return await self._make("strict", Lock("compliance", self.until))

    async def mild(self) -> Stored:
        return await self._make("mild", Lock("governance", self.until))

    async def _make(self, which: str, lock: Lock) -> Stored:
        if which not in self._made:
            content = self.content + which.encode()
            self._made[which] = await self.bucket.put(
                content, media_type="text/plain", lock=lock, under=UNDER
            )
            if which == "mild":
                await self.bucket.hold(self._made[which].key, self._made[which].version)
        return self._made[which]


async def _kept(attempt: Attempt, probing: _Probing) -> bool:
    """Whether the store held; an object that is refused,
    gone or broken where it should stand counts as not held.
    """
    try:
        return await attempt.kept(probing)
    except StoreAway:
        raise
    except ObjectTrouble:
        return False


async def _refused(attack: Awaitable[object]) -> bool:
    try:
        await attack
    except Denied:
        return True
    return False


async def _versions(probing: _Probing) -> bool:
    return await probing.bucket.versioned()


async def _recorded(probing: _Probing) -> bool:
    stored = await probing.strict()
    return stored.lock == Lock("compliance", probing.until)


async def _delete(probing: _Probing) -> bool:
    stored = await probing.strict()
    return await _refused(probing.bucket.remove(stored.key, stored.version))


async def _delete_bypassing(probing: _Probing) -> bool:
    stored = await probing.strict()
    return await _refused(probing.bucket.remove(stored.key, stored.version, bypass=True))


async def _shorten(probing: _Probing) -> bool:
    stored, sooner = await probing.strict(), Lock("compliance", probing.until - timedelta(hours=12))
    return await _refused(probing.bucket.extend(stored.key, stored.version, sooner))


async def _downgrade(probing: _Probing) -> bool:
    stored, weaker = await probing.strict(), Lock("governance", probing.until)
    return await _refused(probing.bucket.extend(stored.key, stored.version, weaker))


async def _extend(probing: _Probing) -> bool:
    stored, longer = await probing.strict(), Lock("compliance", probing.until + timedelta(minutes=1))
    return (await probing.bucket.extend(stored.key, stored.version, longer)).lock == longer


async def _governance(probing: _Probing) -> bool:
    stored = await probing.mild()
    return await _refused(probing.bucket.remove(stored.key, stored.version))


async def _held(probing: _Probing) -> bool:
    stored = await probing.mild()
    return await _refused(probing.bucket.remove(stored.key, stored.version, bypass=True))


async def _marker(probing: _Probing) -> bool:
    stored = await probing.strict()
    await probing.bucket.remove(stored.key)
    return await _readable(probing, stored)


async def _intact(probing: _Probing) -> bool:
    return await _readable(probing, await probing.strict()) and await _readable(probing, await probing.mild())


async def _readable(probing: _Probing, stored: Stored) -> bool:
    try:
        return len(await probing.bucket.get(stored.key, stored.version)) == stored.size
    except (NotThere, Corrupt):
        return False


async def _sweep(bucket: Bucket, probing: _Probing) -> None:
    """Lift the own legal hold and remove probes whose day is over.
    What is still under lock, or not ours to delete, stays.
    """
    with suppress(Denied, NotThere):
        mild = await probing.mild()
        await bucket.release(mild.key, mild.version)
    for listed in await bucket.listing(UNDER):
        with suppress(Denied, NotThere):
            await bucket.remove(listed.key, listed.version)


ATTEMPTS = (
    Attempt("versions", "Penyimpanan menyimpan setiap versi.", _versions),
    Attempt("lock-recorded", "Kunci yang diminta tercatat, dengan mode dan tanggalnya.", _recorded),
    Attempt("delete", "Versi yang terkunci tidak dapat dihapus.", _delete),
    Attempt(
        "delete-with-bypass", "Versi yang terkunci tidak dapat dihapus dengan izin khusus.", _delete_bypassing
    ),
    Attempt("shorten", "Masa kunci tidak dapat dipersingkat.", _shorten),
    Attempt("downgrade", "Mode kunci tidak dapat diturunkan.", _downgrade),
    Attempt("extend", "Masa kunci dapat diperpanjang.", _extend),
    Attempt("governance", "Kunci ringan menolak penghapusan tanpa izin khusus.", _governance),
    Attempt("legal-hold", "Penahanan hukum menolak penghapusan, juga dengan izin khusus.", _held),
    Attempt("delete-marker", "Tanda hapus tidak menghilangkan versi lama.", _marker),
    Attempt("intact", "Sesudah semua percobaan, isi masih utuh.", _intact),
)
