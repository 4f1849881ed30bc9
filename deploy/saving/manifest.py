"""The manifest: what a backup consists of, each file with size and SHA-256, signed with the key of the
installation's audit log.

Role: a backup of which one byte differs, or that somebody else made, is refused before anything is restored.
Used by `backup.py` and `restore.py`.
"""

from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from deploy.messages import CannotStart
from deploy.saving.place import digest_of
from shared.migrations.migrate import knows

FORMAT: Final = 1
MANIFEST, SIGNATURE, KEYS, OBJECTS = "manifest.json", "manifest.sig", "keys.age", "objects.json"
_SAID: Final = b"jejak backup manifest\n"
"""So that what the key signs here is never taken for a checkpoint, nor a checkpoint for this."""


class File(msgspec.Struct, frozen=True):
    """One file of a backup."""

    size: int
    sha256: str


class Database(msgspec.Struct, frozen=True):
    """One database: at which revision it stands, and up to which position its events go."""

    revision: str
    events: int


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    format: int
    made_at: str
    version: str
    log_size: int
    objects: int
    object_bytes: int
    damaged: tuple[str, ...]
    databases: dict[str, Database]
    files: dict[str, File]


class _Beginning(msgspec.Struct, frozen=True):
    format: int
    version: str


def file_of(path: Path) -> File:
    return File(path.stat().st_size, digest_of(path))


def write(folder: Path, manifest: Manifest, seed: bytes) -> None:
    """Manifest and signature, the last two files of a backup."""
    said = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_SAID + said)
    (folder / MANIFEST).write_bytes(said)
    (folder / SIGNATURE).write_bytes(signature)


def read(folder: Path, key: bytes) -> Manifest:
    """The manifest of a backup whose every file is as it was written. `key`: the public half of the key that
    must have signed it. Raises CannotStart.
    """
    said = _bytes(folder / MANIFEST)
    signature = _bytes(folder / SIGNATURE)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _SAID + said)
    except InvalidSignature:
        raise CannotStart("backup-not-signed", folder=folder) from None
    manifest = _known(said, folder)
    there = {file.name for file in folder.iterdir()} - {MANIFEST, SIGNATURE}
    for name in sorted(there ^ manifest.files.keys()):
        raise CannotStart("backup-changed", file=folder / name)
    for name, file in manifest.files.items():
        if file_of(folder / name) != file:
            raise CannotStart("backup-changed", file=folder / name)
    return manifest


def _known(said: bytes, folder: Path) -> Manifest:
    """The manifest, where this version understands it and every database in it."""
    beginning = msgspec.json.decode(said, type=_Beginning)
    if beginning.format > FORMAT:
        raise CannotStart("backup-newer", folder=folder, said=beginning)
    manifest = msgspec.json.decode(said, type=Manifest)
    if not all(knows(name, database.revision) for name, database in manifest.databases.items()):
        raise CannotStart("backup-newer", folder=folder, said=beginning)
    return manifest


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise CannotStart("backup-changed", file=file) from None
