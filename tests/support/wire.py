"""A wire between a client and a real server, that a test can cut, freeze and mend:
an outage without stopping a part that others use.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass
class Wire:
    """Forwards what comes to `port` of this machine to a server.
    `cut`: connections end and new ones are refused; `freeze`: silence.
    """

    host: str
    to_port: int
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)

    async def mend(self) -> None:
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()

    def drop(self) -> None:
        """Ends what is open; new connections go on."""
        for writer in list(self._open):
            with suppress(RuntimeError):
                writer.transport.abort()

    def freeze(self) -> None:
        self._flowing.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._flowing.wait()
            there, back = await asyncio.open_connection(self.host, self.to_port)
            self._open.add(back)
            try:
                await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
            finally:
                self._open.discard(back)
                back.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            with suppress(RuntimeError):
                writer.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(65536):
                await self._flowing.wait()
                target.write(piece)
                await target.drain()
        with suppress(OSError, RuntimeError):
            target.close()

    def through(self, url: str) -> str:
        """The same address, by way of this wire."""
        parts = urlsplit(url)
        entering = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return urlunsplit(parts._replace(netloc=f"{entering}127.0.0.1:{self.port}"))


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A mended wire to the server of an address."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "127.0.0.1", parts.port or 5432)
    await wire.mend()
    try:
        yield wire
    finally:
        wire._flowing.set()
        await wire.cut()
