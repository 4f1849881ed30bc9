"""An installation as its user has it: a checkout with its own .venv, started by its own `jejak up` in a
folder of its own, reached by its front door. The same for ours and for an earlier version.

What differs between versions is asked of the running processes, not known here: where the database is stands
in the environment of intake's process.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2
import psutil

from deploy.bench.outside.processor import group_of
from deploy.local import ports
from deploy.local.places import PROJECT
from deploy.local.postgres.databases import Server, service_databases
from deploy.local.secrets import SecretFolder
from shared.service_names import SERVICES

PATIENCE_S = 180.0
_LOOK_S = 0.02
_OPEN = """
import asyncio, sys
from deploy.bench import filling
class Standing:
    def database_url(self, service): return sys.argv[1]
asyncio.run(filling.open_submissions(Standing()))
"""


class DidNotStart(Exception):
    """An installation did not come up, or did not go down; the text is its last word."""


@dataclass
class Installation:
    """`checkout` has `.venv/bin/jejak`; everything of the installation lies in `folder`.
    `words` are further ones for `jejak up`.
    """

    checkout: Path
    folder: Path
    words: Sequence[str] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    _running: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _port: int = field(default=0, init=False)

    @classmethod
    def ours(cls, folder: Path, *words: str, **told: str) -> "Installation":
        return cls(PROJECT, folder, words, told)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    def start(self, *, demo: bool = False) -> float:
        """Starts it; answers after how many seconds all four services were ready behind the front door."""
        self._port = self._port or ports.free_ports(1)[0]
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(self._program("jejak")), "up", "--parts", "real", "--port", str(self._port)]
        command += ["--data", str(self.folder / "data"), *self.words, *([] if demo else ["--no-demo"])]
        begun = time.monotonic()
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                command,
                cwd=self.checkout,
                env={**os.environ, **self.told},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        with httpx2.Client(base_url=self.address, timeout=5) as http:
            for service in SERVICES:
                self._wait(http, f"/api/{service}/health/ready", begun)
        if demo:
            self._wait_for_demo(begun)
        return time.monotonic() - begun

    def stop(self) -> float:
        """Ends it as its user does; answers how many seconds that took."""
        if self._running is None:
            return 0.0
        running, self._running = self._running, None
        begun = time.monotonic()
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            raise DidNotStart(f"{self.checkout} did not stop within {PATIENCE_S:.0f} s") from None
        return time.monotonic() - begun

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for it."""
        assert self._running is not None, "it is not running"
        whole = psutil.Process(self._running.pid)
        return [whole, *whole.children(recursive=True)]

    def open_submissions(self) -> None:
        """The submissions that the officers of the bench fill in, opened by the checkout's own program."""
        command = [str(self._program("python")), "-c", _OPEN, self.intake_database]
        done = subprocess.run(command, cwd=self.checkout, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DidNotStart(f"{self.checkout}: {done.stderr[-1000:]}")

    @property
    def intake_database(self) -> str:
        """Intake's own way into its database."""
        for process in self.processes():
            if group_of(process) == "intake":
                return str(process.environ()["JEJAK_DATABASE_URL"])
        raise DidNotStart(f"{self.checkout} runs no intake")

    def owner(self, service: str) -> str:
        """The owner's way into a service's database; for ours only, which keeps its secrets so."""
        data = self.folder / "data"
        secrets = SecretFolder(data / "secrets")
        port = json.loads((data / "ports.json").read_text())["postgres"]
        server = Server.local(port, secrets.get("postgres-superuser"))
        return service_databases(server, [service], secrets)[service].owner

    def _program(self, name: str) -> Path:
        """Of the checkout's own .venv; ours may stand elsewhere."""
        return (
            Path(sys.executable).parent if self.checkout == PROJECT else self.checkout / ".venv" / "bin"
        ) / name

    @property
    def _log(self) -> Path:
        return self.folder / "up.log"

    def _wait(self, http: httpx2.Client, path: str, begun: float) -> None:
        while True:
            try:
                if http.get(path).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            self._later(begun, path)

    def _wait_for_demo(self, begun: float) -> None:
        while not (self.folder / "data" / "demo-played").exists():
            self._later(begun, "the cycle of the demonstration")

    def _later(self, begun: float, what: str) -> None:
        assert self._running is not None
        if self._running.poll() is not None or time.monotonic() - begun > PATIENCE_S:
            raise DidNotStart(f"{self.checkout}: {what}\n{self._log.read_text(errors='replace')[-2000:]}")
        time.sleep(_LOOK_S)
