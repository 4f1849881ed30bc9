"""The ground on which the lock checks stand: fresh objects, and the few requests that touch a lock."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.object_lock.wire import EMPTY, Reply, Wire, md5, sha256

BYPASS = {"x-amz-bypass-governance-retention": "true"}


class Broken(AssertionError):
    """The store did what the lock must prevent, or did not do what it must."""


class NoGround(Exception):
    """The preparation failed, so the check itself was never made."""


def expect(held: bool, sentence: str) -> None:
    if not held:
        raise Broken(sentence)


def soon(days: float = 1) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Version:
    """One version, with what was put and asked for."""

    path: str
    version: str
    body: bytes
    mode: str
    until: datetime


@dataclass(slots=True)
class Ground:
    """A server with one bucket under Object Lock and one with versions only."""

    wire: Wire
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    locked: str = ""
    plain: str = ""

    def __post_init__(self) -> None:
        self.locked = self.bucket("locked")
        self.plain = self.bucket("plain", lock=False)

    def bucket(self, name: str, *, lock: bool = True) -> str:
        bucket = f"{name}-{self.run}-{secrets.token_hex(2)}"
        prepared(
            self.wire.send(
                "PUT", bucket, headers={"x-amz-bucket-object-lock-enabled": "true"} if lock else EMPTY
            )
        )
        if not lock:
            body = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            prepared(
                self.wire.send(
                    "PUT", bucket, query={"versioning": ""}, body=body, headers={"content-md5": md5(body)}
                )
            )
        return bucket

    def path(self, bucket: str = "") -> str:
        return f"{bucket or self.locked}/{secrets.token_hex(8)}"

    def put(self, mode: str = "", days: float = 1, *, path: str = "", hold: bool = False) -> Version:
        """A new version, under lock where `mode` says so."""
        path, body, until = path or self.path(), secrets.token_bytes(64), soon(days)
        headers = lock_headers(mode, until) if mode else {}
        if hold:
            headers["x-amz-object-lock-legal-hold"] = "ON"
        reply = prepared(
            self.wire.send("PUT", path, headers={"x-amz-checksum-sha256": sha256(body), **headers}, body=body)
        )
        return Version(path, reply.headers.get("x-amz-version-id", ""), body, mode, until)

    def read(self, version: Version) -> Reply:
        return self.wire.send("GET", version.path, query={"versionId": version.version})

    def head(self, version: Version, headers: Mapping[str, str] = EMPTY) -> Reply:
        return self.wire.send("HEAD", version.path, query={"versionId": version.version}, headers=headers)

    def delete(self, version: Version, headers: Mapping[str, str] = EMPTY) -> Reply:
        return self.wire.send("DELETE", version.path, query={"versionId": version.version}, headers=headers)

    def multi_delete(self, version: Version, headers: Mapping[str, str] = EMPTY) -> Reply:
        """The answer is 200 even for a refusal, which stands in the body; this turns it into a status."""
        bucket, _, key = version.path.partition("/")
        body = (
            f"<Delete><Object><Key>{key}</Key><VersionId>{version.version}</VersionId></Object></Delete>"
        ).encode()
        reply = self.wire.send(
            "POST", bucket, query={"delete": ""}, headers={"content-md5": md5(body), **headers}, body=body
        )
        return Reply(403, reply.headers, reply.body) if b"<Error>" in reply.body else reply

    def retain(
        self, version: Version, mode: str, until: datetime, headers: Mapping[str, str] = EMPTY
    ) -> Reply:
        return self.set_retention(
            version,
            f"<Retention><Mode>{mode}</Mode><RetainUntilDate>{iso(until)}</RetainUntilDate></Retention>",
            headers,
        )

    def set_retention(self, version: Version, xml: str, headers: Mapping[str, str] = EMPTY) -> Reply:
        body, query = xml.encode(), {"retention": "", "versionId": version.version}
        return self.wire.send(
            "PUT", version.path, query=query, headers={"content-md5": md5(body), **headers}, body=body
        )

    def retention(self, version: Version) -> tuple[str, datetime] | None:
        """Mode and moment as the server tells them, None where it knows of none."""
        reply = self.wire.send("GET", version.path, query={"retention": "", "versionId": version.version})
        mode = re.search(rb"<Mode>(\w+)</Mode>", reply.body)
        until = re.search(rb"<RetainUntilDate>([^<]+)</RetainUntilDate>", reply.body)
        return (mode[1].decode(), datetime.fromisoformat(until[1].decode())) if mode and until else None

    def hold(self, version: Version, state: str) -> Reply:
        body, query = (
            f"<LegalHold><Status>{state}</Status></LegalHold>".encode(),
            {"legal-hold": "", "versionId": version.version},
        )
        return self.wire.send("PUT", version.path, query=query, headers={"content-md5": md5(body)}, body=body)

    def rule(self, bucket: str, mode: str = "", days: int = 0) -> Reply:
        """The bucket's default lock; without a mode there is none any more."""
        default = (
            f"<Rule><DefaultRetention><Mode>{mode}</Mode><Days>{days}</Days></DefaultRetention></Rule>"
            if mode
            else ""
        )
        body = (
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
            f"{default}</ObjectLockConfiguration>"
        ).encode()
        return self.wire.send(
            "PUT", bucket, query={"object-lock": ""}, headers={"content-md5": md5(body)}, body=body
        )

    def stands(self, version: Version) -> None:
        """The bytes are all there and the lock is the one that was put."""
        reply = self.read(version)
        expect(reply.done and reply.body == version.body, "the version is gone or altered")
        if version.mode:
            expect(
                self.retention(version) == (version.mode, version.until),
                f"its lock is now {self.retention(version)}",
            )


def lock_headers(mode: str, until: datetime) -> dict[str, str]:
    return {"x-amz-object-lock-mode": mode, "x-amz-object-lock-retain-until-date": iso(until)}


def prepared(reply: Reply) -> Reply:
    if not reply.done:
        raise NoGround(f"{reply.status} {reply.body[:300]!r}")
    return reply
