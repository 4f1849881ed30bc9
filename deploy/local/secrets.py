"""Secrets of one installation: made once, each in a file of its own that only the owner may read
and that is on the disk before it is used.
"""

import base64
import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from deploy.local.places import keep_names


class SecretFolder:
    """A folder of secrets, one file each (folder 0700, files 0600);
    a secret that is there is never replaced.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)

    def get(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
        """The secret of that name, made now if it is new."""
        file = self.folder / name
        if not file.exists():
            unfinished = self._written(name, make().encode())
            # made by somebody else at the same moment: theirs is the one
            with contextlib.suppress(FileExistsError):
                os.link(unfinished, file)
            unfinished.unlink()
            keep_names(self.folder)
        return file.read_text()

    def path(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> Path:
        """The file that holds the secret, for programs that take NAME_FILE."""
        self.get(name, make)
        return self.folder / name

    def put(self, name: str, content: bytes) -> Path:
        """Write a file whole or not at all, in place of the one that was there."""
        placed = self._written(name, content).replace(self.folder / name)
        keep_names(self.folder)
        return placed

    def _written(self, name: str, content: bytes) -> Path:
        unfinished = self.folder / f".{name}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        return unfinished


def ed25519_seed() -> str:
    """A new 32-byte seed in base64: the form of JEJAK_CHECKPOINT_KEY."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
