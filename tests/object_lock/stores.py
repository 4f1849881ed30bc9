"""The object stores that the lock checks run against: servers of ours, which a test may kill, or a given one,
which it may not.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from deploy.local import ports
from deploy.local.supervision.supervisor import Supervisor
from shared.objects.address import S3Address
from tests.object_lock import minio_server
from tests.object_lock.ground import Ground, NoGround
from tests.object_lock.wire import ServerBroke, Wire
from tests.support.parts import EXERCISED, ObjectStorePart, own_folder, remove_folder

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


@pytest.fixture(scope="session", params=["seaweedfs", pytest.param("minio", marks=pytest.mark.test_all)])
def lock_store(request: pytest.FixtureRequest) -> Iterator[LockStore]:
    """SeaweedFS on every run; with `make test-all` the same tests once more on MinIO.
    Without Go that is a failure under CI, elsewhere a skip that says so.
    """
    if request.param == "seaweedfs":
        yield _default_store(request.getfixturevalue("object_store"))
        return
    if os.environ.get("JEJAK_TEST_ALL") != "1":
        pytest.skip("the second store runs with `make test-all`")
    try:
        with minio_store() as store:
            yield store
    except minio_server.NoGo as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def _default_store(part: ObjectStorePart) -> LockStore:
    """As `jejak up` starts it; or the given server of JEJAK_TEST_S3."""
    address, supervisor = S3Address.from_url(part.url), part.supervisor
    if supervisor is None:
        return LockStore("given", address)
    return LockStore("SeaweedFS", address, lambda: _cut(supervisor, "seaweedfs"))


@contextmanager
def minio_store() -> Iterator[LockStore]:
    """The second opinion, built from source; raises minio_server.NoGo where it cannot be built."""
    minio_server.program()
    folder = own_folder("minio")
    port, console = ports.free_ports(2)
    EXERCISED["Object Lock, second store"] = f"MinIO {minio_server.VERSION} (built from source)"
    supervisor, secret = Supervisor(), "kunci-uji-minio"
    try:
        supervisor.start([minio_server.part(folder, port, console, "jejak", secret)])
        address = S3Address(f"{ports.LOOPBACK}:{port}", "jejak", secret)
        yield LockStore("MinIO", address, lambda: _cut(supervisor, "minio"))
    finally:
        supervisor.stop()
        remove_folder(folder)


def _cut(supervisor: Supervisor, part: str) -> None:
    supervisor.kill(part)
    supervisor.restart(part)
