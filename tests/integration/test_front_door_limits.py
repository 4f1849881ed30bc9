"""The front door itself, a real Caddy, against senders that are too large, too slow or never done."""

import socket
import time
from collections.abc import Iterator

import httpx2
import pytest

from deploy.front_door.settings import DoorSettings
from shared.service_names import SERVICES
from tests.support.front_door import Door, Echo, front_door, serving

BEHIND = {name: Echo(name) for name in SERVICES if name != "archive"}


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with serving(BEHIND) as upstreams, front_door(upstreams) as found:
        yield found


@pytest.fixture
def browser(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.address, timeout=30) as client:
        yield client


def test_a_body_over_every_limit_is_refused_with_a_sentence(browser: httpx2.Client) -> None:
    answer = browser.post("/isian", content=b"x" * 31_000_000, headers={"Accept": "text/html"})
    assert answer.status_code == 413
    assert "terlalu besar" in answer.text


def test_headers_over_the_limit_are_refused(door: Door) -> None:
    answer = door.raw(
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 60_000 + b"\r\nConnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 431")


def test_450_unfinished_bodies_and_headers_and_slow_readers_keep_nobody_waiting(door: Door) -> None:
    """No sender reaches a service before its form is whole;
    everybody else is answered while they all are there.
    """
    before = BEHIND["verification"].begun
    body = b"POST /verifikasi HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50000\r\n\r\nfigures="
    head = b"GET /verifikasi HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    reader = b"GET /isian?large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    unfinished = [door.connection() for _ in range(940)]
    try:
        for number, there in enumerate(unfinished):
            there.sendall(body if number < 450 else head if number < 900 else reader)
        with httpx2.Client(base_url=door.address, timeout=5) as browser:
            assert [browser.get(path).status_code for path in ("/", "/dokumen", "/verifikasi") * 10] == [
                200
            ] * 30
            assert browser.post("/dokumen", data={"a": "b"}).status_code == 200
        waits = BEHIND["verification"].begun - before - 10
        assert waits <= 5, "only the door's own health checks and our questions reached the service"
    finally:
        for there in unfinished:
            there.close()


def test_senders_that_stop_or_drip_are_ended_and_honest_slow_ones_are_not() -> None:
    """All side by side: nothing any more, single bytes,
    and a modem's pace for longer than a sender may pause.
    """
    pause, length = 2, 60_000
    begin = (
        b"POST /dokumen HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        % length
    )
    with (
        serving({"documents": Echo("documents")}) as upstreams,
        front_door(upstreams, DoorSettings(sender_patience=pause)) as door,
    ):
        silent, dripping, honest = (door.connection() for _ in range(3))
        for there in (silent, dripping, honest):
            there.sendall(begin)
        ended: set[socket.socket] = set()
        for _ in range(length // 3_000):
            honest.sendall(b"x" * 3_000)
            for there in {silent, dripping} - ended:
                if gave_up(there, b"x" if there is dripping else b""):
                    ended.add(there)
            time.sleep(2 * pause * 3_000 / length)
        assert honest.recv(65536).startswith(b"HTTP/1.1 200")
        while len(ended) < 2:  # on a busy machine a little later
            ended |= {there for there in (silent, dripping) if gave_up(there, b"")}
        for there in (silent, dripping, honest):
            there.close()


def gave_up(there: socket.socket, drip: bytes) -> bool:
    """Whether the door has ended that connection; if not, it gets the next drip."""
    there.settimeout(0.01)
    try:
        there.sendall(drip)
        there.recv(65536)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
