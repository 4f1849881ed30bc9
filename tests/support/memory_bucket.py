"""A bucket in memory, as far as a room without a real store needs one."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from shared.contracts.values import StoredFile
from shared.objects.port import NotThere, Stored, key_of


class Bucket:
    """Files by key, in memory; with `every` there is a file at every key, with this in it."""

    name = "work"

    def __init__(self, every: bytes | None = None) -> None:
        self.content: dict[str, tuple[bytes, str]] = {}
        self.every = every

    async def put(
        self, content: bytes | Path, *, media_type: str, digest: str | None = None, **_more: Any
    ) -> Stored:
        taken = content if isinstance(content, bytes) else content.read_bytes()  # noqa: ASYNC240 - a scan of a few bytes
        found = hashlib.sha256(taken).hexdigest()
        assert digest in {None, found}
        self.content[key_of(found)] = (taken, media_type)
        return await self.stat(key_of(found))

    async def get(self, key: str, _version: str | None = None) -> bytes:
        return self._at(key)[0]

    async def stream(self, key: str, _version: str | None = None) -> AsyncIterator[bytes]:
        content = await self.get(key)

        async def pieces() -> AsyncIterator[bytes]:
            yield content

        return pieces()

    async def stat(self, key: str, version: str | None = None) -> Stored:
        content, media_type = self._at(key)
        return Stored(key=key, version=version or "", size=len(content), media_type=media_type)

    def _at(self, key: str) -> tuple[bytes, str]:
        if key not in self.content and self.every is None:
            raise NotThere(key)
        return self.content.get(key) or (self.every or b"", "application/pdf")


def as_file(stored: Stored, name: str) -> StoredFile:
    """What was stored, as events carry it under the name that a person gave it."""
    return StoredFile(digest=stored.digest, name=name, media_type=stored.media_type, size=stored.size)
