"""The front door in front of a real server: bodies, headers, cookies, redirects and queries arrive as they were sent."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from starlette.testclient import TestClient

from deploy.local import front_door


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        asked = {
            "method": self.command,
            "path": self.path,
            "headers": dict(self.headers.items()),
            "size": len(body),
            "body": body[:40].decode(),
        }
        text = json.dumps(asked).encode()
        self.send_response(303 if self.path.startswith("/masuk") else 200)
        self.send_header("content-length", str(len(text)))
        self.send_header("set-cookie", "one=1; Path=/")
        self.send_header("set-cookie", "two=2; Path=/")
        self.send_header("location", "/siklus")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def browser() -> Iterator[TestClient]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    routes = dict.fromkeys(front_door.FIRST_PARTS, f"http://127.0.0.1:{server.server_port}")
    with TestClient(front_door.create_app(routes), base_url="http://localhost:8400", follow_redirects=False) as client:
        yield client
    server.shutdown()
    server.server_close()


def test_the_service_sees_the_whole_path_and_query(browser: TestClient) -> None:
    assert (
        browser.get("/isian/3402-2026/Dinas%20Kesehatan?q=a%2Fb&q=%C3%A9").json()["path"]
        == "/isian/3402-2026/Dinas%20Kesehatan?q=a%2Fb&q=%C3%A9"
    )


def test_a_large_body_arrives_whole_and_a_form_as_it_was_sent(browser: TestClient) -> None:
    assert browser.post("/api/intake/files", content=b"x" * 3_000_000).json()["size"] == 3_000_000
    assert browser.post("/masuk", data={"person": "sri"}).json()["body"] == "person=sri"


def test_redirects_and_every_cookie_go_back_to_the_browser(browser: TestClient) -> None:
    answer = browser.post("/masuk", data={})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/siklus"
    assert answer.headers.get_list("set-cookie") == ["one=1; Path=/", "two=2; Path=/"]


def test_the_service_learns_the_real_host_and_nobody_can_forge_where_he_comes_from(browser: TestClient) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "Forwarded": "for=10.0.0.1", "X-Real-IP": "10.0.0.1"}
    seen = {name.lower(): value for name, value in browser.get("/", headers=forged).json()["headers"].items()}
    assert seen["host"] == "localhost:8400"
    assert seen["x-forwarded-host"] == "localhost:8400"
    assert seen["x-forwarded-proto"] == "http"
    assert "10.0.0.1" not in json.dumps(seen)
    assert "evil" not in json.dumps(seen)


def test_conditions_of_a_command_are_handed_on(browser: TestClient) -> None:
    sent = {"If-Match": 'W/"submission@3"', "Idempotency-Key": "abc", "Jejak-Position": "intake:x@1", "Cookie": "jejak_session=t"}
    seen = {name.lower(): value for name, value in browser.put("/api/intake/x", headers=sent, content=b"{}").json()["headers"].items()}
    assert {name: seen[name.lower()] for name in sent} == sent


def test_head_has_no_body_and_keeps_its_length(browser: TestClient) -> None:
    answer = browser.head("/")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0
