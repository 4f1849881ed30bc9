"""Take a stream in: hash it while it goes to a temporary file, stop at a limit.

Previous hop: an upload route. Next hop: `Bucket.put` with the path and the digest.
The other way: an object on its way out, on disk until its last byte was compared.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HEAD = 4096
PIECE = 256 * 1024


class TooLarge(Exception):
    """The stream is longer than allowed; nothing of it was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit} bytes")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that came in: where it lies for now, its SHA-256 in hex, its size,
    and its first bytes for telling the type.
    """

    path: Path
    digest: str
    size: int
    head: bytes


@asynccontextmanager
async def spooled(chunks: AsyncIterable[bytes], *, limit: int) -> AsyncIterator[Spooled]:
    """The stream as a file that lives as long as the block.
    Raises TooLarge as soon as `limit` bytes are passed.
    """
    with tempfile.NamedTemporaryFile(prefix="jejak-") as file:
        yield await _take(chunks, file, Path(file.name), limit)


async def _take(chunks: AsyncIterable[bytes], file: IO[bytes], path: Path, limit: int) -> Spooled:
    digest, size, head = hashlib.sha256(), 0, b""
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        if len(head) < HEAD:
            head = (head + chunk)[:HEAD]
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(file.flush)
    return Spooled(path=path, digest=digest.hexdigest(), size=size, head=head)


class Fetched:
    """An object that was read whole: its size, its first bytes, and its bytes piece by piece, once.
    The disk space is free when nobody holds it.
    """

    def __init__(self, file: IO[bytes], size: int, head: bytes) -> None:
        self._file, self.size, self.head = file, size, head

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes, from the beginning."""
        try:
            while piece := await asyncio.to_thread(self._file.read, PIECE):
                yield piece
        finally:
            self._file.close()


async def fetched(chunks: AsyncIterable[bytes]) -> Fetched:
    """Reads a stream to its end, into a file that has no name and vanishes with its last holder.
    Raises what the stream raises.
    """
    file, size, head = tempfile.TemporaryFile(prefix="jejak-"), 0, b""  # noqa: SIM115 - lives as long as what is answered
    try:
        async for chunk in chunks:
            size, head = size + len(chunk), (head + chunk)[:HEAD] if len(head) < HEAD else head
            await asyncio.to_thread(file.write, chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Fetched(file, size, head)
