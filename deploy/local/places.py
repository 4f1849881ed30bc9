"""Where files lie: the data folder `var/`, the cache of fetched parts,
and places that the user `nobody` can reach.
"""

import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from deploy.messages import CannotStart
from shared.ground import watch

PROJECT = Path(__file__).resolve().parents[2]
DATA_FORMAT = 1
NEEDED_MB = 700


def cache_folder() -> Path:
    """Fetched parts, shared by all installations of this user: JEJAK_CACHE, else ~/.cache/jejak."""
    given = os.environ.get("JEJAK_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jejak"


def state_folder() -> Path:
    """Where root keeps what `nobody` must reach and cannot in the installation: JEJAK_STATE."""
    return Path(os.environ.get("JEJAK_STATE", "/var/lib/jejak"))


def open_data_folder(folder: Path, *, needed_mb: int = NEEDED_MB) -> Path:
    """Make the data folder, check room, rights and data format;
    raises CannotStart with the sentence to show.
    """
    folder = folder.resolve()
    refused: OSError | None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        check_format(folder)
        refused = watch.refusal(folder)
    except OSError as error:
        refused = error
    if refused is not None:
        if refused.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise CannotStart("disk-full", folder=folder, free=0, needed=needed_mb) from None
        if refused.errno == errno.EROFS:
            raise CannotStart("read-only", folder=folder) from None
        raise CannotStart("not-writable", folder=folder) from None
    free = shutil.disk_usage(folder).free // 2**20
    if free < needed_mb:
        raise CannotStart("disk-full", folder=folder, free=free, needed=needed_mb)
    return folder


def put(file: Path, content: str) -> None:
    """Write a file that must outlive a power cut: on the disk before it has its name, and the name too."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("w", encoding="utf-8") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    keep_names(file.parent)


def keep(folder: Path) -> None:
    """Everything that somebody else wrote in a folder outlives a power cut from now on."""
    for file in folder.rglob("*"):
        keep_names(file)
    keep_names(folder)


def keep_names(folder: Path) -> None:
    """The names of the files in a folder are on the disk as well; of a file its content is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(file: Path) -> None:
    """Remove a file, if there is one; on a file system that has become read-only it stays."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise


def check_format(folder: Path) -> None:
    """Write the data format the first time; refuse data of a newer Jejak."""
    file = folder / "version"
    if not file.exists():
        put(file, f"{DATA_FORMAT}\n")
    found = file.read_text().strip()
    if not found.isdigit() or int(found) > DATA_FORMAT:
        raise CannotStart("newer-data", folder=folder, found=found, known=DATA_FORMAT)


def reachable_by_others(path: Path) -> bool:
    """Whether a user without rights of his own may pass through every folder above that path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents if parent.exists())


def place_for_nobody(wanted: Path, name: str) -> Path:
    """A folder for a part that runs as `nobody`: the wanted one if he can reach it,
    else one below /var/lib/jejak that the wanted one points to.

    The pointer ties both together: data whose installation was deleted is never found by the next one,
    whose secrets are others.
    """
    if reachable_by_others(wanted / "x"):
        return wanted
    pointer = wanted / "place"
    if not pointer.exists():
        outside = state_folder() / f"{name}-{secrets.token_hex(6)}"
        wanted.mkdir(parents=True, exist_ok=True)
        put(pointer, str(outside))
    place = Path(pointer.read_text())
    place.mkdir(parents=True, exist_ok=True)
    return place
