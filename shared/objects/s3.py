"""The S3 adapter: the only place that knows the `minio` client.

Previous hop: whoever uses the port. Next hop: SeaweedFS, MinIO, Ceph or AWS. Every put carries its SHA-256,
is read back and compared, because one server accepted a wrong checksum; any 4xx is a refusal, because the
codes differ between servers.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from minio import Minio
from minio.commonconfig import ENABLED
from minio.deleteobjects import DeleteObject
from minio.helpers import md5sum_hash
from minio.retention import Retention
from minio.xml import marshal

from shared.objects import s3_content
from shared.objects.address import S3Address
from shared.objects.copies import Moved
from shared.objects.port import (
    BY_CONTENT,
    LONGEST,
    Corrupt,
    Denied,
    Listed,
    Lock,
    LockTooLong,
    NotThere,
    Objects,
    ObjectTrouble,
    Stored,
    key_of,
)
from shared.objects.presence import Presence
from shared.objects.s3_client import answers, client_of, ensure_buckets
from shared.objects.s3_content import Parts, checksum, measure, must_match, reader_of
from shared.objects.s3_reading import MEDIA_TYPE, Broken, judged, reading, stored_of

__all__ = ["S3Bucket", "connect", "ensure_buckets"]

PIECE = 256 * 1024
PUTS = 4
"""How many objects go out at once: the client holds each request in memory."""


def connect(address: S3Address, *, work: str, archive: str, longest: timedelta = LONGEST) -> Objects:
    """Both buckets of a service behind one pair of clients. Opens no connection yet."""
    client, reader, presence = client_of(address), client_of(address, reads=True), Presence(address)
    buckets = (S3Bucket(client, name, reader, presence, longest) for name in (work, archive))
    return Objects(work=next(buckets), archive=next(buckets))


class S3Bucket:
    """One bucket through the `minio` client, whose blocking calls run in threads."""

    def __init__(
        self, client: Minio, name: str, reader: Minio, presence: Presence, longest: timedelta = LONGEST
    ) -> None:
        self._client, self._name, self._reader, self._presence, self._longest = (
            client,
            name,
            reader,
            presence,
            longest,
        )
        self._puts, self._follow = asyncio.Semaphore(PUTS), Moved(client, name).followed

    @property
    def name(self) -> str:
        return self._name

    async def now(self) -> datetime:
        return await self._presence.ask(self._now)

    async def latest(self) -> datetime:
        return await self.now() + self._longest

    async def put(
        self,
        content: bytes | Path,
        *,
        media_type: str,
        digest: str | None = None,
        lock: Lock | None = None,
        under: str = BY_CONTENT,
    ) -> Stored:
        async with self._puts:
            return await self._presence.ask(self._put, content, media_type, digest, lock, under)

    async def get(self, key: str, version: str | None = None) -> bytes:
        pieces = [piece async for piece in await self.stream(key, version)]
        return b"".join(pieces)

    async def stream(self, key: str, version: str | None = None) -> AsyncIterator[bytes]:
        return self._pieces(await self._presence.ask(self._follow, self._opened, key, version), key, version)

    async def stat(self, key: str, version: str | None = None) -> Stored:
        return await self._presence.ask(self._follow, self._stat, key, version)

    async def extend(self, key: str, version: str, lock: Lock) -> Stored:
        return await self._presence.ask(self._follow, self._extend, key, version, lock)

    async def hold(self, key: str, version: str) -> None:
        await self._run(key, self._client.enable_object_legal_hold, self._name, key, version)

    async def release(self, key: str, version: str) -> None:
        await self._run(key, self._client.disable_object_legal_hold, self._name, key, version)

    async def remove(self, key: str, version: str | None = None, *, bypass: bool = False) -> None:
        if bypass:
            await self._presence.ask(self._remove_many, key, version)
        else:
            await self._run(key, self._client.remove_object, self._name, key, version)

    async def listing(self, under: str) -> Sequence[Listed]:
        return await self._presence.ask(self._listing, under)

    async def versioned(self) -> bool:
        answer = await self._run(self._name, self._client.get_bucket_versioning, self._name)
        return bool(answer.status == ENABLED)

    async def _run(self, what: str, call: Any, *parts: Any) -> Any:
        def work() -> Any:
            with answers(what):
                return call(*parts)

        return await self._presence.ask(work)

    def _put(
        self, content: bytes | Path, media_type: str, digest: str | None, lock: Lock | None, under: str
    ) -> Stored:
        found, size = measure(content)
        if digest is not None and digest != found:
            raise Corrupt(f"the content has SHA-256 {found}, not {digest}")
        key = key_of(found, under)
        stored = self._already(key, size) or self._write(key, content, size, media_type, lock)
        if lock is None or (stored.lock and stored.lock.covers(lock)):
            return stored
        return self._extend(key, stored.version, lock.joined(stored.lock))

    def _already(self, key: str, size: int) -> Stored | None:
        """The version that already holds this content, if its bytes are still right:
        a retry after a crash then leaves no second one.
        """
        try:
            stored = self._stat(key, None)
            if stored.size != size:
                return None
            self._compare(key, stored.version)
        except (NotThere, Corrupt):
            return None
        return stored

    def _now(self) -> datetime:
        with answers(self._name):
            said = self._client._execute("HEAD", self._name).headers.get("date", "")  # noqa: SLF001  no public call hands headers out
        return min(datetime.now(UTC), parsedate_to_datetime(said)) if said else datetime.now(UTC)

    def _allowed(self, lock: Lock) -> Lock:
        """The last look at a lock before it is asked for. Raises LockTooLong."""
        if lock.until > self._now() + self._longest:
            raise LockTooLong(
                f"{self._name}: a lock until {lock.until.isoformat()} is longer than {self._longest.days} "
                "days"
            )
        return lock

    def _write(
        self, key: str, content: bytes | Path, size: int, media_type: str, lock: Lock | None
    ) -> Stored:
        if lock:
            self._allowed(lock)
        with answers(key), reader_of(content) as file:
            version = self._client.put_object(
                self._name,
                key,
                file,
                size,
                content_type=media_type,
                metadata={MEDIA_TYPE: media_type} | checksum(key, size),
                part_size=s3_content.ONE_PUT,
                num_parallel_uploads=1,
                retention=Retention(lock.mode.upper(), lock.until) if lock else None,
            ).version_id
        self._compare(key, version)
        return self._stat(key, version)

    def _compare(self, key: str, version: str | None) -> None:
        try:
            self._read(key, version)
        except Broken as broken:
            raise self._judged(key, version, broken) from broken

    def _read(self, key: str, version: str | None) -> None:
        response, seen = self._open(key, version), hashlib.sha256()
        try:
            with reading(key):
                for piece in response.stream(PIECE):
                    seen.update(piece)
        finally:
            response.release_conn()
        must_match(key, seen.hexdigest())

    def _opened(self, key: str, version: str | None) -> Any:
        try:
            return self._open(key, version)
        except Broken as broken:
            raise self._judged(key, version, broken) from broken

    def _open(self, key: str, version: str | None) -> Any:
        with reading(key):
            return self._reader.get_object(self._name, key, version_id=version or None)

    def _judged(self, key: str, version: str | None, broken: Broken) -> ObjectTrouble:
        return judged(self._client, self._name, broken, lambda: self._follow(self._read, key, version))

    async def _pieces(self, response: Any, key: str, version: str | None) -> AsyncIterator[bytes]:
        def read() -> bytes:
            try:
                with reading(key):
                    return bytes(response.read(PIECE))
            except Broken as broken:
                raise self._judged(key, version, broken) from broken

        seen = hashlib.sha256()
        try:
            while piece := await self._presence.ask(read):
                seen.update(piece)
                yield piece
        finally:
            response.close()
            response.release_conn()
        must_match(key, seen.hexdigest())

    def _stat(self, key: str, version: str | None) -> Stored:
        with answers(key):
            found = self._client.stat_object(self._name, key, version_id=version or None)
        return stored_of(key, version, found)

    def _extend(self, key: str, version: str, lock: Lock) -> Stored:
        """Governance becomes compliance only with the bypass header, which the client's own call cannot
        carry; nothing weaker ever goes out with it, but for a governance lock that is longer than the
        longest.
        """
        self._allowed(lock)
        now = self._stat(key, version).lock
        stronger = (
            now is not None
            and now.mode == "governance"
            and lock.mode == "compliance"
            and self._is_stronger(lock, now)
        )
        body = marshal(Retention(lock.mode.upper(), lock.until))
        headers: Parts = {"Content-MD5": md5sum_hash(body) or ""}
        if stronger:
            headers["x-amz-bypass-governance-retention"] = "true"
        query: Parts = {"retention": ""}
        if version:
            query["versionId"] = version
        with answers(key):
            self._client._execute("PUT", self._name, key, body=body, headers=headers, query_params=query)  # noqa: SLF001
        return self._stat(key, version)

    def _is_stronger(self, lock: Lock, now: Lock) -> bool:
        too_long = now.until > self._now() + self._longest
        return lock.covers(now) or (too_long and lock.until > self._now() + self._longest - timedelta(days=2))

    def _remove_many(self, key: str, version: str | None) -> None:
        """Only the multi-delete of the client can carry the governance bypass."""
        with answers(key):
            refused = list(
                self._client.remove_objects(
                    self._name, [DeleteObject(key, version)], bypass_governance_mode=True
                )
            )
        if refused:
            raise Denied(refused[0].code or "", f"{key}: {refused[0].message}")

    def _listing(self, under: str) -> Sequence[Listed]:
        with answers(under):
            found = self._client.list_objects(
                self._name, prefix=f"{under}/", recursive=True, include_version=True
            )
            return [
                Listed(
                    key=item.object_name or "",
                    version=item.version_id or "",
                    size=item.size or 0,
                    latest=str(item.is_latest).lower() == "true",
                    marker=bool(item.is_delete_marker),
                )
                for item in found
            ]
