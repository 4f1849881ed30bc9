"""The S3 adapter: the only place that knows the `minio` client.

Previous hop: whoever uses the port. Next hop: SeaweedFS, MinIO, Ceph or AWS. Every put carries its SHA-256, is read back and compared,
because one server accepted a wrong checksum; any 4xx is a refusal, because the codes differ between servers.
"""

import asyncio
import hashlib
import io
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import ENABLED
from minio.deleteobjects import DeleteObject
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from shared.objects.address import S3Address
from shared.objects.port import BY_CONTENT, Corrupt, Denied, Listed, Lock, NotThere, Objects, StoreAway, Stored, key_of

PIECE = 256 * 1024
ONE_PUT = 64 * 1024 * 1024
"""Up to this size an object goes in one request whose checksum the server can compare; above it in parts."""


def connect(address: S3Address, *, work: str, archive: str) -> Objects:
    """Both buckets of a service behind one client. Opens no connection yet."""
    client = _client(address)
    return Objects(work=S3Bucket(client, work), archive=S3Bucket(client, archive))


async def ensure_buckets(address: S3Address, *, work: str, archive: str) -> None:
    """Make what is missing: `work` with versions, `archive` with Object Lock, which can only be chosen now. Safe to call by all services at once."""
    client = _client(address)
    await asyncio.to_thread(_ensure, client, work, False)
    await asyncio.to_thread(_ensure, client, archive, True)


def _client(address: S3Address) -> Minio:
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=3, read=60),
        maxsize=16,
        retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
    )
    return Minio(
        address.endpoint,
        access_key=address.access,
        secret_key=address.secret,
        secure=address.secure,
        region=address.region,
        http_client=pool,
    )


def _ensure(client: Minio, bucket: str, locked: bool) -> None:
    with _answers(bucket):
        if not client.bucket_exists(bucket):
            try:
                client.make_bucket(bucket, object_lock=locked)
            except S3Error as error:
                if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise
        if not locked:
            client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))


@contextmanager
def _answers(what: str) -> Iterator[None]:
    """The client's many errors as the four that the port knows."""
    try:
        yield
    except S3Error as error:
        code, status = str(error.code), int(error.response.status)
        if status == 404 or code.startswith("NoSuch"):
            raise NotThere(f"{what}: {code}") from error
        if status >= 500:
            raise StoreAway(f"{what}: {code}") from error
        raise Denied(code, f"{what}: {error.message}") from error
    except InvalidResponseError as error:
        status = int(getattr(error, "_code", 0))
        if 400 <= status < 500:
            raise Denied(str(status), what) from error
        raise StoreAway(f"{what}: {status}") from error
    except ServerError as error:
        raise StoreAway(f"{what}: {error.status_code}") from error
    except urllib3.exceptions.HTTPError as error:
        raise StoreAway(f"{what}: {type(error).__name__}") from error


