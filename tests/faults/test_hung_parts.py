"""Parts of a running Jejak halted, as no crash would show it:
readers hear of it within seconds, and each is found and started again.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

from deploy.local.instance import Instance
from deploy.local.supervision import pulse
from tests.support.breaking import halt


@pytest.fixture
def impatient(jejak: Instance) -> Iterator[Instance]:
    """Found after two seconds of silence instead of ten."""
    usual = {name: part.hung_after for name, part in jejak.supervisor.parts.items()}
    for part in jejak.supervisor.parts.values():
        part.hung_after = 2.0
    jejak.supervisor._pulses.clear()
    yield jejak
    for name, part in jejak.supervisor.parts.items():
        part.hung_after = usual[name]
    jejak.supervisor._pulses.clear()


@pytest.mark.test_all
def test_a_halted_service_and_a_halted_front_door_are_found_and_come_back(impatient: Instance) -> None:
    before = {name: impatient.pid(name) for name in ("documents", "front-door")}
    halt(before["documents"])
    with httpx2.Client(base_url=impatient.address, timeout=60) as browser:
        answer = browser.get("/api/documents/health/live")
        assert (answer.status_code, answer.json().get("service")) == (503, "documents")
        assert browser.get("/api/intake/health/live").status_code == 200, "the others go on"
    halt(before["front-door"])
    while any(impatient.pid(name) == pid for name, pid in before.items()):
        time.sleep(0.1)
    while not ready(impatient.address):
        time.sleep(0.1)


def ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/api/documents/health/ready", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.test_all
@pytest.mark.parametrize("name", ["postgres", "kafka", "seaweedfs"])
def test_a_halted_part_has_no_pulse_though_its_port_is_open(
    jejak: Instance, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "ANSWER_S", 0.5)
    part = jejak.supervisor.parts[name]
    answers: Callable[[], bool] | None = part.answers
    if answers is None:
        pytest.skip("a server that was given is not ours to halt")
    pid = jejak.pid(name)
    assert answers()
    halt(pid)
    try:
        assert not answers()
    finally:
        os.kill(pid, signal.SIGCONT)
    while not answers():
        time.sleep(0.05)
