"""While an installation runs: says at the terminal when a disk is full or read-only and when the
certificate ends, and takes a new certificate without a restart. What stopped because of the disk is started
again by the supervisor.

Previous hop: `instance.py`. Next hop: `shared/ground/watch.py`, as in the services; `caddy.py`.
"""

import threading
from pathlib import Path

from deploy.front_door import certificate
from deploy.front_door.config import CERTIFICATE
from deploy.front_door.settings import DoorSettings
from deploy.local import caddy
from deploy.local.postgres import server as postgres
from deploy.local.supervision.supervisor import Say, Supervisor
from deploy.messages import CannotStart, sentence
from shared.ground import watch

EVERY_S = 2.0


def places(folder: Path, door: DoorSettings) -> tuple[Path, ...]:
    """What must stay writable, each disk once, and the certificate as the door has it."""
    kept = postgres.data_place_if_made(folder)
    disks = [folder, *([kept] if kept.exists() and kept.stat().st_dev != folder.stat().st_dev else [])]
    return (*disks, *caddy.certificates(folder, door))


class Watching:
    """Looks every two seconds until the supervisor ends; says what is news, and once when it is over."""

    def __init__(self, folder: Path, door: DoorSettings, port: int, supervisor: Supervisor, say: Say) -> None:
        self._folder, self._door, self._port = folder, door, port
        self._supervisor, self._say = supervisor, say
        self._known: dict[str, str] = {}
        self._given = self._stamps()

    def begin(self) -> None:
        threading.Thread(target=self._run, name="ground", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception as failure:  # noqa: BLE001  the next look tries again; the watcher itself never ends
                self._say(f"{caddy.PART}: {failure}")
            if self._supervisor.wait_ending(EVERY_S):
                return

    def look(self) -> None:
        """Once."""
        if self._door.tls == "files":
            self._take_certificate()
        wrong = {one.name: one for one in watch.found(places(self._folder, self._door))}
        for name, one in wrong.items():
            self._tell(name, sentence(f"ground-{name}", place=one.place, cause=one.cause))
        for name in [name for name in self._known if name not in wrong and name != "certificate"]:
            del self._known[name]
            self._say(sentence(f"ground-{name}-over"))

    def _tell(self, name: str, said: str) -> None:
        if self._known.get(name) != said:
            self._known[name] = said
            self._say(said)

    def _take_certificate(self) -> None:
        """Another pair, whole and for our name, is served from now on; a wrong one is said and left."""
        stamps = self._stamps()
        if stamps == self._given:
            return
        try:
            new = caddy.take_certificate(self._folder, self._door)
        except CannotStart as reason:
            self._tell("certificate", str(reason))
            return
        self._given = stamps
        self._known.pop("certificate", None)
        if new and caddy.PART in self._supervisor.parts:
            self._supervisor.restart(caddy.PART)
            served = certificate.of_pem((caddy.own_certificate(self._folder) / CERTIFICATE).read_bytes())
            self._say(sentence("certificate-taken", ends=served.ends.date()))

    def _stamps(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_stamp(file) for file in (self._door.certificate, self._door.key))


def _stamp(file: Path | None) -> tuple[int, int, int] | None:
    """Which file this is and when it was changed; None where there is none."""
    try:
        found = None if file is None else file.stat()
    except OSError:
        return None
    return None if found is None else (found.st_ino, found.st_mtime_ns, found.st_size)
