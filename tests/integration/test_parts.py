"""The parts of one installation, whole: as root and as an ordinary user, stopped,
killed and started again.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local import places, ports
from deploy.local.instance import Instance
from deploy.local.supervision.claim import noted
from deploy.messages import CannotStart
from tests.support.parts import own_folder, remove_folder

PROGRAM = "tests.integration.parts_twice"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = own_folder("parts")
    yield made
    remove_folder(made / "var")
    remove_folder(made)


def run(folder: Path, what: str, python: str = sys.executable, **environment: str) -> dict[str, Any]:
    """Run the program of tests/support to its end and answer with what it printed."""
    user = (
        {"user": "nobody", "group": "nogroup", "extra_groups": []}
        if environment.pop("as_nobody", None)
        else {}
    )
    known = {**os.environ, "PYTHONPATH": str(places.PROJECT), **environment}
    command = [python, "-m", PROGRAM, str(folder / "var"), what]
    answer = subprocess.run(
        command, cwd=places.PROJECT, env=known, capture_output=True, text=True, check=False, **user
    )
    assert answer.stdout, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


def test_a_second_start_finds_row_message_and_file_again(folder: Path, kafka_jars: Path) -> None:
    written = run(folder, "write")
    assert {part["kind"] for part in written["parts"]} == {"real"}
    found = run(folder, "read")
    assert (found["row"], found["message"], found["file"]) == ("figure", "message", "tanda terima")
    assert found["said"] == []


def python_of_everybody() -> str:
    """A Python that the user nobody can run with the packages of ours;
    where there is none this test cannot be made.
    """
    mine = Path(sys.executable).resolve()
    if places.reachable_by_others(mine) and places.reachable_by_others(places.PROJECT / "x"):
        return sys.executable
    system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    if not system.exists() or not places.reachable_by_others(places.PROJECT / "x"):
        pytest.skip(f"the user nobody cannot reach {mine} or {places.PROJECT}")
    return str(system)


@pytest.mark.test_all
@pytest.mark.skipif(os.geteuid() != 0, reason="all of these tests run as an ordinary user already")
def test_the_parts_also_run_for_an_ordinary_user(folder: Path, kafka_jars: Path) -> None:
    python = python_of_everybody()
    cache = folder / "cache"
    shutil.copytree(kafka_jars, cache, ignore=lambda _place, names: [n for n in names if n == "docker"])
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")
    packages = f"{places.PROJECT}:{sysconfig.get_path('purelib')}"
    known = {
        "as_nobody": "yes",
        "JEJAK_CACHE": str(cache),
        "HOME": str(folder),
        "PYTHONPATH": packages,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    written = run(folder, "write", python, **known)
    assert written["user"] != 0
    found = run(folder, "read", python, **known)
    assert (found["row"], found["message"], found["file"]) == ("figure", "message", "tanda terima")


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(
    folder: Path, kafka_jars: Path
) -> None:
    holding = subprocess.Popen(
        [sys.executable, "-m", PROGRAM, str(folder / "var"), "hold"],
        cwd=places.PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdout is not None
    written = json.loads(holding.stdout.readline())
    holding.send_signal(signal.SIGKILL)
    holding.wait()
    found = run(folder, "read")
    assert (found["row"], found["message"], found["file"]) == ("figure", "message", "tanda terima")
    for part in written["parts"]:
        with contextlib.suppress(psutil.NoSuchProcess):
            assert str(folder) not in " ".join(psutil.Process(part["pid"]).cmdline())


def test_every_part_listens_on_the_loopback_address_alone(folder: Path, kafka_jars: Path) -> None:
    with Instance(folder / "var", services=False) as instance:
        for name in ("postgres", "kafka", "seaweedfs"):
            listening = [
                c
                for c in psutil.Process(instance.pid(name)).net_connections()
                if c.status == psutil.CONN_LISTEN
            ]
            assert listening
            assert {c.laddr.ip.removeprefix("::ffff:") for c in listening} == {"127.0.0.1"}


def test_the_object_store_is_not_ready_before_it_knows_every_volume_on_its_disk(folder: Path) -> None:
    with Instance(folder / "var", parts="embedded", services=False) as instance:
        store = instance.supervisor.parts["seaweedfs"]
        assert store.ready()
        unknown = folder / "var" / "seaweedfs" / "data" / "jejak-work_999.dat"
        unknown.write_bytes(b"volume")
        assert ports.answers(int(instance.s3.rpartition(":")[2]))
        assert not store.ready()
        unknown.unlink()
        assert store.ready()


def test_a_folder_that_is_in_use_is_not_started_twice(folder: Path) -> None:
    with Instance(folder / "var", parts="embedded", services=False) as running:
        with pytest.raises(CannotStart) as refused:
            Instance(folder / "var", parts="embedded", services=False).start()
        assert refused.value.key == "already-running"
        assert running.address in str(refused.value)
        assert noted(folder / "var")["address"] == running.address
    assert noted(folder / "var") == {}


def test_without_network_auto_takes_the_embedded_broker_and_real_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JEJAK_CACHE", str(folder / "empty"))
    monkeypatch.setenv("JEJAK_MAVEN", "http://127.0.0.1:9/nobody")
    said: list[str] = []
    with Instance(folder / "var", services=False, say=said.append) as instance:
        assert instance.embedded
        assert any("librdkafka" in line for line in said)
    with pytest.raises(CannotStart) as refused:
        Instance(folder / "var", parts="real", services=False).start()
    assert refused.value.key == "no-network"
    assert "--parts embedded" in str(refused.value)


def test_a_port_that_was_asked_for_and_is_taken_is_named(folder: Path) -> None:
    with Instance(folder / "one", parts="embedded", services=False) as one:
        taken = int(one.kafka.rsplit(":", 1)[1])
        with pytest.raises(CannotStart) as refused:
            Instance(folder / "two", parts="embedded", services=False, ports="usual", port=taken).start()
    assert (refused.value.key, refused.value.facts["port"]) == ("port-taken", taken)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to leave a closed folder")
def test_root_below_a_closed_folder_still_gets_a_database(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not places.reachable_by_others(tmp_path / "var" / "x")
    monkeypatch.setenv("JEJAK_STATE", str(folder / "state"))
    (folder / "state").mkdir()
    for _ in range(2):
        with Instance(tmp_path / "var", parts="embedded", services=False) as instance:
            assert instance.server.answers()
    assert len(list((folder / "state").glob("postgres-*"))) == 1
