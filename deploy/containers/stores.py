"""The buckets of an object store, and at a MinIO also the services' own keys with their rights,
which SeaweedFS reads from its settings.

Role: called by `prepare.py` with the administrator's key. Which service may do what stands in
`deploy/local/seaweedfs.py` alone.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deploy.local import seaweedfs
from deploy.local.supervision.aside import run
from deploy.messages import CannotStart
from shared.objects.address import S3Address
from shared.objects.port import StoreAway
from shared.objects.s3_client import ensure_buckets
from shared.service_names import SERVICES

__all__ = ["StoreAway", "policy", "prepare"]
KIND: Final = "JEJAK_STORE"
_OF_OBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Read": ("GetObject", "GetObjectVersion"),
    "Write": (
        "PutObject",
        "DeleteObject",
        "DeleteObjectVersion",
        "AbortMultipartUpload",
        "ListMultipartUploadParts",
    ),
}
_OF_BUCKETS: Final[Mapping[str, tuple[str, ...]]] = {
    "Read": ("GetBucketLocation", "GetBucketObjectLockConfiguration", "GetBucketVersioning"),
    "List": ("ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"),
}


def policy(allowed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What a service may do, bucket by bucket, as a policy of S3."""
    said = []
    for bucket, actions in allowed.items():
        of_bucket = [name for one in actions for name in _OF_BUCKETS.get(one, ())]
        of_objects = [name for one in actions for name in _OF_OBJECTS.get(one, _locking(one))]
        said += [
            _statement(f"arn:aws:s3:::{bucket}", of_bucket),
            _statement(f"arn:aws:s3:::{bucket}/*", of_objects),
        ]
    return {"Version": "2012-10-17", "Statement": said}


def _locking(action: str) -> tuple[str, ...]:
    return (action,) if action in seaweedfs.LOCKING else ()


def _statement(resource: str, actions: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [f"s3:{name}" for name in actions], "Resource": [resource]}


def prepare(administrator: str, told: Path) -> None:
    """The buckets, and where JEJAK_STORE says minio the users too. Raises StoreAway, CannotStart."""
    address = S3Address.from_url(administrator)
    run(ensure_buckets(address, work=seaweedfs.WORK_BUCKET, archive=seaweedfs.ARCHIVE_BUCKET))
    if os.environ.get(KIND, "") == "minio":
        _make_users(address, told)


def _make_users(address: S3Address, told: Path) -> None:
    from minio.credentials.providers import StaticProvider
    from minio.error import MinioAdminException
    from minio.minioadmin import MinioAdmin

    where: dict[str, Any] = {name: getattr(address, name) for name in ("endpoint", "region", "secure")}
    admin = MinioAdmin(credentials=StaticProvider(address.access, address.secret), **where)
    try:
        for service in SERVICES:
            own = S3Address.from_url((told / service / "s3").read_text().strip())
            admin.user_add(own.access, own.secret)
            admin.policy_add(f"jejak-{service}", policy=policy(seaweedfs.rights()[service]))
            admin.policy_set(f"jejak-{service}", user=own.access)
    except MinioAdminException as error:
        raise CannotStart("store-users", reason=str(error)[:300]) from None
