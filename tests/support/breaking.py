"""What a test does to a part: a wire between a client and a real server that is cut, frozen and mended,
without stopping a part that others use; and a process that is halted as no crash would show it.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
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


def halt(pid: int) -> None:
    """Stop every thread of process `pid`. The signal is only asked for:
    a thread on another core may go on for a moment, and answer.
    """
    os.kill(pid, signal.SIGSTOP)
    with suppress(FileNotFoundError):  # whoever watches it may have ended it by now
        while any(state(thread) not in "TZX" for thread in Path(f"/proc/{pid}/task").iterdir()):
            time.sleep(0.005)


def state(thread: Path) -> str:
    """The letter of its state (proc(5)); X where it has just ended."""
    try:
        return (thread / "stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"
