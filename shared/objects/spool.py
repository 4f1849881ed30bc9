"""Take a stream in: hash it while it goes to a temporary file, stop at a limit.

Previous hop: an upload route. Next hop: `Bucket.put` with the path and the digest.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class TooLarge(Exception):
    """The stream is longer than allowed; nothing of it was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit} bytes")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that came in: where it lies for now, its SHA-256 in hex, its size, and its first bytes for telling the type."""

    path: Path
    digest: str
    size: int
    head: bytes


@asynccontextmanager
async def spooled(chunks: AsyncIterable[bytes], *, limit: int) -> AsyncIterator[Spooled]:
    """The stream as a file that lives as long as the block. Raises TooLarge as soon as `limit` bytes are passed."""
    with tempfile.NamedTemporaryFile(prefix="jejak-") as file:
        yield await _take(chunks, file, Path(file.name), limit)


async def _take(chunks: AsyncIterable[bytes], file: IO[bytes], path: Path, limit: int) -> Spooled:
    digest, size, head = hashlib.sha256(), 0, b""
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        if len(head) < 4096:
            head = (head + chunk)[:4096]
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(file.flush)
    return Spooled(path=path, digest=digest.hexdigest(), size=size, head=head)
