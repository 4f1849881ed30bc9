"""The 28 checks without which a store is no archive."""

import re

from tests.object_lock.check import Check, refuses, withstands
from tests.object_lock.ground import BYPASS, Ground, expect, lock_headers, prepared, soon
from tests.object_lock.wire import Reply, md5, sha256


def extend(ground: Ground) -> None:
    version, longer = ground.put("COMPLIANCE"), soon(2)
    expect(ground.retain(version, "COMPLIANCE", longer).done, "a longer lock was refused")
    expect(
        ground.retention(version) == ("COMPLIANCE", longer), "the longer lock was accepted and not recorded"
    )


def overwrite(ground: Ground) -> None:
    version = ground.put("COMPLIANCE")
    ground.put(path=version.path)
    ground.stands(version)


def delete_marker(ground: Ground) -> None:
    version = ground.put("COMPLIANCE")
    ground.wire.send("DELETE", version.path)
    ground.stands(version)


def governance_bypass(ground: Ground) -> None:
    version = ground.put("GOVERNANCE")
    expect(ground.delete(version).refused, "it went without the header")
    expect(ground.delete(version, BYPASS).done, "it did not go with the header")
    expect(ground.read(version).refused, "it was said to be deleted and can still be read")


def governance_to_compliance(ground: Ground) -> None:
    version, until = ground.put("GOVERNANCE"), soon(2)
    expect(ground.retain(version, "COMPLIANCE", until, BYPASS).done, "the stronger mode was refused")
    expect(ground.delete(version, BYPASS).refused, "the bypass still works")
    expect(ground.retention(version) == ("COMPLIANCE", until), "the stronger lock is not recorded")


def default_applied(ground: Ground) -> None:
    bucket = ground.bucket("default")
    prepared(ground.rule(bucket, "COMPLIANCE", 3))
    version = ground.put(path=ground.path(bucket))
    found = ground.retention(version)
    expect(found is not None and found[0] == "COMPLIANCE" and found[1] > soon(2), f"the lock is {found}")
    expect(ground.delete(version, BYPASS).refused, "it could be deleted")


def default_removed(ground: Ground) -> None:
    bucket = ground.bucket("removed")
    prepared(ground.rule(bucket, "COMPLIANCE", 3))
    version = ground.put(path=ground.path(bucket))
    ground.rule(bucket)
    expect(ground.delete(version, BYPASS).refused, "without the rule the old version is free")
    ground.stands(version)


def default_changed(ground: Ground) -> None:
    bucket = ground.bucket("changed")
    prepared(ground.rule(bucket, "COMPLIANCE", 3))
    version = ground.put(path=ground.path(bucket))
    ground.rule(bucket, "GOVERNANCE", 1)
    found = ground.retention(version)
    expect(found is not None and found[0] == "COMPLIANCE" and found[1] > soon(2), f"the lock is now {found}")


def suspend_versions(ground: Ground) -> Reply:
    body = b"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
    return ground.wire.send(
        "PUT", ground.locked, query={"versioning": ""}, body=body, headers={"content-md5": md5(body)}
    )


def drop_bucket(ground: Ground) -> None:
    bucket = ground.bucket("drop")
    version = ground.put("COMPLIANCE", path=ground.path(bucket))
    ground.wire.send("DELETE", version.path)
    expect(ground.wire.send("DELETE", bucket).refused, "the bucket was dropped")
    ground.stands(version)


def multipart(ground: Ground) -> None:
    path, body, until = ground.path(), b"bagian " * 100, soon()
    begun = prepared(
        ground.wire.send("POST", path, query={"uploads": ""}, headers=lock_headers("COMPLIANCE", until))
    )
    upload = re.search(rb"<UploadId>([^<]+)</UploadId>", begun.body)
    query = {"uploadId": upload[1].decode() if upload else ""}
    part = prepared(
        ground.wire.send(
            "PUT", path, query=query | {"partNumber": "1"}, body=body, headers={"content-md5": md5(body)}
        )
    )
    done = (
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
        f"<ETag>{part.headers['etag']}</ETag></Part></CompleteMultipartUpload>"
    )
    reply = prepared(ground.wire.send("POST", path, query=query, body=done.encode()))
    query = {"versionId": reply.headers.get("x-amz-version-id", "")}
    expect(ground.wire.send("DELETE", path, query=query, headers=BYPASS).refused, "it could be deleted")
    head = ground.wire.send("HEAD", path, query=query)
    expect(head.headers.get("x-amz-object-lock-mode") == "COMPLIANCE", "the lock of the upload was forgotten")


def past(ground: Ground) -> Reply:
    body, headers = b"kemarin", lock_headers("COMPLIANCE", soon(-1))
    return ground.wire.send(
        "PUT", ground.path(), headers={"x-amz-checksum-sha256": sha256(body), **headers}, body=body
    )


