"""`jejak up`, `status` and `down` as a person types them: one start, one accident, one clean end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from deploy.front_door.config import LEFT_ALONE_S
from deploy.local import places, ports
from deploy.local.instance import Instance
from deploy.local.service_process import environment_file, says_ready
from deploy.local.supervision.child import started_at
from services.archive.proof import verifier
from shared.service_names import SERVICES
from tests.support.parts import own_folder, remove_folder

JEJAK = [sys.executable, "-m", "deploy.cli"]


@pytest.fixture
def folder() -> Iterator[Path]:
    made = own_folder("command-line")
    yield made
    remove_folder(made / "var")
    remove_folder(made)


def jejak(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    known = {**os.environ, "JEJAK_LANGUAGE": "en"}
    return subprocess.run(
        [*JEJAK, *words, "--data", str(folder / "var")],
        cwd=places.PROJECT,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )


class Terminal:
    """A running `jejak up` and what it wrote so far."""

    def __init__(self, folder: Path, *words: str) -> None:
        known = {**os.environ, "JEJAK_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
        command = [*JEJAK, "up", "--data", str(folder / "var"), *words]
        self.process = subprocess.Popen(
            command,
            cwd=places.PROJECT,
            env=known,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def read_until(self, words: str) -> str:
        """The first line with these words; fails with everything that
        was written when the process ends before.
        """
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
        pytest.fail(f"no line with {words!r} in:\n{''.join(self.lines)}")


@pytest.mark.parametrize("parts", ["embedded", pytest.param("real", marks=pytest.mark.test_all)])
def test_play_completes_thirteen_steps_and_keeps_an_export_that_verifies(
    folder: Path, kafka_jars: Path, parts: str
) -> None:
    export = folder / "export"
    command = [*JEJAK, "play", "--json", "--parts", parts, str(export)]
    played = subprocess.run(command, cwd=places.PROJECT, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stderr
    told = json.loads(played.stdout.splitlines()[-1])
    assert [step["number"] for step in told["steps"]] == list(range(1, 14))
    lines = (export / "events.ndjson").read_bytes().splitlines()
    assert told["audit"] == {"verified": True, "size": len(lines), "root": verifier.verify(export).root}
    assert told["events"] == len([line for line in lines if line.startswith(b"{")]), "of its own region"
    assert {receipt["recipient"] for receipt in told["receipts"]} == {"gubernur", "kemendagri"}
    assert next(part["kind"] for part in told["parts"] if part["name"] == "kafka") == parts
    assert told["export"] == str(export)


@pytest.mark.test_all
def test_a_service_left_to_a_debugger_starts_with_what_env_prints(folder: Path, kafka_jars: Path) -> None:
    port = ports.free_ports(1)[0]
    assert jejak(folder, "env", "documents").returncode == 3
    terminal = Terminal(folder, "--no-demo", "--port", str(port), "--without", "documents")
    by_hand = None
    try:
        terminal.read_until("is ready after")
        rows = json.loads(jejak(folder, "status", "--json").stdout)["parts"]
        assert {row["name"] for row in rows} & set(SERVICES) == set(SERVICES) - {"documents"}
        assert environment_file(folder / "var", "documents").stat().st_mode & 0o077 == 0, "it holds secrets"
        printed = jejak(folder, "env", "documents").stdout
        command = f"{printed}\nexec {sys.executable} -m services.documents serve"
        by_hand = subprocess.Popen(
            ["sh", "-c", command],
            cwd=places.PROJECT,
            env={"PATH": os.environ["PATH"]},
            stderr=subprocess.PIPE,
        )
        ready = f"http://127.0.0.1:{port}/api/documents/health/ready"
        while httpx2.get(ready).status_code != 200:
            assert by_hand.poll() is None, by_hand.communicate()[1].decode()[-2000:]
            time.sleep(0.2)
        assert jejak(folder, "env", "no-service").returncode == 2
    finally:
        if by_hand is not None:
            by_hand.terminate()
            by_hand.communicate()
        jejak(folder, "down")
        terminal.process.kill()
        terminal.process.wait()
    assert not [name for name in SERVICES if environment_file(folder / "var", name).exists()], (
        "secrets are left for nobody to find"
    )


@pytest.mark.test_all
def test_a_service_that_answers_from_two_processes_goes_on_when_one_ends(
    folder: Path, kafka_jars: Path
) -> None:
    port = ports.free_ports(1)[0]
    terminal = Terminal(folder, "--no-demo", "--port", str(port), "--web", "intake=2")
    try:
        terminal.read_until("is ready after")
        rows = {row["name"]: row for row in json.loads(jejak(folder, "status", "--json").stdout)["parts"]}
        assert {"intake", "intake-2", "intake-worker"} < rows.keys()
        ready = f"http://127.0.0.1:{port}/api/intake/health/ready"
        while not httpx2.get(ready).json()["checks"]["workers"]["workers"]:
            time.sleep(0.2)
        for name in ("intake-2", "intake"):
            os.kill(rows[name]["pid"], signal.SIGKILL)
            answers = {httpx2.get(ready).status_code for _ in range(8)}
            assert answers == {200}, f"{name} was ended, the other one answers"
            terminal.read_until(f"{name} is running again")
            if name == "intake":
                break
            while not says_ready(int(rows[name]["address"].rpartition(":")[2]), "intake"):
                time.sleep(0.2)
            time.sleep(LEFT_ALONE_S + 1)  # the door tries it again only then
    finally:
        jejak(folder, "down")
        terminal.process.kill()
        terminal.process.wait()


@pytest.mark.test_all
@pytest.mark.parametrize("next_word", ["down", "up"])
def test_what_a_killed_jejak_told_its_services_is_gone_at_the_next_command(
    folder: Path, next_word: str
) -> None:
    terminal = Terminal(folder, "--no-demo", "--parts", "embedded", "--port", str(ports.free_ports(1)[0]))
    try:
        terminal.read_until("is ready after")
    finally:
        terminal.process.kill()
        terminal.process.wait()
    told = [environment_file(folder / "var", name) for name in SERVICES]
    assert all(file.exists() for file in told), "else nothing is drilled here"
    if next_word == "down":
        assert jejak(folder, "down").returncode == 0
        assert not [file for file in told if file.exists()]
    else:
        with Instance(folder / "var", parts="embedded", services=False):
            assert not [file for file in told if file.exists()]


def test_up_status_an_accident_and_down(folder: Path, kafka_jars: Path) -> None:
    port = ports.free_ports(1)[0]
    terminal = Terminal(folder, "--no-demo", "--port", str(port))
    try:
        assert f"http://127.0.0.1:{port}" in terminal.read_until("is ready after")
        shown = "".join(terminal.lines)
        assert all(title in shown for title in ("PostgreSQL", "Apache Kafka", "SeaweedFS", "real", *SERVICES))

        running = json.loads(jejak(folder, "status", "--json").stdout)
        assert running["address"] == f"http://127.0.0.1:{port}"
        assert all(part["running"] for part in running["parts"])
        assert httpx2.get(f"{running['address']}/api/documents/health/ready").status_code == 200

        documents = next(part["pid"] for part in running["parts"] if part["name"] == "documents")
        os.kill(documents, signal.SIGKILL)
        terminal.read_until("documents stopped (code -9)")
        terminal.read_until("documents is running again")

        assert jejak(folder, "up", "--no-demo").returncode == 1
        assert jejak(folder, "down").returncode == 0
        terminal.read_until("The data is kept in")
        assert terminal.process.wait() == 0
        assert jejak(folder, "status", "--json").returncode == 3
        assert [part["name"] for part in running["parts"] if started_at(part["pid"]) is not None] == []
    finally:
        terminal.process.kill()
        terminal.process.wait()


def test_a_wrong_choice_of_parts_is_refused(folder: Path) -> None:
    refused = jejak(folder, "up", "--parts", "imaginary")
    assert refused.returncode == 2
    assert "auto | real | embedded" in refused.stderr
    assert not (folder / "var").exists()


def test_down_and_status_without_anything_running(folder: Path) -> None:
    assert jejak(folder, "down").returncode == 0
    nothing = jejak(folder, "status")
    assert nothing.returncode == 3
    assert "not running" in nothing.stdout
