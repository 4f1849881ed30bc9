"""What a store says of an object; and where reading it fails: is the object damaged, or is the store away?

Previous hop: `s3.py` with a read that broke. Next hop: whoever uses the port, who is told Corrupt or
StoreAway. A store answers 500 for an object whose checksum is wrong, and the same for much else; so the
object is read once more, and another one is written, read and removed.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BytesIO

import urllib3
from minio import Minio
from minio.datatypes import Object
from minio.error import InvalidResponseError, S3Error, ServerError

from shared.objects.port import Corrupt, Lock, ObjectTrouble, StoreAway, Stored
from shared.objects.s3_client import answers

MEDIA_TYPE = "x-amz-meta-media-type"
"""SeaweedFS 4.48 forgets the content type of a version whose retention is set later, but not its metadata."""
_GATEWAY = (502, 503, 504)


class Broken(Exception):
    """A read that began or should have begun, and broke: nothing is said yet of whose fault it is."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """`answers` for a read: an error inside the server, or a body that ends too early, is Broken."""
    try:
        yield
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.ReadTimeoutError) as error:
        raise Broken(f"{what}: {type(error).__name__}") from error
    except (S3Error, ServerError, InvalidResponseError) as error:
        status = _status(error)
        if status >= 500 and status not in _GATEWAY:
            raise Broken(f"{what}: {status} {getattr(error, 'code', '')}".rstrip()) from error
        with answers(what):
            raise
    except urllib3.exceptions.HTTPError as error:
        raise StoreAway(f"{what}: {type(error).__name__}") from error


def judged(client: Minio, bucket: str, broken: Broken, again: Callable[[], None]) -> ObjectTrouble:
    """What a broken read means. Corrupt only if the same read fails again while
    another object is written and read without fault.
    """
    try:
        again()
    except Broken as second:
        return (
            Corrupt(f"{second}; the store reads others") if _works(client, bucket) else StoreAway(str(second))
        )
    except ObjectTrouble as trouble:
        return trouble
    return StoreAway(str(broken))


def _works(client: Minio, bucket: str) -> bool:
    """Whether the store takes, gives back and removes a small object of this moment."""
    content, key = os.urandom(32), f"canary/{os.urandom(16).hex()}"
    try:
        with answers(key):
            version = client.put_object(bucket, key, BytesIO(content), len(content)).version_id
            response = client.get_object(bucket, key, version_id=version)
            try:
                same = response.read() == content
            finally:
                response.release_conn()
    except ObjectTrouble:
        return False
    with suppress(ObjectTrouble), answers(key):
        client.remove_object(bucket, key, version_id=version)
    return bool(same)


def _status(error: S3Error | ServerError | InvalidResponseError) -> int:
    if isinstance(error, S3Error):
        return int(error.response.status)
    return int(error.status_code if isinstance(error, ServerError) else getattr(error, "_code", 0))


def stored_of(key: str, version: str | None, found: Object) -> Stored:
    """A version as the store reports it."""
    headers: Mapping[str, str] = found.metadata or {}
    return Stored(
        key=key,
        version=found.version_id or version or "",
        size=found.size or 0,
        media_type=headers.get(MEDIA_TYPE) or found.content_type or "",
        lock=_lock_of(headers),
        held=headers.get("x-amz-object-lock-legal-hold") == "ON",
    )


def _lock_of(headers: Mapping[str, str]) -> Lock | None:
    """The lock that a store reports of a version."""
    mode, until = (
        headers.get("x-amz-object-lock-mode", "").lower(),
        headers.get("x-amz-object-lock-retain-until-date"),
    )
    if not until or mode not in {"governance", "compliance"}:
        return None
    return Lock("compliance" if mode == "compliance" else "governance", datetime.fromisoformat(until))
