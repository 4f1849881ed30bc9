"""Secrets and settings of an installation in one encrypted file: an age recipient or a passphrase opens it.

Role: whoever finds a backup can neither sign in the name of the installation nor enter its parts. Used by
`backup.py` and `restore.py`.
"""

import base64
import io
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.installing.settings_file import NAME as SETTINGS
from deploy.messages import CannotStart
from services.archive.domain.checkpoint import NotGenuine, VerifierKey
from shared import settings_told

CHECKPOINT_KEY: Final = "secrets/checkpoint-key"
_RECIPIENT, _PASSPHRASE, _IDENTITY = (
    f"JEJAK_BACKUP_{name}" for name in ("RECIPIENT", "PASSPHRASE", "IDENTITY")
)
_SHORTEST: Final = 12
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of how the file is closed and opened."""

    recipient: str = ""
    passphrase: str = ""
    identity: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Told":
        """Each also from the file that NAME_FILE names. Raises CannotStart."""
        told, faults = settings_told.found(environment, (_RECIPIENT, _PASSPHRASE, _IDENTITY))
        if faults:
            raise CannotStart("told-wrongly", faults="\n".join(faults.values()))
        return cls(*(told.get(name, "") for name in (_RECIPIENT, _PASSPHRASE, _IDENTITY)))


def lock(files: Files, told: Told) -> bytes:
    """The files, so that only the recipient or the passphrase opens them. Raises CannotStart."""
    return shut(_packed(files), told)


def opened(closed: bytes, told: Told) -> Files:
    """The files again. Raises CannotStart where identity or passphrase do not open them."""
    try:
        return _unpacked(unlocked(closed, told))
    except tarfile.TarError:
        raise CannotStart("backup-not-opened") from None


def shut(content: bytes, told: Told) -> bytes:
    """Bytes that only the recipient or the passphrase opens. Raises CannotStart."""
    if not (told.recipient or told.passphrase):
        raise CannotStart("backup-no-key")
    if told.recipient:
        try:
            return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(told.recipient)]))
        except pyrage.RecipientError as error:
            raise CannotStart("backup-bad-recipient", reason=error) from None
    if len(told.passphrase) < _SHORTEST:
        raise CannotStart("backup-short-passphrase", least=_SHORTEST)
    return bytes(pyrage.passphrase.encrypt(content, told.passphrase))


def unlocked(closed: bytes, told: Told) -> bytes:
    """The bytes again. Raises CannotStart where identity or passphrase do not open them."""
    try:
        if told.identity:
            known = [pyrage.x25519.Identity.from_str(told.identity)]
            return bytes(pyrage.decrypt(closed, known))
        if told.passphrase:
            return bytes(pyrage.passphrase.decrypt(closed, told.passphrase))
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise CannotStart("backup-not-opened") from None
    raise CannotStart("backup-no-way-in")


def signed_by(files: Files, told: Told, vkey: str) -> bytes:
    """The public key that must have signed the backup with these keys. Whoever knows a recipient, which is no
    secret, can close a file for it; so there the key must come from elsewhere: from paper. Raises
    CannotStart.
    """
    ours = VerifierKey("", _seed_key(files)).public
    if vkey:
        try:
            wanted = VerifierKey.parse(vkey).public
        except NotGenuine:
            raise CannotStart("backup-bad-vkey") from None
        if wanted != ours:
            raise CannotStart("backup-other-key")
    elif told.identity:
        raise CannotStart("backup-needs-vkey")
    return ours


def verifier_key(folder: Path) -> str:
    """The key under which an installation signs, as `--vkey` takes it; empty where there is none."""
    try:
        seed = (folder / CHECKPOINT_KEY).read_bytes()
    except OSError:
        return ""
    return str(VerifierKey("jejak", _seed_key({CHECKPOINT_KEY: seed})))


def seed_of(files: Files) -> bytes:
    """The seed that signs checkpoints and manifests."""
    return base64.b64decode(files[CHECKPOINT_KEY].strip())


def _seed_key(files: Files) -> bytes:
    try:
        return Ed25519PrivateKey.from_private_bytes(seed_of(files)).public_key().public_bytes_raw()
    except (KeyError, ValueError):
        raise CannotStart("backup-not-opened") from None


def gathered(folder: Path, environment: Mapping[str, str] = os.environ) -> Files:
    """Every secret of an installation whose data lie in `folder`, its settings, its seed of people and the
    letters of its regions (`letters/3402/letters.toml` as `letters-3402.toml`).
    """
    secrets = [file for file in (folder / "secrets").iterdir() if file.is_file() and file.name[0] != "."]
    found = {f"secrets/{file.name}": file.read_bytes() for file in secrets}
    beside = [folder.parent / SETTINGS]
    if told := environment.get("JEJAK_PEOPLE"):
        beside.append(Path(told))
    named = {file.name: file for file in beside}
    if told := environment.get("JEJAK_LETTERS"):
        named |= {f"letters-{file.parent.name}.toml": file for file in Path(told).glob("*/letters.toml")}
    return found | {f"settings/{name}": file.read_bytes() for name, file in named.items() if file.is_file()}


def scattered(files: Files, folder: Path) -> None:
    """Puts them into `secrets/`, and for whoever puts the installation's folder together into `settings/`."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)


def _packed(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _unpacked(packed: bytes) -> Files:
    """Plain names only: what was packed has no other."""
    found: Files = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for entry in tar:
            kind, _, rest = entry.name.partition("/")
            content = tar.extractfile(entry)
            if kind not in {"secrets", "settings"} or "/" in rest or rest in {"", ".."} or content is None:
                raise tarfile.TarError(entry.name)
            found[entry.name] = content.read()
    return found
