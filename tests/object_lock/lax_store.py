"""An S3 server that says yes to everything and keeps nothing:
no versions, no locks, no signatures, no checksums.

Every lock check and the product's self-test must fail here; a check that passes could never fail.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit


class _Lax(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        path, query, body = self._request()
        source = self.headers.get("x-amz-copy-source")
        if source:
            body = self.objects.get(unquote(source).lstrip("/"), b"")
        if "/" in path and not {"retention", "legal-hold"} & query.keys():
            self.objects[path] = body
        self._answer(
            200,
            b"<CopyObjectResult/>" if source else b"",
            {"ETag": '"e"', "x-amz-version-id": secrets.token_hex(8)},
        )

    def do_POST(self) -> None:
        path, query, body = self._request()
        for key in re.findall(rb"<Key>([^<]+)</Key>", body) if "delete" in query else ():
            self.objects.pop(f"{path}/{key.decode()}", None)
        answer = b"<R><UploadId>u</UploadId></R>" if "uploads" in query else b"<DeleteResult/>"
        self._answer(200, answer, {"x-amz-version-id": secrets.token_hex(8)})

    def do_GET(self) -> None:
        path, query, _ = self._request()
        if "/" not in path:
            self._answer(
                200,
                b"<VersioningConfiguration/>"
                if "versioning" in query
                else b"<ListVersionsResult><Name>b</Name></ListVersionsResult>",
            )
        elif path in self.objects and "retention" not in query:
            self._answer(
                200,
                self.objects[path],
                {"x-amz-version-id": "v", "Last-Modified": "Mon, 02 Feb 2026 00:00:00 GMT"},
            )
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    do_HEAD = do_GET  # noqa: N815 - the name is the base class's

    def do_DELETE(self) -> None:
        path, _, _ = self._request()
        self.objects.pop(path, None)
        self._answer(204, b"")

    def _request(self) -> tuple[str, dict[str, list[str]], bytes]:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return unquote(url.path).strip("/"), parse_qs(url.query, keep_blank_values=True), body

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/xml",
            **(headers or {}),
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: the answers are looked at by the tests."""


@contextmanager
def lax_store() -> Iterator[str]:
    """The store's host:port while the block runs."""
    handler = type("Lax", (_Lax,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
