"""The 11 checks that a good store passes; where one fails, the application's own checks must carry it."""

import time
from datetime import UTC, datetime, timedelta

from tests.object_lock.check import Check, refuses
from tests.object_lock.ground import BYPASS, Ground, Version, expect, lock_headers, prepared, soon
from tests.object_lock.wire import Reply, md5, sha256

SECOND = 1 / 86400


def wrong_checksum(ground: Ground) -> Reply:
    headers = {"x-amz-checksum-sha256": sha256(b"lain"), "x-amz-sdk-checksum-algorithm": "SHA256"}
    return ground.wire.send("PUT", ground.path(), headers=headers, body=b"isi")


def wrong_md5(ground: Ground) -> Reply:
    return ground.wire.send("PUT", ground.path(), headers={"content-md5": md5(b"lain")}, body=b"isi")


def head_checksum(ground: Ground) -> None:
    version = ground.put("COMPLIANCE")
    told = ground.head(version, {"x-amz-checksum-mode": "ENABLED"}).headers.get("x-amz-checksum-sha256")
    expect(told == sha256(version.body), f"HEAD tells the checksum {told!r}")


def write_once(ground: Ground) -> None:
    version = ground.put()
    reply = ground.wire.send("PUT", version.path, headers={"if-none-match": "*"}, body=b"lain")
    expect(reply.refused, f"a second write was answered with {reply.status}")


def presigned_expired(ground: Ground) -> None:
    version, now = ground.put(), datetime.now(UTC)
    prepared(ground.wire.raw("GET", ground.wire.presigned(version.path, at=now, seconds=60)))
    late = ground.wire.raw(
        "GET", ground.wire.presigned(version.path, at=now - timedelta(minutes=10), seconds=60)
    )
    expect(late.refused, f"an address that ran out was answered with {late.status}")


def copied_then_locked(ground: Ground) -> None:
    """Lock headers on the copy itself are another matter: see COPY_WITH_LOCK."""
    source, path, until = ground.put(), ground.path(), soon()
    copied = prepared(ground.wire.send("PUT", path, headers={"x-amz-copy-source": f"/{source.path}"}))
    copy = Version(path, copied.headers.get("x-amz-version-id", ""), source.body, "COMPLIANCE", until)
    prepared(ground.retain(copy, copy.mode, until))
    expect(ground.delete(copy, BYPASS).refused, "the copy could be deleted")
    ground.stands(copy)


def copy_with_lock(ground: Ground) -> None:
    source, path = ground.put(), ground.path()
    headers = {"x-amz-copy-source": f"/{source.path}", **lock_headers("COMPLIANCE", soon())}
    query = {
        "versionId": prepared(ground.wire.send("PUT", path, headers=headers)).headers.get(
            "x-amz-version-id", ""
        )
    }
    expect(ground.wire.send("DELETE", path, query=query, headers=BYPASS).refused, "the copy could be deleted")


def expiry_frees(ground: Ground) -> None:
    version = ground.put("COMPLIANCE", 3 * SECOND)
    expect(ground.delete(version).refused, "it went while its lock held")
    for _ in range(60):
        if ground.delete(version).done:
            return
        time.sleep(0.5)
    expect(False, "it cannot be deleted long after its lock ended")


def hold_lifted(ground: Ground) -> None:
    version = ground.put(hold=True)
    expect(ground.delete(version).refused, "it went while it was held")
    expect(ground.hold(version, "OFF").done, "the hold could not be lifted")
    expect(ground.delete(version).done, "it cannot be deleted after the hold was lifted")


def unlocked_bucket(ground: Ground) -> Reply:
    body = b"isi"
    headers = {"x-amz-checksum-sha256": sha256(body), **lock_headers("COMPLIANCE", soon())}
    return ground.wire.send("PUT", ground.path(ground.plain), headers=headers, body=body)


def unknown_mode(ground: Ground) -> Reply:
    body = b"isi"
    headers = {"x-amz-checksum-sha256": sha256(body), **lock_headers("SELAMANYA", soon())}
    return ground.wire.send("PUT", ground.path(), headers=headers, body=body)


def half_a_lock(ground: Ground) -> Reply:
    body = b"isi"
    return ground.wire.send(
        "PUT",
        ground.path(),
        headers={"x-amz-checksum-sha256": sha256(body), "x-amz-object-lock-mode": "COMPLIANCE"},
        body=body,
    )


CHECKS = (
    Check("wrong-checksum", "a put whose SHA-256 is wrong is refused", refuses(wrong_checksum)),
    Check("wrong-md5", "a put whose Content-MD5 is wrong is refused", refuses(wrong_md5)),
    Check("head-checksum", "HEAD tells the SHA-256 that was sent", head_checksum),
    Check("write-once", "If-None-Match: * refuses a second write", write_once),
    Check("presigned-expired", "a presigned address ends when it says", presigned_expired),
    Check("copied-then-locked", "a copy made on the server can be put under lock", copied_then_locked),
    Check("expiry-frees", "a version can be deleted after its lock ended, not before", expiry_frees),
    Check("hold-lifted", "a version can be deleted after its hold was lifted, not before", hold_lifted),
    Check(
        "unlocked-bucket",
        "a bucket without Object Lock refuses a lock instead of forgetting it",
        refuses(unlocked_bucket),
    ),
    Check("unknown-mode", "a mode that does not exist is refused", refuses(unknown_mode)),
    Check("half-a-lock", "a mode without a date is refused", refuses(half_a_lock)),
)

COPY_WITH_LOCK = Check(
    "copy-with-lock", "a copy made on the server takes the lock given with it", copy_with_lock
)
"""Not counted: SeaweedFS 4.48 copies and forgets the lock, the bucket's rule too.
The adapter therefore never copies on the server.
"""
