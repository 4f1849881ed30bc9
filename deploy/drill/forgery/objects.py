"""Attacks on the object store by whoever has its keys or its disks: on objects that were filed under lock.

Role: proves that the walk over the archive's store (`services/archive/check/object_walk.py`) names what was
replaced, covered, deleted, cut or changed by one bit. Each trial has an object of its own.
"""

import asyncio
import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from minio import Minio

from deploy.drill.forgery.trial import Named, Outcome
from services.archive.check.differences import Difference
from services.archive.check.object_walk import Filed, compare, place_of
from shared.objects.port import Bucket, Lock, Stored

WHERE = "penyimpanan objek"
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Store:
    """The archive bucket through the port, through S3 with the administrator's keys, and as files."""

    bucket: Bucket
    admin: Minio
    disk: Path

    async def put_on_top(self, key: str, content: bytes) -> None:
        """Another version under the same key."""
        await asyncio.to_thread(
            self.admin.put_object, self.bucket.name, key, io.BytesIO(content), len(content)
        )


@dataclass(frozen=True, slots=True)
class Object:
    """A filed object and its content."""

    stored: Stored
    content: bytes

    def filed(self, index: int) -> Filed:
        """As the log has it."""
        digest = self.stored.digest
        return Filed(
            index,
            {
                "cycle": "3402-2026",
                "item": f"laporan-{index}",
                "object_key": self.stored.key,
                "object_version": self.stored.version,
                "file": {"digest": digest},
            },
            None,
        )


async def _replaced(store: Store, one: Object, _chance: random.Random) -> None:
    """The version that was filed goes, where its lock can be lifted; another stands under its key."""
    await _deleted(store, one, _chance)
    await store.put_on_top(one.stored.key, one.content[::-1])


async def _covered(store: Store, one: Object, _chance: random.Random) -> None:
    await store.put_on_top(one.stored.key, one.content + b"palsu")


async def _deleted(store: Store, one: Object, _chance: random.Random) -> None:
    await store.bucket.remove(one.stored.key, one.stored.version, bypass=True)


async def _cut(store: Store, one: Object, chance: random.Random) -> None:
    """On the disk: the end of the file is empty."""
    kept = chance.randrange(len(one.content))
    await asyncio.to_thread(_on_disk, store.disk, one.content, kept, bytes(len(one.content) - kept))


async def _one_bit(store: Store, one: Object, chance: random.Random) -> None:
    at = chance.randrange(len(one.content))
    changed = bytes([one.content[at] ^ 1 << chance.randrange(8)])
    await asyncio.to_thread(_on_disk, store.disk, one.content, at, changed)


ATTACKS: Mapping[str, Callable[[Store, Object, random.Random], Awaitable[None]]] = {
    "objek diganti": _replaced,
    "versi lain ditumpuk di atasnya": _covered,
    "objek dihapus": _deleted,
    "objek dipotong": _cut,
    "satu bit objek diubah": _one_bit,
}


async def attacked(store: Store, trials: int, seed: int = 0) -> AsyncIterator[Outcome]:
    """Every attack on so many objects; and as many that nobody touches, of which nothing may be said."""
    for name, attack in ATTACKS.items():
        outcome, chance = Outcome(WHERE, name), random.Random(f"{name}-{seed}")  # noqa: S311  chance, no secret
        objects = await _filed(store, chance, trials)
        for one in objects:
            await attack(store, one, chance)
        for index, found in enumerate(await _walked(store, objects)):
            outcome.count(_named(found, objects[index], index), f"{name}-{seed}-{index}")
        yield outcome
    outcome = Outcome(WHERE, "tidak disentuh: tidak ada alarm")
    objects = await _filed(store, random.Random(seed), trials)  # noqa: S311
    for index, found in enumerate(await _walked(store, objects)):
        outcome.count(Named(noticed=not found, place=not found), f"honest-{seed}-{index}")
    yield outcome


async def _walked(store: Store, objects: Sequence[Object]) -> list[list[Difference]]:
    """What the walk says of each; several at a time, because the store thinks long about a damaged one."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(index: int, filed: Object) -> list[Difference]:
        async with at_once:
            return (await compare(store.bucket, filed.filed(index)))[1]

    return list(await asyncio.gather(*(one(index, filed) for index, filed in enumerate(objects))))


async def _filed(store: Store, chance: random.Random, many: int) -> Sequence[Object]:
    """So many objects of their own, under lock."""
    found = []
    until = await store.bucket.latest()
    for _ in range(many):
        content = chance.randbytes(chance.randrange(64, 4_000))
        lock = Lock("governance", until)
        found.append(
            Object(await store.bucket.put(content, media_type="application/pdf", lock=lock), content)
        )
    return found


def _named(found: Sequence[Difference], one: Object, index: int) -> Named:
    place = place_of(one.filed(index).data)
    return Named(noticed=bool(found), place=any(difference.place == place for difference in found))


def _on_disk(disk: Path, content: bytes, at: int, changed: bytes) -> None:
    """Changes a part of a content in the files of the store. Raises LookupError where it is not there."""
    for volume in disk.rglob("*.dat"):
        begin = volume.read_bytes().find(content)
        if begin >= 0:
            with volume.open("r+b") as file:
                file.seek(begin + at)
                file.write(changed)
            return
    raise LookupError("the store keeps its bytes somewhere else")
