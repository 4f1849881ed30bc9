"""The files of both buckets, out of a store and back into one: bytes once by digest, locks and versions as
the store reports them.

Role: incremental, because a key names its content. Used by `backup.py` and `restore.py`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Final

import msgspec
from minio import Minio

from deploy.local.seaweedfs import ARCHIVE_BUCKET, WORK_BUCKET
from deploy.messages import CannotStart
from deploy.saving.place import Place, digest_of
from services.archive.log.witness import UNDER as CHECKPOINTS
from shared.objects import copies
from shared.objects.address import S3Address
from shared.objects.copies import Copy
from shared.objects.port import BY_CONTENT, Denied, NotThere, StoreAway
from shared.objects.s3_client import client_of

BUCKETS: Final = (WORK_BUCKET, ARCHIVE_BUCKET)
SIDE_BY_SIDE: Final = 8
Listing = dict[str, list[Copy]]


@dataclass(slots=True)
class Saved:
    """What was saved of the buckets; `copied` bytes were new. `damaged`: keys whose bytes the store does not
    hold any more.
    """

    listing: Listing = field(default_factory=dict)
    copied: int = 0
    damaged: list[str] = field(default_factory=list)

    @property
    def many(self) -> int:
        return sum(map(len, self.listing.values()))

    @property
    def bytes(self) -> int:
        return sum(copy.size for copies_ in self.listing.values() for copy in copies_)


def save(address: str, place: Place, log_size: int) -> Saved:
    """Every file of both buckets, but for what a log of `log_size` lines does not know yet. Raises
    CannotStart where the store does not answer.
    """
    client, saved = client_of(S3Address.from_url(address)), Saved()
    try:
        for bucket in BUCKETS:
            saved.listing[bucket] = []
            with ThreadPoolExecutor(SIDE_BY_SIDE) as hands:
                found = (one for one in copies.listed(client, bucket) if _belongs(one[0], log_size))
                for copy, copied in hands.map(partial(_saved, client, bucket, place), found):
                    if copied is None:
                        saved.damaged.append(f"{bucket}/{copy.key}")
                        continue
                    saved.listing[bucket].append(copy)
                    saved.copied += copied
    except (StoreAway, Denied) as away:
        raise CannotStart("backup-store", reason=away) from None
    place.settle()
    return saved


def _belongs(key: str, log_size: int) -> bool:
    """Files of the work and of the archive, and checkpoints of a log that is not longer than the saved one:
    a store that remembers more than the log holds says that the log was put back. What probes leave stays.
    """
    kind, size = key.partition("/")[0], PurePosixPath(key).parent.name
    if kind == CHECKPOINTS:
        return size.isdecimal() and int(size) <= log_size
    return kind == BY_CONTENT


def _saved(
    client: Minio, bucket: str, place: Place, one: tuple[str, tuple[str, ...]]
) -> tuple[Copy, int | None]:
    """The description of a file, and how many bytes were copied; None where no version has its bytes."""
    key, versions = one
    copy = copies.described(client, bucket, key, versions)
    if place.has(copy.digest, copy.size):
        return copy, 0
    for version in versions:
        try:
            if place.keep(copy.digest, copies.pieces(client, bucket, key, version)):
                return copy, copy.size
        except (NotThere, StoreAway):
            continue
    return copy, None


def written(listing: Listing) -> bytes:
    return msgspec.json.encode(listing)


def read(said: bytes) -> Listing:
    return msgspec.json.decode(said, type=Listing)


def check(listing: Listing, place: Place) -> None:
    """Reads every byte. Raises CannotStart for the first file that is not as its name says."""
    for digest in sorted({copy.digest for copies_ in listing.values() for copy in copies_}):
        file = place.object(digest)
        if not file.is_file() or digest_of(file) != digest:
            raise CannotStart("backup-changed", file=file)


def empty(address: str) -> bool:
    """Whether a store holds no file of an installation."""
    client = client_of(S3Address.from_url(address))
    try:
        found: Iterator[str] = (key for bucket in BUCKETS for key, _ in copies.listed(client, bucket))
        return not any(_belongs(key, 2**62) for key in found)
    except NotThere:
        return True
    except (StoreAway, Denied) as away:
        raise CannotStart("backup-store", reason=away) from None


def put_back(listing: Listing, place: Place, address: str) -> None:
    """Every file back into its bucket, under a lock that is at least the one it had. Raises CannotStart for
    one that the store does not keep so.
    """
    client, now = client_of(S3Address.from_url(address)), datetime.now(UTC)

    def back(bucket: str, copy: Copy) -> None:
        stored = copies.put_back(client, bucket, copy, place.object(copy.digest), now)
        lock = copy.lock
        if lock and lock.until > now and not (stored.lock and stored.lock.covers(lock)):
            raise CannotStart("restore-lock", place=f"{bucket}/{copy.key}")

    try:
        with ThreadPoolExecutor(SIDE_BY_SIDE) as hands:
            pairs = [(bucket, copy) for bucket, copies_ in listing.items() for copy in copies_]
            list(hands.map(lambda pair: back(*pair), pairs))
    except (StoreAway, Denied, NotThere) as away:
        raise CannotStart("backup-store", reason=away) from None
