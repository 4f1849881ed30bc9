"""SeaweedFS has more doors than S3. With the settings we ship they are shut;
without them a locked version is gone, which shows that the attempts are real.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.local import ports, seaweedfs
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.supervisor import Supervisor
from shared.objects.address import S3Address
from tests.object_lock.ground import Broken, Ground, Version
from tests.object_lock.side_doors import Place, try_doors
from tests.object_lock.stores import ground_when_ready
from tests.object_lock.wire import ServerBroke, Wire
from tests.support.parts import own_folder, remove_folder


@contextmanager
def locked_version() -> Iterator[tuple[Ground, Version, Place]]:
    """A server of our own, as `jejak up` starts it, with one version under compliance."""
    folder = own_folder("doors")
    secrets, chosen, supervisor = (
        SecretFolder(folder / "secrets"),
        dict(zip(seaweedfs.PORTS, ports.free_ports(5), strict=True)),
        Supervisor(),
    )
    try:
        supervisor.start([seaweedfs.prepare(folder, chosen, secrets)])
        address = S3Address.from_url(seaweedfs.url(chosen["s3"], secrets))
        ground = ground_when_ready(Wire(address.endpoint, address.access, address.secret))
        version = ground.put("COMPLIANCE")
        yield ground, version, Place(chosen, seaweedfs.program(), version.path, version.version)
    finally:
        supervisor.stop()
        remove_folder(folder)


def test_no_side_door_opens_and_the_locked_version_stands() -> None:
    with locked_version() as (ground, version, place):
        assert try_doors(place) == []
        ground.stands(version)


def test_without_our_settings_the_doors_stand_open_and_the_lock_protects_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seaweedfs, "security", lambda _secrets: "")
    # it would ask through a door that is now another
    monkeypatch.setattr(seaweedfs, "knows_its_volumes", lambda *_place: True)
    with locked_version() as (ground, version, place):
        opened = {said.partition(":")[0] for said in try_doors(place)}
        assert {
            "filer read",
            "filer write",
            "filer delete",
            "master status",
            "volume status",
            "shell",
        } <= opened
        with pytest.raises((Broken, ServerBroke)):
            ground.stands(version)
