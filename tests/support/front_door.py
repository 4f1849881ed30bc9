"""The real front door in front of whatever a test puts behind it,
and raw sockets for what no client library would send.
"""

import asyncio
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from deploy.front_door.settings import DoorSettings
from deploy.local import caddy, ports
from deploy.local.supervision.supervisor import Supervisor
from shared.service_names import SERVICES

Scope, Message = dict[str, Any], dict[str, Any]


@contextmanager
def front_door(upstreams: Mapping[str, str], settings: DoorSettings | None = None) -> Iterator["Door"]:
    """A running Caddy; `upstreams` may leave services out, which then are away."""
    folder = Path(tempfile.mkdtemp(prefix="jejak-door-"))
    (folder / "logs").mkdir()
    supervisor = Supervisor()
    # several that answer for one service stand with commas between; at the discard port nothing listens
    behind = {name: upstreams.get(name, "127.0.0.1:9").split(",") for name in SERVICES}
    port = ports.free_ports(1)[0]
    chosen = settings or DoorSettings()
    try:
        supervisor.start([caddy.prepare(folder, chosen, port, behind)])
        yield Door(chosen, port, folder)
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Door:
    """Where the door listens and what it wrote."""

    def __init__(self, settings: DoorSettings, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.address = settings.address(port)

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def raw(self, sent: bytes) -> bytes:
        """Sends these bytes and answers everything that comes until the door closes."""
        with self.connection() as there:
            there.sendall(sent)
            got = b""
            while piece := there.recv(65536):
                got += piece
        return got

    @property
    def logged(self) -> str:
        return "".join(path.read_text() for path in sorted((self.folder / "logs").iterdir()))


class Echo:
    """A service in miniature: says what arrived;
    `/…/die` ends the connection after the command took effect.
    """

    def __init__(self, name: str) -> None:
        self.name, self.begun = name, 0
        self.effects: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.begun += 1
        request, query = Request(scope, receive), scope["query_string"].decode("latin-1")
        with suppress(ClientDisconnect):
            body = await request.body()
            if request.method not in {"GET", "HEAD"}:
                self.effects.append(body)
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
            said = {"service": self.name, "method": request.method, "path": scope["path"], "query": query}
            told = json.dumps({**said, "headers": headers, "size": len(body)}).encode()
            pieces = [b"j" * 60_000] * 400 if "large" in query else [told]
            kind = "application/pdf" if "pdf" in query or "large" in query else "application/json"
            length = {"content-length": str(sum(map(len, pieces)))}
            status = 303 if scope["path"] == "/masuk" else 200
            answer = StreamingResponse(one_by_one(pieces), status, length, kind)
            answer.raw_headers += [(b"set-cookie", b"one=1; Path=/"), (b"set-cookie", b"two=2; Path=/")]
            await answer(scope, receive, send)


async def one_by_one(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@contextmanager
def serving(applications: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Applications on ports of their own, in one thread, in which they are opened where they can be;
    answers name → host:port.
    """
    found: dict[str, str] = {}
    started, stop = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    async def serve() -> None:
        async with AsyncExitStack() as opened:
            apps = {
                name: await opened.enter_async_context(app) if hasattr(app, "__aenter__") else app
                for name, app in applications.items()
            }
            servers = {
                name: uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
                for name, app in apps.items()
            }
            tasks = [asyncio.create_task(server.serve()) for server in servers.values()]
            while not all(server.started for server in servers.values()):  # noqa: ASYNC110  uvicorn has no event for it
                await asyncio.sleep(0.01)
            found.update(
                {
                    name: f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
                    for name, server in servers.items()
                }
            )
            started.set()
            await asyncio.to_thread(stop.wait)
            for server in servers.values():
                server.should_exit = True
            await asyncio.gather(*tasks)

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001  told where it is waited for
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait()
    if failed:
        raise failed[0]
    yield found
    stop.set()
    thread.join(30)
