"""A collector of traces as OTLP/HTTP has it, on a port of its own; and collectors that misbehave."""

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PATH = "/v1/traces"


class Collected:
    """What came: spans by trace, each with its service, and all bytes."""

    def __init__(self) -> None:
        self.address, self.bytes = "", b""
        self.traces: dict[str, list[tuple[str, Span]]] = defaultdict(list)

    def take(self, content: bytes) -> None:
        said = ExportTraceServiceRequest.FromString(content)
        self.bytes += content
        for of_service in said.resource_spans:
            known = {one.key: one.value.string_value for one in of_service.resource.attributes}
            for scope in of_service.scope_spans:
                for span in scope.spans:
                    self.traces[span.trace_id.hex()].append((known["service.name"], span))

    def spans(self) -> list[tuple[str, Span]]:
        return [span for trace in list(self.traces.values()) for span in list(trace)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    collected: ClassVar[Collected]
    status: ClassVar[int]

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == PATH and self.status == 200:
            self.collected.take(content)
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's
        """Nothing."""


@contextmanager
def collecting(status: int = 200) -> Iterator[Collected]:
    """A collector that keeps what it gets, or that only says this status."""
    collected = Collected()
    handler = type("Handler", (_Handler,), {"collected": collected, "status": status})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    collected.address = f"http://127.0.0.1:{server.server_port}{PATH}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collected
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def misbehaving(kind: str) -> Iterator[str]:
    """`hangs`: never a word; `talks`: an answer without an end; `drips`: a header, a sign at a time;
    `away`: nobody listens; `500`: always. The address.
    """
    if kind == "500":
        with collecting(500) as refusing:
            yield refusing.address
        return
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    if kind == "away":
        listener.close()
        yield address
        return
    threading.Thread(target=_listen, args=(listener, kind, over), daemon=True).start()
    yield address
    over.set()
    listener.close()


def _listen(listener: socket.socket, kind: str, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(OSError):
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(connection, kind, over), daemon=True).start()


def _answer(connection: socket.socket, kind: str, over: threading.Event) -> None:
    with suppress(OSError), connection:
        connection.recv(65_536)
        if kind == "talks":
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.is_set():
            if kind == "talks":
                connection.sendall(b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n")
            elif kind == "drips":
                connection.sendall(b"H")
                time.sleep(0.2)
            else:
                over.wait()