class S3Bucket:
    """One bucket through the `minio` client, whose blocking calls run in threads."""

    def __init__(self, client: Minio, name: str) -> None:
        self._client, self._name = client, name

    @property
    def name(self) -> str:
        return self._name

    async def put(
        self, content: bytes | Path, *, media_type: str, digest: str | None = None, lock: Lock | None = None, under: str = BY_CONTENT
    ) -> Stored:
        return await asyncio.to_thread(self._put, content, media_type, digest, lock, under)

    async def get(self, key: str, version: str | None = None) -> bytes:
        pieces = [piece async for piece in await self.stream(key, version)]
        return b"".join(pieces)

    async def stream(self, key: str, version: str | None = None) -> AsyncIterator[bytes]:
        return self._pieces(await asyncio.to_thread(self._open, key, version), key)

    async def stat(self, key: str, version: str | None = None) -> Stored:
        return await asyncio.to_thread(self._stat, key, version)

    async def extend(self, key: str, version: str, lock: Lock) -> Stored:
        return await asyncio.to_thread(self._extend, key, version, lock)

    async def hold(self, key: str, version: str) -> None:
        await self._run(key, self._client.enable_object_legal_hold, self._name, key, version)

    async def release(self, key: str, version: str) -> None:
        await self._run(key, self._client.disable_object_legal_hold, self._name, key, version)

    async def remove(self, key: str, version: str | None = None, *, bypass: bool = False) -> None:
        if bypass:
            await asyncio.to_thread(self._remove_many, key, version)
        else:
            await self._run(key, self._client.remove_object, self._name, key, version)

    async def listing(self, under: str) -> Sequence[Listed]:
        return await asyncio.to_thread(self._listing, under)

    async def versioned(self) -> bool:
        answer = await self._run(self._name, self._client.get_bucket_versioning, self._name)
        return bool(answer.status == ENABLED)

    async def _run(self, what: str, call: Any, *parts: Any) -> Any:
        def work() -> Any:
            with _answers(what):
                return call(*parts)

        return await asyncio.to_thread(work)

    def _put(self, content: bytes | Path, media_type: str, digest: str | None, lock: Lock | None, under: str) -> Stored:
        found, size = _measure(content)
        if digest is not None and digest != found:
            raise Corrupt(f"the content has SHA-256 {found}, not {digest}")
        key = key_of(found, under)
        stored = self._already(key, size) or self._write(key, content, size, media_type, lock)
        if lock is None or (stored.lock and stored.lock.covers(lock)):
            return stored
        return self._extend(key, stored.version, lock.joined(stored.lock))

    def _already(self, key: str, size: int) -> Stored | None:
        """The version that already holds this content, if its bytes are still right: a retry after a crash then leaves no second one."""
        try:
            stored = self._stat(key, None)
            if stored.size != size:
                return None
            self._compare(key, stored.version)
        except (NotThere, Corrupt):
            return None
        return stored

    def _write(self, key: str, content: bytes | Path, size: int, media_type: str, lock: Lock | None) -> Stored:
        with _answers(key), _reader(content) as file:
            version = self._client.put_object(
                self._name,
                key,
                file,
                size,
                content_type=media_type,
                metadata=_checksum(key, size),
                part_size=ONE_PUT,
                num_parallel_uploads=1,
                retention=Retention(lock.mode.upper(), lock.until) if lock else None,
            ).version_id
        self._compare(key, version)
        return self._stat(key, version)

    def _compare(self, key: str, version: str | None) -> None:
        response, seen = self._open(key, version), hashlib.sha256()
        try:
            with _answers(key):
                for piece in response.stream(PIECE):
                    seen.update(piece)
        finally:
            response.release_conn()
        _must_match(key, seen.hexdigest())

    def _open(self, key: str, version: str | None) -> Any:
        with _answers(key):
            return self._client.get_object(self._name, key, version_id=version or None)

    async def _pieces(self, response: Any, key: str) -> AsyncIterator[bytes]:
        def read() -> bytes:
            with _answers(key):
                return bytes(response.read(PIECE))

        seen = hashlib.sha256()
        try:
            while piece := await asyncio.to_thread(read):
                seen.update(piece)
                yield piece
        finally:
            response.close()
            response.release_conn()
        _must_match(key, seen.hexdigest())

    def _stat(self, key: str, version: str | None) -> Stored:
        with _answers(key):
            found = self._client.stat_object(self._name, key, version_id=version or None)
        headers: Mapping[str, str] = found.metadata or {}
        return Stored(
            key=key,
            version=found.version_id or version or "",
            size=found.size or 0,
            media_type=found.content_type or "",
            lock=_lock(headers),
            held=headers.get("x-amz-object-lock-legal-hold") == "ON",
        )

    def _extend(self, key: str, version: str, lock: Lock) -> Stored:
        with _answers(key):
            self._client.set_object_retention(self._name, key, Retention(lock.mode.upper(), lock.until), version or None)
        return self._stat(key, version)

    def _remove_many(self, key: str, version: str | None) -> None:
        """Only the multi-delete of the client can carry the governance bypass."""
        with _answers(key):
            refused = list(self._client.remove_objects(self._name, [DeleteObject(key, version)], bypass_governance_mode=True))
        if refused:
            raise Denied(refused[0].code or "", f"{key}: {refused[0].message}")

    def _listing(self, under: str) -> Sequence[Listed]:
        with _answers(under):
            found = self._client.list_objects(self._name, prefix=f"{under}/", recursive=True, include_version=True)
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


def _measure(content: bytes | Path) -> tuple[str, int]:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), content.stat().st_size


def _reader(content: bytes | Path) -> io.BytesIO | io.BufferedReader:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _checksum(key: str, size: int) -> dict[str, str | list[str] | tuple[str]]:
    """AWS demands a checksum on puts under lock. The digest of the whole cannot stand on an upload in parts."""
    if size > ONE_PUT:
        return {}
    digest = bytes.fromhex(key.rpartition("/")[2])
    return {"x-amz-checksum-sha256": b64encode(digest).decode(), "x-amz-sdk-checksum-algorithm": "SHA256"}


def _must_match(key: str, found: str) -> None:
    if found != key.rpartition("/")[2]:
        raise Corrupt(f"{key}: the store answered bytes with SHA-256 {found}")


def _lock(headers: Mapping[str, str]) -> Lock | None:
    mode, until = headers.get("x-amz-object-lock-mode", "").lower(), headers.get("x-amz-object-lock-retain-until-date")
    if not until or mode not in {"governance", "compliance"}:
        return None
    return Lock("compliance" if mode == "compliance" else "governance", datetime.fromisoformat(until))
