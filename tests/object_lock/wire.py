"""S3 as it goes over the wire, written from the specification and sharing no code with the product's client.

The lock checks speak through it, because several of them need requests
that a client library would never send.
"""

import hashlib
import hmac
import http.client
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

EMPTY: Mapping[str, str] = {}


class ServerBroke(Exception):
    """A 5xx: the server failed, so nothing can be said about the lock."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes

    @property
    def done(self) -> bool:
        return self.status < 300

    @property
    def refused(self) -> bool:
        return 400 <= self.status < 500


@dataclass(frozen=True, slots=True)
class Wire:
    """One server and one pair of credentials."""

    endpoint: str
    access: str
    secret: str = field(repr=False)

    def with_secret(self, secret: str) -> "Wire":
        return replace(self, secret=secret)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = EMPTY,
        headers: Mapping[str, str] = EMPTY,
        body: bytes = b"",
        signed: bool = True,
        claimed: bytes | None = None,
    ) -> Reply:
        """`path` is `bucket` or `bucket/key`. `claimed` signs for another body than the one that is sent."""
        url = f"/{quote(path)}?{_query(query)}"
        stamp, digest = (
            _stamp(datetime.now(UTC)),
            hashlib.sha256(body if claimed is None else claimed).hexdigest(),
        )
        sent = {"host": self.endpoint, **{name.lower(): value for name, value in headers.items()}}
        if signed:
            sent |= {"x-amz-date": stamp, "x-amz-content-sha256": digest}
            names = ";".join(sorted(sent))
            canonical = "\n".join([method, f"/{quote(path)}", _query(query), _lines(sent), names, digest])
            sent["authorization"] = (
                f"AWS4-HMAC-SHA256 Credential={self._scope(stamp)}, SignedHeaders={names}, "
                f"Signature={self._sign(stamp, canonical)}"
            )
        return self.raw(method, url, sent, body)

    def presigned(self, path: str, *, at: datetime, seconds: int, query: Mapping[str, str] = EMPTY) -> str:
        """A GET address that was signed at `at` and holds for `seconds`."""
        stamp = _stamp(at)
        full = dict(query) | {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": self._scope(stamp),
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        }
        canonical = "\n".join(
            ["GET", f"/{quote(path)}", _query(full), f"host:{self.endpoint}\n", "host", "UNSIGNED-PAYLOAD"]
        )
        return f"/{quote(path)}?{_query(full)}&X-Amz-Signature={self._sign(stamp, canonical)}"

    def raw(self, method: str, url: str, headers: Mapping[str, str] = EMPTY, body: bytes = b"") -> Reply:
        connection = http.client.HTTPConnection(self.endpoint, timeout=30)
        try:
            connection.request(
                method, url, body=body or None, headers={**headers, "Content-Length": str(len(body))}
            )
            response = connection.getresponse()
            reply = Reply(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
        finally:
            connection.close()
        if reply.status >= 500:
            raise ServerBroke(f"{method} {url.partition('?')[0]} → {reply.status} {reply.body[:200]!r}")
        return reply

    def _scope(self, stamp: str) -> str:
        return f"{self.access}/{stamp[:8]}/us-east-1/s3/aws4_request"

    def _sign(self, stamp: str, canonical: str) -> str:
        scope = self._scope(stamp).partition("/")[2]
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def md5(body: bytes) -> str:
    """The Content-MD5 that S3 wants on lock settings and multi-deletes."""
    return b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def sha256(body: bytes) -> str:
    """As S3 writes a checksum."""
    return b64encode(hashlib.sha256(body).digest()).decode()


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _query(query: Mapping[str, str]) -> str:
    return urlencode(sorted(query.items()), quote_via=quote, safe="-_.~")


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
