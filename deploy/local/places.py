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
        file.write_text(f"{DATA_FORMAT}\n")
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
        pointer.write_text(str(outside))
    place = Path(pointer.read_text())
    place.mkdir(parents=True, exist_ok=True)
    return place
