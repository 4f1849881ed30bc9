"""One connection to a front door, as cheap as can be, for it shares the cores with what is measured:
requests written by hand, answers read by their length.
"""

import asyncio
from collections.abc import Mapping
from typing import Self

from deploy.local.ports import LOOPBACK


class Line:
    """HTTP/1.1 over one connection that stays, one request after the other."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(LOOPBACK, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes = b""
    ) -> tuple[int, bytes]:
        """Status and body of the answer."""
        said = {"Host": f"{LOOPBACK}:{self._port}", **headers, "Content-Length": str(len(content))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content)
        status, told = head_of(await self._reader.readuntil(b"\r\n\r\n"))
        if told.get("transfer-encoding") == "chunked":
            return status, await self._chunks()
        return status, await self._reader.readexactly(int(told.get("content-length", 0)))

    async def _chunks(self) -> bytes:
        found = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            found += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readuntil(b"\r\n")
        return found


def head_of(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers (in small letters) of an answer's head."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return int(first.split()[1]), {name.lower(): value.strip().lower() for name, value in pairs}
