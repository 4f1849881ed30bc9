"""Copies of a bucket's files for a backup, and back: each with its lock and with the versions that it
stands for.

SOP step 13. Previous hop: `jejak backup` and `jejak restore`. Next hop: the S3 server. A store gives every
copy a version of its own; what was recorded names the one of before. So a copy that was put back says, in its
metadata, which versions it stands for, and whoever asks for one of those is led to it (`Moved`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from minio import Minio
from minio.datatypes import Object
from minio.retention import Retention

from shared.objects import s3_content
from shared.objects.port import Denied, Lock, Mode, NotThere, Stored
from shared.objects.s3_client import answers
from shared.objects.s3_reading import MEDIA_TYPE, stored_of

FIRST: Final = "x-amz-meta-first-versions"
T = TypeVar("T")


class Copy(msgspec.Struct, frozen=True):
    """One file as a backup keeps it: what the store said of all its versions together, for a key names one
    content.
    """

    key: str
    size: int
    media_type: str
    versions: tuple[str, ...]
    stands_for: tuple[str, ...]
    mode: Mode | None = None
    until: datetime | None = None
    held: bool = False

    @property
    def digest(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def lock(self) -> Lock | None:
        return Lock(self.mode, self.until) if self.mode and self.until else None


def listed(client: Minio, bucket: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every key of a bucket with its versions, the newest first; delete markers have no bytes."""
    with answers(bucket):
        found = [
            (item.object_name or "", item.version_id or "")
            for item in client.list_objects(bucket, recursive=True, include_version=True)
            if not item.is_delete_marker and not item.is_dir
        ]
    for key, of_key in groupby(sorted(found, key=lambda one: one[0]), key=lambda one: one[0]):
        yield key, tuple(version for _, version in of_key)


def described(client: Minio, bucket: str, key: str, versions: tuple[str, ...]) -> Copy:
    """What the store says of a key: the lock that covers those of all its versions. Raises NotThere."""
    lock, held, stands_for, newest = None, False, list[str](), None
    for version in versions:
        found = _stat(client, bucket, key, version)
        stored = stored_of(key, version, found)
        newest = newest or stored
        lock = stored.lock.joined(lock) if stored.lock else lock
        held = held or stored.held
        stands_for += [version, *_firsts(found)]
    if newest is None:
        raise NotThere(key)
    return Copy(
        key,
        newest.size,
        newest.media_type,
        versions,
        tuple(dict.fromkeys(filter(None, stands_for))),
        lock.mode if lock else None,
        lock.until if lock else None,
        held,
    )


def pieces(client: Minio, bucket: str, key: str, version: str) -> Iterator[bytes]:
    """The bytes of one version."""
    with answers(key):
        response = client.get_object(bucket, key, version_id=version or None)
        try:
            yield from response.stream(256 * 1024)
        finally:
            response.close()
            response.release_conn()


def put_back(client: Minio, bucket: str, copy: Copy, file: Path, now: datetime) -> Stored:
    """Puts a copy into a bucket, under its lock where that still holds; answers what the store reports."""
    lock = copy.lock if copy.lock and copy.lock.until > now else None
    with answers(copy.key), file.open("rb") as content:
        version = client.put_object(
            bucket,
            copy.key,
            content,
            copy.size,
            content_type=copy.media_type,
            metadata={MEDIA_TYPE: copy.media_type, FIRST: ",".join(copy.stands_for)}
            | s3_content.checksum(copy.key, copy.size),
            part_size=s3_content.ONE_PUT,
            num_parallel_uploads=1,
            retention=Retention(lock.mode.upper(), lock.until) if lock else None,
            legal_hold=copy.held,
        ).version_id
    return stored_of(copy.key, version, _stat(client, bucket, copy.key, version or ""))


class Moved:
    """Where the versions of before a restore lie now."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._known: dict[tuple[str, str], str] = {}

    def followed(self, call: Callable[..., T], key: str, version: str | None, *more: Any) -> T:
        """The call with that version; where the store has none such, with the copy that stands for it."""
        asked = self._known.get((key, version or ""), version)
        try:
            return call(key, asked, *more)
        except (NotThere, Denied):
            now = self._now_at(key, version) if version else ""
            if not now or now == asked:
                raise
            self._known[key, version or ""] = now
            return call(key, now, *more)

    def _now_at(self, key: str, version: str) -> str:
        with answers(key):
            found = list(self._client.list_objects(self._bucket, prefix=key, include_version=True))
        there = [str(one.version_id or "") for one in found if one.object_name == key]
        return next((one for one in there if one and self._stands_for(key, one, version)), "")

    def _stands_for(self, key: str, version: str, first: str) -> bool:
        try:
            return first in _firsts(_stat(self._client, self._bucket, key, version))
        except (NotThere, Denied):  # a delete marker
            return False


def _stat(client: Minio, bucket: str, key: str, version: str) -> Object:
    with answers(key):
        return client.stat_object(bucket, key, version_id=version or None)


def _firsts(found: Object) -> list[str]:
    return [one for one in (found.metadata or {}).get(FIRST, "").split(",") if one]
