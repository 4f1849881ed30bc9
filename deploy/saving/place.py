"""The place of backups: a folder with one folder a backup and the bytes of all files, each once, by SHA-256.

Role: what is written is written whole or not at all. A backup in the making has another name until its last
byte is on the disk. Used by `backup.py`, `restore.py` and `objects.py`.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from deploy.messages import CannotStart

_NAME: Final = re.compile(r"\d{8}T\d{6}Z")
_MOMENT: Final = "%Y%m%dT%H%M%S"
_UNFINISHED: Final = ".unfinished-"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
OBJECTS: Final = "objects"
_A_WHILE_S: Final = 0.05


def _now() -> datetime:
    return datetime.now(UTC)


class Place:
    """A folder that keeps backups; many of them share what did not change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @contextmanager
    def begun(self, now: Callable[[], datetime] = _now) -> Iterator[tuple[Path, datetime]]:
        """A folder for one new backup and the moment that names it, in a second that no other backup bears.
        The folder bears its name only when the block has ended well; one that was left unfinished goes.
        Raises CannotStart when another backup is under way here, or the disk is full.
        """
        with _sentences(self.folder), self._alone():
            for left in self.folder.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left)
            for piece in (self.folder / OBJECTS).glob("*/.*"):
                piece.unlink()
            at = now()
            while self.named(at).exists():
                time.sleep(_A_WHILE_S)
                at = now()
            making = self.folder / f"{_UNFINISHED}{self.named(at).name}"
            making.mkdir(mode=0o700)
            try:
                yield making, at
                for file in making.iterdir():
                    _on_disk(file)
                _on_disk(making)
                making.rename(self.named(at))
                _on_disk(self.folder)
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise

    def named(self, at: datetime) -> Path:
        """The backup that was begun at that moment."""
        return self.folder / at.strftime(f"{_MOMENT}Z")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / OBJECTS).mkdir(exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CannotStart("backup-under-way", place=self) from None
            yield

    def backups(self) -> list[Path]:
        """The backups that were finished, the oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(one for one in self.folder.iterdir() if _NAME.fullmatch(one.name) and one.is_dir())

    def newest_at(self) -> datetime | None:
        """When the newest backup was begun; None where there is none."""
        found = self.backups()
        return datetime.strptime(found[-1].name, f"{_MOMENT}%z") if found else None

    def object(self, digest: str) -> Path:
        """Where the bytes with this SHA-256 lie. Raises CannotStart for a digest that is none."""
        if not _DIGEST.fullmatch(digest):
            raise CannotStart("backup-changed", file=f"{OBJECTS}/{digest[:80]}")
        return self.folder / OBJECTS / digest[:2] / digest

    def has(self, digest: str, size: int) -> bool:
        """Whether those bytes are there, by name and size; `check` reads them."""
        file = self.object(digest)
        return file.is_file() and file.stat().st_size == size

    def keep(self, digest: str, pieces: Iterable[bytes]) -> bool:
        """Puts bytes there, whole or not at all; False, and nothing is there, where they are not those of the
        digest.
        """
        file = self.object(digest)
        file.parent.mkdir(exist_ok=True, mode=0o700)
        unfinished, seen = file.with_name(f".{digest}.{secrets.token_hex(4)}"), hashlib.sha256()
        try:
            with unfinished.open("wb") as out:
                for piece in pieces:
                    seen.update(piece)
                    out.write(piece)
            if seen.hexdigest() != digest:
                return False
            _on_disk(unfinished)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
        return True

    def settle(self) -> None:
        """Makes sure that the names of everything that was kept are on the disk."""
        for folder in (self.folder / OBJECTS).iterdir():
            _on_disk(folder)


def chosen(given: Path) -> tuple[Place, Path]:
    """The place and the backup that a person names: the backup itself, or its place, of which the newest is
    meant. Raises CannotStart where there is none.
    """
    given = given.resolve()
    if _NAME.fullmatch(given.name) and given.is_dir():
        return Place(given.parent), given
    found = Place(given).backups()
    if not found:
        raise CannotStart("backup-none", folder=given)
    return Place(given), found[-1]


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def written(file: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out


def _on_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    """What the disk says, as one sentence."""
    try:
        yield
    except OSError as error:
        raise CannotStart(
            "backup-disk", folder=folder, reason=error.strerror or type(error).__name__
        ) from error
