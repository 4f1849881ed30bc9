"""The front door itself, a real Caddy: what it hands on, what it keeps out,
what it says when nobody is behind it.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest

from deploy.front_door.config import FALLBACK, FORGEABLE, paths_of
from shared.service_names import SERVICES
from shared.web.frame.static_files import FOLDER, static
from shared.web.middleware.security import SECURITY
from tests.support.front_door import Door, Echo, front_door, serving

AWAY = "archive"
BEHIND = {name: Echo(name) for name in SERVICES if name != AWAY}


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with serving(BEHIND) as upstreams, front_door(upstreams) as found:
        yield found


@pytest.fixture
def browser(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.address, timeout=30) as client:
        yield client


def headers_seen(answer: httpx2.Response) -> dict[str, str]:
    return dict(answer.json()["headers"])


@pytest.mark.parametrize("service", sorted(BEHIND))
def test_a_service_answers_its_own_paths_and_all_below_them(browser: httpx2.Client, service: str) -> None:
    for path in paths_of(service):
        below = (
            [] if path == "/" else [f"{path}/", f"{path}/3402-2026/Dinas%20Kesehatan", f"{path.upper()}/x"]
        )
        for asked in [path, *below]:
            assert browser.get(asked).json()["service"] == service, asked


@pytest.mark.parametrize(
    "path",
    ["/favicon.ico", "/isianx", "/api/nobody", "/api", "/.env", "/%2e%2e/isian", "//arsipx", "/wp-login.php"],
)
def test_what_nobody_claims_goes_to_the_service_whose_page_says_so(browser: httpx2.Client, path: str) -> None:
    assert browser.get(path).json()["service"] == FALLBACK


def test_path_query_body_and_cookies_arrive_as_they_were_sent(browser: httpx2.Client) -> None:
    asked = browser.get("/isian/3402-2026/Dinas%20Kesehatan?q=a%2Fb&q=%C3%A9").json()
    assert (asked["path"], asked["query"]) == ("/isian/3402-2026/Dinas Kesehatan", "q=a%2Fb&q=%C3%A9")
    assert browser.post("/api/intake/files", content=b"x" * 3_000_000).json()["size"] == 3_000_000
    answer = browser.post("/masuk", data={"person": "sri"})
    assert answer.status_code == 303
    assert answer.headers.get_list("set-cookie") == ["one=1; Path=/", "two=2; Path=/"]


def test_conditions_of_a_command_are_handed_on(browser: httpx2.Client) -> None:
    sent = {
        "if-match": 'W/"submission@3"',
        "idempotency-key": "abc",
        "jejak-position": "intake:x@1",
        "cookie": "jejak_session=t",
    }
    seen = headers_seen(browser.put("/api/intake/x", headers=sent, content=b"{}"))
    assert {name: seen[name] for name in sent} == sent


def test_nobody_can_forge_where_a_request_comes_from(browser: httpx2.Client, door: Door) -> None:
    names = [
        name.replace("*", end)
        for name in FORGEABLE
        for end in (["For", "Host", "Proto", "Port", "Url"] if "*" in name else [""])
    ]
    seen = headers_seen(browser.get("/", headers=dict.fromkeys(names, "evil.example")))
    assert "evil" not in json.dumps(seen)
    assert (seen["x-forwarded-for"], seen["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert seen["x-forwarded-host"] == seen["host"] == f"127.0.0.1:{door.port}"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "jejak", "", "127.0.0.2", "localhost.evil"]
)
def test_a_name_that_is_not_ours_is_refused_before_any_service_hears_of_it(door: Door, host: str) -> None:
    before = sum(echo.begun for echo in BEHIND.values())
    answer = door.raw(
        f"GET /api/intake/session HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.split(b"\r\n")[0].split(b" ")[1] in {b"421", b"400"}
    later = sum(echo.begun for echo in BEHIND.values())
    assert later - before <= len(BEHIND), "only the door's own health checks"
    assert b'"service"' not in answer


def test_two_names_at_once_are_refused(door: Door) -> None:
    for hosts in ("Host: 127.0.0.1\r\nHost: evil.example", "Host: 127.0.0.1\r\nHost: 127.0.0.1"):
        assert door.raw(f"GET / HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n".encode()).startswith(
            b"HTTP/1.1 400"
        )


def test_the_names_of_this_machine_are_ours(door: Door) -> None:
    for host in ("127.0.0.1", "localhost", f"localhost:{door.port}", "LOCALHOST", "[::1]:99"):
        answer = door.raw(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 200"), (host, answer[:100])


def test_head_has_no_body_and_keeps_its_length(browser: httpx2.Client) -> None:
    answer = browser.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_text_is_compressed_and_what_is_compressed_already_is_not(door: Door, encoding: str) -> None:
    def asked(path: str) -> bytes:
        request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {encoding}\r\nX-Long: "
            f"{'x' * 1000}\r\nConnection: close\r\n\r\n"
        )
        return door.raw(request.encode()).partition(b"\r\n\r\n")[0].lower()

    assert f"content-encoding: {encoding}".encode() in asked("/isian")
    assert f"content-encoding: {encoding}".encode() in asked(static("jejak.css"))
    assert b"content-encoding" not in asked("/isian?pdf")


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_static_files_are_kept_for_a_year_under_the_digest_and_asked_again_without_it(
    browser: httpx2.Client, name: str
) -> None:
    kept, asked = browser.get(static(name)), browser.get(f"/static/{name}")
    assert (kept.content, asked.content) == ((FOLDER / name).read_bytes(),) * 2
    assert "immutable" in kept.headers["cache-control"]
    assert asked.headers["cache-control"] == "no-cache"
    assert browser.get(f"/static/{name}", headers={"If-None-Match": asked.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/arsip", {"Accept": "text/html"}, 503),
        ("/arsip", {}, 503),
        ("/static/none.css", {}, 404),
        ("/static/none.css?v=1", {"Accept": "text/html"}, 404),
        ("/static/jejak.css", {}, 200),
        ("/isian", {"Host": "evil.example"}, 421),
        ("/isian", {"Host": "evil.example", "Accept": "text/html"}, 421),
        ("/front-door/health", {}, 200),
    ],
)
def test_every_answer_of_the_door_itself_is_protected_and_says_nothing_about_it(
    browser: httpx2.Client, path: str, headers: dict[str, str], status: int
) -> None:
    answer = browser.get(path, headers=headers)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert not {"server", "via"} & set(answer.headers)
    if status >= 400:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == (
            "text/html; charset=utf-8" if "Accept" in headers else "application/problem+json"
        )
        assert "Accept" in headers or answer.json()["status"] == status


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/archive/audit", {"Accept": "text/html"}),
        ("/arsip", {"Accept": "application/json"}),
        ("/arsip", {"Accept": "*/*"}),
        ("/arsip", {"Accept": "text/html", "HX-Request": "true"}),
        ("/arsip", {"Accept": "text/html", "Sec-Fetch-Dest": "empty"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_program_gets_a_problem_while_the_service_is_away(
    browser: httpx2.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = browser.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert (answer.json()["service"], answer.json()["status"]) == (AWAY, 503)
    assert int(answer.headers["retry-after"]) > 0


def test_a_person_who_looked_gets_a_page_that_opens_by_itself(browser: httpx2.Client) -> None:
    answer = browser.get("/arsip", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert "away.js" in answer.text
    assert "terbuka sendiri" in answer.text
    assert "opens by itself" in answer.text
    assert "<b>archive</b>" in answer.text


def test_a_person_who_sent_a_form_gets_a_page_that_never_asks_by_itself(browser: httpx2.Client) -> None:
    answer = browser.post("/arsip", headers={"Accept": "text/html"}, data={"a": "b"})
    assert answer.status_code == 503
    assert "refresh" not in answer.text.lower()
    assert "away.js" in answer.text
    assert "Muat ulang" in answer.text.replace("muat ulang", "Muat ulang")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_command_whose_connection_broke_is_never_asked_again_by_the_door(method: str) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as dying:

        def die() -> None:
            while True:
                try:
                    there, _ = dying.accept()
                except OSError:
                    return
                with there:
                    # heard it, maybe did it, and died before the answer
                    heard.append(there.recv(65536).split(b" ")[0])

        threading.Thread(target=die, daemon=True).start()
        with front_door({"documents": f"127.0.0.1:{dying.getsockname()[1]}"}) as door:
            assert httpx2.request(method, f"{door.address}/dokumen", content=b"x").status_code == 503
            commands = heard.count(method.encode())
            assert httpx2.get(f"{door.address}/dokumen").status_code == 503
        dying.shutdown(socket.SHUT_RDWR)
    assert commands == 1
    assert heard.count(b"GET") >= 2, "a question may be asked again"


def test_the_logs_hold_no_query_no_cookie_and_no_header(browser: httpx2.Client, door: Door) -> None:
    for path in ("/isian?q=r4h4s1a", "/arsip?q=r4h4s1a"):
        browser.get(
            path,
            headers={
                "Cookie": "jejak_session=r4h4s1a",
                "Authorization": "Bearer r4h4s1a",
                "Referer": "http://x/?r4h4s1a",
            },
        )
    while not ('"/isian"' in door.logged and '"/arsip"' in door.logged):
        time.sleep(0.02)
    assert "r4h4s1a" not in door.logged
