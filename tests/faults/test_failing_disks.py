"""A disk that is full or that has become read-only under a running Jejak: page and terminal say it in one
sentence, nothing that was acknowledged is lost or done twice, and it goes on when the disk is mended.
"""

import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.demo.caller import Caller, Positions
from deploy.local import ports
from deploy.local.service_process import PEOPLE
from shared.ground.watch import refusal
from tests.faults.file_systems import Mounted, file_system
from tests.faults.terminal import Terminal, jejak

KABAG, OPERATOR = "hesti", "dimas"
AGENCY = {"short_name": "D", "occurred_on": "2026-01-05"}
ROOM_MIB = 2_200


@pytest.fixture
def disk() -> Iterator[Mounted]:
    with file_system(ROOM_MIB) as found:
        yield found


class Office:
    """Who registers agencies through the front door, and what was acknowledged."""

    def __init__(self, port: int, folder: Path) -> None:
        self.folder, self.address = folder, f"http://127.0.0.1:{port}"
        self.caller = Caller(self.address, KABAG, Positions())
        self.operator = Caller(self.address, OPERATOR, Positions())
        self.http = httpx2.Client(base_url=self.address, timeout=60, headers=dict(self.caller._http.headers))
        self.acknowledged: list[str] = []

    def register(self, name: str, key: str) -> "httpx2.Response":
        said = self.http.put(
            f"/api/intake/agencies/{name}",
            json={"name": f"Dinas {name}", **AGENCY},
            headers={"Idempotency-Key": key},
        )
        if said.is_success:
            self.acknowledged.append(name)
        return said

    def until_refused(self) -> tuple[str, str, dict[str, Any]]:
        """Registers one after the other until one is refused; answers which, its key and the problem."""
        while True:
            name, key = f"d{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
            said = self.register(name, key)
            if not said.is_success:
                assert said.status_code == 503, (said.text, refusal(self.folder))
                return name, key, said.json()

    def stuck(self) -> str:
        """The page *Macet* of intake, as the operator has it open."""
        return self.operator.fetch("/intake/macet").decode()

    def form(self) -> str:
        """What a person sees who sends the form of agencies, once it is not taken."""
        while True:
            name = f"f{uuid.uuid4().hex[:8]}"
            typed = {"code": name, "name": f"Dinas {name}", "short_name": "F", "_command": uuid.uuid4().hex}
            said = self.http.post("/opd", data=typed, headers={"Accept": "text/html"})
            if said.status_code == 503:
                return said.text
            assert said.status_code == 303, said.text
            self.acknowledged.append(name)

    def agencies(self) -> list[str]:
        """Those that are not of the seed."""
        seed = tomllib.loads(PEOPLE.read_text(encoding="utf-8"))["agencies"]
        found = [one["agency"] for one in self.caller.ask("/api/intake/agencies")]
        return [name for name in found if name not in seed]

    def again(self, name: str, key: str) -> None:
        """The same request with the same key, until somebody is there to take it."""
        self.caller._patiently(
            "PUT",
            f"/api/intake/agencies/{name}",
            json={"name": f"Dinas {name}", **AGENCY},
            headers={"Idempotency-Key": key},
        )
        self.acknowledged.append(name)


def started(folder: Path, port: int) -> Terminal:
    terminal = Terminal("--no-demo", "--parts", "real", "--port", str(port), "--data", folder)
    terminal.until("is ready after")
    return terminal


@pytest.mark.test_all
def test_a_full_disk_is_said_and_with_room_it_goes_on_by_itself(disk: Mounted, kafka_jars: Path) -> None:
    port, folder = ports.free_ports(1)[0], disk.place / "var"
    terminal = started(folder, port)
    try:
        office = Office(port, folder)
        assert office.register("pertama", uuid.uuid4().hex).is_success
        disk.fill()
        name, key, problem = office.until_refused()
        terminal.until("The disk of")
        while problem["type"] != "urn:jejak:problem:storage-full":  # until the services have looked as well
            problem = office.register(name, key).json()
        assert problem["title"] == "Penyimpanan penuh"
        assert "Penyimpanan penuh" in office.form()
        assert f"Disk di {folder} penuh" in office.stuck(), "what was recorded can still be read"
        told = jejak("doctor", "--data", folder)
        assert told.returncode == 1
        assert "make room and Jejak goes on by itself" in told.stdout

        before = len(terminal.lines)
        disk.make_room()
        terminal.until("takes what is written again", before)
        office.again(name, key)
        found = office.agencies()
        assert sorted(found) == sorted(set(office.acknowledged)), "each once, none lost"
        office.register("terakhir", uuid.uuid4().hex)
        assert terminal.stop() == 0
    finally:
        terminal.end()


@pytest.mark.test_all
def test_a_disk_that_turned_read_only_is_said_and_once_mended_all_is_there(
    disk: Mounted, kafka_jars: Path
) -> None:
    port, folder = ports.free_ports(1)[0], disk.place / "var"
    terminal = started(folder, port)
    try:
        office = Office(port, folder)
        assert office.register("pertama", uuid.uuid4().hex).is_success
        disk.break_down()
        name, key, problem = office.until_refused()
        terminal.until("is read-only")
        while problem["type"] != "urn:jejak:problem:storage-read-only":
            problem = office.register(name, key).json()
        assert problem["title"] == "Penyimpanan hanya dapat dibaca"
        told = jejak("doctor", "--data", folder)
        assert told.returncode == 1
        assert "mount it for writing again" in told.stdout
        terminal.stop()
        assert "Traceback" not in terminal.said

        refused = jejak("up", "--no-demo", "--data", folder, "--port", str(port))
        assert refused.returncode == 1
        assert "read-only" in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1, "one sentence"
    finally:
        terminal.end()
    disk.mend()
    terminal = started(folder, port)
    try:
        again = Office(port, folder)
        again.acknowledged = office.acknowledged
        again.again(name, key)
        assert sorted(again.agencies()) == sorted(set(again.acknowledged))
    finally:
        terminal.end()
