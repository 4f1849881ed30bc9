"""Somebody who has everything that one service was told: what of the others it opens. It must be nothing.

Tried on the whole installation with each service's own environment:
other databases, the sessions, other feeds, other buckets.
"""

import asyncio
import re
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psycopg
import pytest

from deploy.local.instance import Instance
from deploy.local.seaweedfs import ARCHIVE_BUCKET, WORK_BUCKET
from shared.objects.address import S3Address
from shared.objects.port import Bucket, Denied, Lock, Objects
from shared.objects.s3 import connect
from shared.service_names import SERVICES
from shared.settings import TOLD

WORDS = re.compile(r"[A-Za-z0-9_+/-]{20,}=*")
SECRETS = [
    name
    for name, field in TOLD.items()
    if isinstance(field.json_schema_extra, dict) and field.json_schema_extra["secret"]
]


def secrets_of(jejak: Instance, service: str, *, but: tuple[str, ...] = ()) -> set[str]:
    environment = jejak.env(service)
    return {word for name in SECRETS if name not in but for word in WORDS.findall(environment.get(name, ""))}


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_is_told_to_two_services(jejak: Instance, service: str) -> None:
    but = ("JEJAK_KAFKA",) if jejak.embedded else ()
    own = secrets_of(jejak, service, but=but)
    assert len(own) >= 5
    for other in SERVICES:
        if other != service:
            assert own & secrets_of(jejak, other, but=but) == set(), f"{service} and {other}"


@pytest.mark.parametrize("service", SERVICES)
def test_its_ways_into_databases_lead_into_no_other(jejak: Instance, service: str) -> None:
    environment = jejak.env(service)
    own = {environment["JEJAK_DATABASE_URL"], environment["JEJAK_ACCESS_DATABASE_URL"]}
    with psycopg.connect(jejak.server.admin_url) as conn:
        databases = [str(name) for (name,) in conn.execute(b"SELECT datname FROM pg_database")]
    assert {f"jejak_{name}" for name in (*SERVICES, "access")} <= set(databases)
    opened, refusals = [], list[str]()
    for way in own:
        for database in databases:
            url = urlunsplit((*urlsplit(way)[:2], f"/{database}", "", ""))
            try:
                with psycopg.connect(url, connect_timeout=5) as conn:
                    opened.append(url)
                    roles = conn.execute(
                        b"SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = "
                        b"current_user"
                    ).fetchone()
                    assert roles == (False,)
            except psycopg.OperationalError as refusal:
                refusals.append(str(refusal))
    assert set(opened) == own
    assert all("permission denied" in refusal or "not currently accepting" in refusal for refusal in refusals)


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "intake"])
def test_it_makes_nobody_a_session_and_ends_none(jejak: Instance, service: str) -> None:
    with psycopg.connect(jejak.env(service)["JEJAK_ACCESS_DATABASE_URL"], autocommit=True) as conn:
        for call in (
            b"SELECT start_session('\\x00', 'hesti', '1 hour', '1 hour')",
            b"SELECT end_session('\\x00')",
            b"SELECT * FROM session",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(call)


@pytest.mark.parametrize("service", SERVICES)
def test_each_of_its_secrets_opens_the_one_feed_that_it_is_for(jejak: Instance, service: str) -> None:
    environment = jejak.env(service)
    meant = dict(pair.split("=") for pair in environment["JEJAK_FEED_SECRETS"].split(","))
    known = {word for name in TOLD for word in WORDS.findall(environment.get(name, ""))} - set(meant.values())
    with httpx2.Client() as http:
        for source in SERVICES:
            for secret in known | set(meant.values()):
                answer = http.get(
                    f"{jejak.service_address(source)}/api/{source}/heads",
                    headers={"Authorization": f"Bearer {secret}"},
                )
                wanted = 200 if meant.get(source) == secret else 401
                assert answer.status_code == wanted, f"a secret of {service} at the feed of {source}"


@pytest.mark.parametrize("service", SERVICES)
async def test_its_key_to_the_object_store_does_no_more_than_its_work(jejak: Instance, service: str) -> None:
    store = connect(
        S3Address.from_url(jejak.env(service)["JEJAK_S3"]), work=WORK_BUCKET, archive=ARCHIVE_BUCKET
    )
    admin = connect(S3Address.from_url(jejak.s3), work=WORK_BUCKET, archive=ARCHIVE_BUCKET)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    work = await admin.work.put(f"bukti {service}".encode(), media_type="text/plain")
    filed = await admin.archive.put(
        f"arsip {service}".encode(), media_type="text/plain", lock=Lock("governance", until)
    )
    reads, writes = (
        {"work": SERVICES, "archive": ("archive",)},
        {"work": ("intake", "documents"), "archive": ("archive",)},
    )
    for name, kept in (("work", work), ("archive", filed)):
        bucket: Bucket = getattr(store, name)
        assert await allowed(bucket.get(kept.key)) == (service in reads[name]), f"{service} reads {name}"
        assert await allowed(bucket.put(f"lain {service}".encode(), media_type="text/plain")) == (
            service in writes[name]
        ), f"{service} writes {name}"
        if service not in writes[name]:
            attempts = [
                bucket.remove(kept.key),
                bucket.remove(kept.key, kept.version),
                bucket.remove(kept.key, kept.version, bypass=True),
                bucket.extend(kept.key, kept.version, Lock("compliance", until + timedelta(days=365))),
                bucket.hold(kept.key, kept.version),
                bucket.listing(""),
            ]
            assert [await allowed(attempt) for attempt in attempts] == [False] * 6, f"{service} at {name}"
    assert not await allowed(asyncio.to_thread(_bucket_work, store)), f"{service} makes or removes buckets"
    assert await admin.archive.get(filed.key, filed.version) == f"arsip {service}".encode()


async def allowed(attempt: Awaitable[Any]) -> bool:
    try:
        await attempt
    except Denied:
        return False
    return True


def _bucket_work(store: Objects) -> None:
    """Raises Denied when neither a new bucket can be made nor an old one removed."""
    from minio.error import S3Error

    client = store.work._client  # type: ignore[attr-defined]
    refused = []
    for call in (
        lambda: client.make_bucket("jejak-lain"),
        lambda: client.remove_bucket(ARCHIVE_BUCKET),
        lambda: client.remove_bucket(WORK_BUCKET),
    ):
        try:
            call()
        except S3Error as error:
            refused.append(error.code)
    if refused == ["AccessDenied"] * 3:
        raise Denied("AccessDenied", "no bucket was made or removed")
