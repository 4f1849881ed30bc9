"""MinIO built from its last source: the second store of the lock checks.
Unmaintained and AGPL, so it is never shipped and never the default.

`python -m tests.object_lock.minio_server` builds it ahead of time (three minutes) and says where it lies.
"""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.places import cache_folder
from deploy.local.ports import LOOPBACK, answers
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part

SOURCE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
"""The last commit, of 12 February 2026; `go` compares it with the checksum database."""


class NoGo(Exception):
    """There is no Go tool chain to build with."""


def program() -> Path:
    """The built server, from the cache or built now.
    Raises NoGo, or RuntimeError with the end of the build's output.
    """
    place = cache_folder() / f"minio-{VERSION}"
    if not (place / "minio").exists():
        _build(place)
    return place / "minio"


def _build(place: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoGo("MinIO is built from source and needs Go 1.24 or newer in the PATH.")
    unfinished = place.with_name(f"{place.name}.{os.getpid()}")
    print(f"Building MinIO from source ({SOURCE}@{VERSION}), about three minutes …", flush=True)  # noqa: T201 - a long wait wants a word
    built = subprocess.run(
        [go, "install", f"{SOURCE}@{VERSION}"],
        env={**os.environ, "GOBIN": str(unfinished)},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        raise RuntimeError(f"MinIO could not be built: {built.stderr[-2000:]}")
    shutil.rmtree(place, ignore_errors=True)
    unfinished.rename(place)


def part(folder: Path, port: int, console_port: int, access: str, secret: str) -> Part:
    """The server on the loopback address, its data below `folder`."""
    argv = [
        str(program()),
        "server",
        str(folder / "data"),
        "--address",
        f"{LOOPBACK}:{port}",
        "--console-address",
        f"{LOOPBACK}:{console_port}",
    ]
    env = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "MINIO_ROOT_USER": access,
        "MINIO_ROOT_PASSWORD": secret,
        "MINIO_BROWSER": "off",
    }
    child = Child(name="minio", argv=argv, log=folder / "minio.log", pid_file=folder / "minio.json", env=env)
    return Part(
        "minio",
        "MinIO",
        VERSION,
        "real",
        "guarantee-objects",
        f"{LOOPBACK}:{port}",
        lambda: answers(port),
        child,
    )


if __name__ == "__main__":
    print(program())  # noqa: T201