def wrong_secret(ground: Ground) -> None:
    version = ground.put("GOVERNANCE")
    stranger = ground.wire.with_secret("bukan-kuncinya-sama-sekali")
    query = {"versionId": version.version}
    expect(stranger.send("GET", version.path, query=query).refused, "a stranger could read")
    expect(
        stranger.send("DELETE", version.path, query=query, headers=BYPASS).refused, "a stranger could delete"
    )
    ground.stands(version)


def unsigned(ground: Ground) -> None:
    version = ground.put("GOVERNANCE")
    query = {"versionId": version.version}
    expect(ground.wire.send("GET", version.path, query=query, signed=False).refused, "anyone could read")
    expect(ground.wire.send("PUT", version.path, body=b"lain", signed=False).refused, "anyone could write")
    expect(
        ground.wire.send("DELETE", version.path, query=query, headers=BYPASS, signed=False).refused,
        "anyone could delete",
    )
    ground.stands(version)


def head_tells(ground: Ground) -> None:
    version = ground.put("COMPLIANCE", hold=True)
    headers = ground.head(version).headers
    expect(headers.get("x-amz-object-lock-mode") == "COMPLIANCE", "HEAD does not tell the mode")
    until = headers.get("x-amz-object-lock-retain-until-date", "")
    expect(until[:19] == version.until.isoformat()[:19], f"HEAD tells the date {until!r}")
    expect(headers.get("x-amz-object-lock-legal-hold") == "ON", "HEAD does not tell the legal hold")


CHECKS = (
    Check(
        "compliance-delete",
        "a version under compliance cannot be deleted",
        withstands(lambda g, v: g.delete(v)),
    ),
    Check(
        "compliance-delete-bypass",
        "nor with the governance bypass",
        withstands(lambda g, v: g.delete(v, BYPASS)),
    ),
    Check("compliance-multi-delete", "nor by a multi-delete", withstands(lambda g, v: g.multi_delete(v))),
    Check(
        "compliance-multi-delete-bypass",
        "nor by a multi-delete with the bypass",
        withstands(lambda g, v: g.multi_delete(v, BYPASS)),
    ),
    Check(
        "compliance-shorten",
        "its lock cannot be shortened",
        withstands(lambda g, v: g.retain(v, v.mode, soon(0.5))),
    ),
    Check(
        "compliance-shorten-bypass",
        "nor with the bypass",
        withstands(lambda g, v: g.retain(v, v.mode, soon(0.5), BYPASS)),
    ),
    Check(
        "compliance-downgrade",
        "it cannot become governance",
        withstands(lambda g, v: g.retain(v, "GOVERNANCE", v.until)),
    ),
    Check(
        "compliance-downgrade-bypass",
        "nor with the bypass",
        withstands(lambda g, v: g.retain(v, "GOVERNANCE", v.until, BYPASS)),
    ),
    Check(
        "compliance-clear",
        "its lock cannot be taken away",
        withstands(lambda g, v: g.set_retention(v, "<Retention/>", BYPASS)),
    ),
    Check("compliance-extend", "its lock can be made longer", extend),
    Check("overwrite-keeps-old", "a new version leaves the locked one readable", overwrite),
    Check("delete-marker-keeps-old", "a delete marker leaves the locked one readable", delete_marker),
    Check(
        "governance-delete",
        "a version under governance cannot simply be deleted",
        withstands(lambda g, v: g.delete(v), "GOVERNANCE"),
    ),
    Check(
        "governance-shorten",
        "nor its lock be shortened",
        withstands(lambda g, v: g.retain(v, v.mode, soon(0.5)), "GOVERNANCE"),
    ),
    Check("governance-bypass", "it goes with the bypass and only with it", governance_bypass),
    Check(
        "governance-to-compliance",
        "with the bypass it can be made compliance, and then no bypass helps",
        governance_to_compliance,
    ),
    Check(
        "hold-delete",
        "a legal hold alone prevents deletion",
        withstands(lambda g, v: g.delete(v), "", hold=True),
    ),
    Check(
        "hold-beats-bypass",
        "a legal hold beats the bypass",
        withstands(lambda g, v: g.delete(v, BYPASS), "GOVERNANCE", hold=True),
    ),
    Check("default-applied", "a put without a lock gets that of the bucket's rule", default_applied),
    Check("default-removed", "removing the rule frees nothing", default_removed),
    Check("default-changed", "a weaker rule weakens nothing that is there", default_changed),
    Check("versions-stay", "versioning cannot be suspended", refuses(suspend_versions)),
    Check("bucket-stays", "the bucket cannot be dropped", drop_bucket),
    Check("multipart-locked", "an upload in parts is under its lock", multipart),
    Check("past-refused", "a lock that ends in the past is refused", refuses(past)),
    Check("wrong-secret", "a wrong secret opens nothing", wrong_secret),
    Check("unsigned", "an unsigned request opens nothing", unsigned),
    Check("head-tells", "HEAD tells mode, date and legal hold", head_tells),
)
