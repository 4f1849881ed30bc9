"""The outermost layer of a service, on a real server: host names, cookies of any shape,
and a failure that stays its own.
"""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import structlog
from fastapi import FastAPI

from shared.web.middleware.security import SECURITY
from tests.support.applications import HERE, bearer, listening
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import running_app

PATHS = (
    "/hitung",
    "/masuk",
    "/api/intake/tally",
    "/api/intake/session",
    "/api/intake/health/live",
    "/static/jejak.css",
    "/nothing",
)


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("outermost")
    install(database)
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with running_app(database) as made:
        yield made
    structlog.reset_defaults()


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with listening(app) as found:
        yield found


async def raw(address: str, sent: bytes) -> bytes:
    host, _, port = address.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "jejak.test.evil",
        "",
        "127.0.0.2",
        "evil.example:8400",
        "localhost@evil",
        "[::2]",
    ],
)
async def test_a_name_that_is_not_ours_gets_nothing_on_any_path(address: str, host: str) -> None:
    authorization = bearer("sri")["Authorization"]
    for path in PATHS:
        asked = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nConnection: "
            "close\r\n\r\n"
        )
        head, _, body = (await raw(address, asked.encode())).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 421"), (path, host, head)
        assert b"wrong-host" in body
        assert b"Sri" not in body


async def test_two_names_or_none_get_nothing(address: str) -> None:
    for hosts in ("Host: jejak.test\r\nHost: evil.example", "Host: jejak.test\r\nHost: jejak.test", "X: y"):
        answer = await raw(address, f"GET /masuk HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n".encode())
        assert answer.split(b" ")[1] in {b"421", b"400"}


async def test_our_own_names_are_answered(address: str) -> None:
    ours = HERE.removeprefix("http://")
    for host in (
        "127.0.0.1",
        "localhost",
        "LOCALHOST:80",
        "[::1]:9",
        "[::1]",
        ours,
        f"{ours}:",
        f"{ours}:8400",
        ours.upper(),
    ):
        answer = await raw(
            address, f"GET /masuk HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        assert answer.startswith(b"HTTP/1.1 200"), host


ODD_COOKIES = (
    b"a@b=1", b"a(b=1", b"a b=1", b"=", b";;;", b"=x; =y", b"a", b'a="', b'a="\\', b"a=\xff\xfe", b"\xe4=1",
        b"a=1,b=2", b"$Version=1", b"path=/; expires=x",
    b"jejak_bahasa=xx", b'jejak_bahasa="', b"jejak_session=" + b"x" * 6000, b"jejak_session=a.b.c",
    b"jejak_session=\xff", b"jejak_kabar=%FF%00%ED%A0%80",
    b"jejak_kabar=\x01", b"jejak_posisi=x:@-1", b"jejak_posisi=\xff",
    b"; ".join(b"c%d=1" % number for number in range(300)),
    b"[a]=1", b"{a}=1", b"a<b>=1", b"a/b=1", b"a:b=1", b"a?b=1", b"a,b=1", b"\ta=1", b"__Host-x=1",
    b"httponly", b"secure; a@b=1",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_a_cookie_of_any_shape_changes_no_answer(address: str, path: str) -> None:
    """Ports of one host share their cookies, so that any program of this machine can leave one here."""

    async def status(cookie: bytes) -> bytes:
        lines = b"Cookie: " + cookie + b"\r\n" if cookie else b""
        return (
            await raw(
                address,
                b"GET "
                + path.encode()
                + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + lines
                + b"Connection: close\r\n\r\n",
            )
        )[9:12]

    expected = await status(b"")
    for cookie in ODD_COOKIES:
        # 400: no header at all, by the server's own parser
        assert await status(cookie) in {expected, b"400"}, cookie


async def test_the_language_is_found_among_odd_cookies(address: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as http:
        answer = await http.get("/masuk", headers={"Cookie": "a@b=1; jejak_bahasa=en; a(b=2"})
    assert answer.headers["content-language"] == "en"


async def test_a_failure_is_one_answer_and_the_connection_goes_on(address: str) -> None:
    """The front door keeps its connections for other people's requests,
    so a failure must not end one after it was answered.
    """
    limits = httpx2.Limits(max_connections=1)
    async with httpx2.AsyncClient(base_url=address, limits=limits) as http:
        opened: list[str] = []

        async def trace(name: str, _info: object) -> None:
            if name == "connection.connect_tcp.complete":
                opened.append(name)

        for _ in range(5):
            failed = await http.get("/api/intake/broken", headers=bearer("sri"), extensions={"trace": trace})
            assert failed.status_code == 500
            assert {name: failed.headers.get(name) for name in SECURITY} == SECURITY
            fine = await http.post(
                "/api/intake/tally/dinkes",
                json={"step": 1},
                headers=bearer("sri"),
                extensions={"trace": trace},
            )
            assert fine.status_code == 200
    assert len(opened) == 1


async def test_nothing_but_static_files_is_kept_by_anybody(address: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as http:
        for path in PATHS:
            answer = await http.get(path, headers=bearer("sri"))
            kept = answer.headers["content-type"].startswith("text/css")
            assert answer.headers.get("cache-control") == (None if kept else "no-store"), path
