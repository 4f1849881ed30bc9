"""The object stores that the lock checks run against: each a private server that a test may kill, or a given one that it may not."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.local import ports, seaweedfs
from deploy.local.part import Part
from deploy.local.places import open_data_folder
from deploy.local.secrets import SecretFolder
from deploy.local.supervisor import Supervisor
from shared.objects.address import S3Address
from tests.support import minio_server
from tests.support.lock_ground import Ground, NoGround
from tests.support.parts import EXERCISED, own_folder, remove_folder
from tests.support.s3_wire import ServerBroke, Wire

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class LockStore:
    title: str
    address: S3Address
    power_cut: Callable[[], None] | None = None
    """SIGKILL and start again; None for a server that is not ours."""

    @property
    def wire(self) -> Wire:
        return Wire(self.address.endpoint, self.address.access, self.address.secret)


def ground_when_ready(wire: Wire) -> Ground:
    """An open port is not yet a working store: try until buckets can be made and an object be put."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            ground = Ground(wire)
            ground.put("GOVERNANCE")
        except (NoGround, ServerBroke, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return ground


@contextmanager
def seaweedfs_store() -> Iterator[LockStore]:
    """As `jejak up` starts it; or the server of JEJAK_TEST_S3."""
    given = os.environ.get("JEJAK_TEST_S3")
    if given:
        EXERCISED["Object Lock"] = "the given S3 server"
        yield LockStore("given", S3Address.from_url(given))
        return
    folder = open_data_folder(own_folder("lock"))
    secrets = SecretFolder(folder / "secrets")
    chosen = dict(zip(seaweedfs.PORTS, ports.free_ports(len(seaweedfs.PORTS)), strict=True))
    EXERCISED["Object Lock"] = f"SeaweedFS {seaweedfs.program_version()} (own process)"
    try:
        with _running(seaweedfs.prepare(folder, chosen, secrets), seaweedfs.url(chosen["s3"], secrets)) as store:
            yield store
    finally:
        remove_folder(folder)


@contextmanager
def minio_store() -> Iterator[LockStore]:
    """The second opinion, built from source; raises minio_server.NoGo where it cannot be built."""
    minio_server.program()
    folder = own_folder("minio")
    port, console = ports.free_ports(2)
    EXERCISED["Object Lock, second store"] = f"MinIO {minio_server.VERSION} (built from source)"
    try:
        url = f"http://jejak:kunci-uji-minio@{ports.LOOPBACK}:{port}"
        with _running(minio_server.part(folder, port, console, "jejak", "kunci-uji-minio"), url) as store:
            yield store
    finally:
        remove_folder(folder)


@contextmanager
def _running(part: Part, url: str) -> Iterator[LockStore]:
    supervisor = Supervisor()

    def power_cut() -> None:
        supervisor.kill(part.name)
        supervisor.restart(part.name)

    try:
        supervisor.start([part])
        yield LockStore(part.title, S3Address.from_url(url), power_cut)
    finally:
        supervisor.stop()
