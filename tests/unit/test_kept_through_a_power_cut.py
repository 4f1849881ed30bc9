"""What an installation cannot do without is on the disk before it is used: its bytes first, then its name.
A file whose name came first would be empty after a power cut.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.installing import making
from deploy.local import places, ports
from deploy.local.secrets import SecretFolder
from tests.unit.test_installation_settings import WANTED

WRITERS: dict[str, Callable[[Path], object]] = {
    "a secret": lambda folder: SecretFolder(folder).get("one"),
    "a certificate": lambda folder: SecretFolder(folder).put("one", b"two"),
    "the data format": places.check_format,
    "the ports": lambda folder: ports.remembered_ports(folder / "ports.json", ["one"]),
    "any file": lambda folder: places.put(folder / "one", "two"),
    "the settings": lambda folder: list(making.make(folder, WANTED)),
}


@pytest.mark.parametrize("who", WRITERS)
def test_bytes_and_name_are_on_the_disk(who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: set[int] = set()
    real = os.fsync

    def watched(descriptor: int) -> None:
        kept.add(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    WRITERS[who](tmp_path)
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert written
    for file in written:
        assert file.stat().st_ino in kept, f"the bytes of {file.name}"
        assert file.parent.stat().st_ino in kept, f"the name of {file.name}"
