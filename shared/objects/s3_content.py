"""The bytes of an object on their way to a store, measured, with the checksum that the server compares;
and on their way back, compared.

Previous hop: `s3.py`, with bytes or a file. Next hop: the client. A key ends with the SHA-256 of its content.
"""

import hashlib
import io
from base64 import b64encode
from pathlib import Path

from shared.objects.port import Corrupt

Parts = dict[str, str | list[str] | tuple[str]]
ONE_PUT = 64 * 1024 * 1024
"""Up to this size an object goes in one request whose checksum the server can compare; above it in parts."""


def measure(content: bytes | Path) -> tuple[str, int]:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), content.stat().st_size


def reader_of(content: bytes | Path) -> io.BytesIO | io.BufferedReader:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def checksum(key: str, size: int) -> Parts:
    """AWS demands a checksum on puts under lock.
    The digest of the whole cannot stand on an upload in parts.
    """
    if size > ONE_PUT:
        return {}
    digest = bytes.fromhex(key.rpartition("/")[2])
    return {"x-amz-checksum-sha256": b64encode(digest).decode(), "x-amz-sdk-checksum-algorithm": "SHA256"}


def must_match(key: str, found: str) -> None:
    if found != key.rpartition("/")[2]:
        raise Corrupt(f"{key}: the store answered bytes with SHA-256 {found}")
