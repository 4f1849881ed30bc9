"""The `minio` client as Jejak sets it up: short patience, few retries,
its many errors as the four that the port knows, and the buckets it needs.

Previous hop: `s3.py`, and `jejak up` for the buckets. Next hop: the S3 server.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import ENABLED
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.versioningconfig import VersioningConfig

from shared.objects.address import S3Address
from shared.objects.port import Denied, NotThere, StoreAway

_MAKE_AGAIN_S = (0.1, 0.3, 1.0)


async def ensure_buckets(address: S3Address, *, work: str, archive: str) -> None:
    """Make what is missing: `work` with versions, `archive` with Object Lock, which can only be chosen now.
    Safe to call by all services at once.
    """
    client = client_of(address)
    await asyncio.to_thread(_ensure, client, work, False)
    await asyncio.to_thread(_ensure, client, archive, True)


def client_of(address: S3Address, *, reads: bool = False) -> Minio:
    """The client; one that `reads` does not repeat what was answered by 500:
    a store says so of an object that it cannot read any more.
    """
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=3, read=60),
        maxsize=16,
        retries=urllib3.Retry(
            total=2, backoff_factor=0.2, status_forcelist=[502, 503, 504] if reads else [500, 502, 503, 504]
        ),
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
    with answers(bucket):
        for wait in (*_MAKE_AGAIN_S, None):
            try:
                if not client.bucket_exists(bucket):
                    client.make_bucket(bucket, object_lock=locked)
                break
            except S3Error as error:
                if error.code in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    break
                # SeaweedFS answers so to two who make the same bucket at once
                if error.code != "NoSuchBucket" or wait is None:
                    raise
                time.sleep(wait)
        if not locked:
            client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))


@contextmanager
def answers(what: str) -> Iterator[None]:
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
