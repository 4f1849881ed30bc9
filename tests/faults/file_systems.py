"""A file system of a test's own, small enough to be filled, weak enough to fail; root alone makes one."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

MIB = 2**20


def run(*words: str | Path) -> None:
    subprocess.run([*map(str, words)], check=True, capture_output=True)


def needs_root(*programs: str) -> None:
    """Skips, and fails in CI, where a file system cannot be made."""
    missing = [name for name in programs if shutil.which(name) is None]
    if os.geteuid() == 0 and not missing:
        return
    reason = f"a file system of its own needs root{''.join(f' and {name}' for name in missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Mounted:
    """A file system on an image, at `place`."""

    def __init__(self, place: Path, image: Path) -> None:
        self.place, self.image = place, image

    def mount(self) -> None:
        run("mount", "-o", "loop,errors=remount-ro", self.image, self.place)
        self.place.chmod(0o711)  # `nobody` passes through to PostgreSQL's data

    def unmount(self) -> None:
        for _ in range(50):
            try:
                run("umount", self.place)
            except subprocess.CalledProcessError:
                time.sleep(0.2)
            else:
                return
        run("umount", "--lazy", self.place)

    def fill(self) -> None:
        """Until nothing fits any more, also not what the parts free meanwhile."""
        with (self.place / "filling").open("ab", buffering=0) as out:
            for size in (16 * MIB, MIB, 4096):
                with suppress(OSError):
                    while True:
                        out.write(bytes(size))

    def make_room(self) -> None:
        (self.place / "filling").unlink()

    def break_down(self) -> None:
        """As the kernel does it when it finds the disk damaged: read-only, also for whoever writes."""
        device = subprocess.run(
            ["findmnt", "-no", "SOURCE", str(self.place)], check=True, capture_output=True, text=True
        ).stdout.strip()
        place = Path("/sys/fs/ext4") / Path(device).name / "trigger_fs_error"
        if not place.exists():
            pytest.skip("this kernel lets nobody break a file system on purpose")
        run("sync", "-f", self.place)  # what was written half a minute ago is on any disk
        place.write_text("1")

    def mend(self) -> None:
        """What an operator does: taken away, checked, put back."""
        self.unmount()
        subprocess.run(["e2fsck", "-fy", str(self.image)], capture_output=True, check=False)
        self.mount()


@contextmanager
def file_system(mib: int) -> Iterator[Mounted]:
    """An ext4 of that size, empty; gone afterwards."""
    needs_root("mount", "mkfs.ext4", "e2fsck", "findmnt")
    folder = Path(tempfile.mkdtemp(prefix="jejak-disk-"))
    folder.chmod(0o711)
    image, place = folder / "image", folder / "disk"
    place.mkdir()
    with image.open("wb") as out:
        out.truncate(mib * MIB)
    run("mkfs.ext4", "-q", "-m", "0", image)
    found = Mounted(place, image)
    found.mount()
    try:
        yield found
    finally:
        found.unmount()
        shutil.rmtree(folder, ignore_errors=True)
