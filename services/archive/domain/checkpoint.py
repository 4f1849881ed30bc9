"""Checkpoint: size and root of the audit log at one moment, as a C2SP signed note that anybody may keep.

Role: the sentence that the archive signs and later cannot take back. SOP step 13, and every step before it.
Previous hop: `merkle.py` for the root. Next hop: tanda terima, export and whoever keeps one;
`proof/verifier.py` checks it without us.

Formats: C2SP tlog-checkpoint v1, signed-note v1 (signature type 0x01, Ed25519), tlog-proof v1.
Keys travel as `name+id+base64(type ‖ key)`.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "— "
PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class NotGenuine(Exception):
    """A checkpoint, key or proof that is malformed, or whose signature is not the key's."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a log's key, with the name it signs under."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that a signature line begins with (signed-note, "Ed25519 signatures")."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key that `text` names. Raises NotGenuine when it is
        malformed or its id belongs to another key.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decode(encoded)
        key = cls(name, raw[1:])
        if (
            not name
            or any(map(str.isspace, name))
            or raw[:1] != ED25519
            or len(raw) != 33
            or key.id.hex() != key_id
        ):
            raise NotGenuine(f"not an Ed25519 verifier key: {text!r}")
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: the log's origin, its size and the root over exactly that many leaves."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint in the text of a note; extension lines are allowed and ignored.
        Raises NotGenuine when it is malformed.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise NotGenuine("a checkpoint has at least three non-empty lines")
        origin, size, encoded = lines[:3]
        root = _decode(encoded)
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size) or len(root) != 32:
            raise NotGenuine("size or root of the checkpoint is malformed")
        return cls(origin, int(size), root)


@dataclass(frozen=True, slots=True)
class Signer:
    """The archive's own key; `name` is also the origin of its log, e.g. `jejak.id/3402`."""

    name: str
    seed: bytes

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(
            self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        )

    def sign(self, size: int, root: bytes) -> str:
        """The signed note of a tree of `size` leaves with this root."""
        return self.note(Checkpoint(self.name, size, root).text)

    def note(self, text: str) -> str:
        """The signed note of a text that ends with a line break."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n{DASH}{self.name} {base64.b64encode(self.key.id + signature).decode()}\n"


def open_note(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a signed note, if `key` signed it.
    Raises NotGenuine otherwise; signatures of other keys are ignored.
    """
    text, signatures = _divide(note)
    mine = [raw[4:] for name, raw in signatures if (name, raw[:4]) == (key.name, key.id)]
    if not mine:
        raise NotGenuine(f"not signed by {key.name}+{key.id.hex()}")
    for signature in mine:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        except InvalidSignature:
            raise NotGenuine(f"the signature is not that of {key.name}+{key.id.hex()}") from None
    return Checkpoint.parse(text)


def proof_text(index: int, hashes: Sequence[bytes], note: str) -> str:
    """A C2SP tlog-proof: all that shows, offline,
    that a line stands at `index` of the log that `note` signs.
    """
    path = "".join(base64.b64encode(one).decode() + "\n" for one in hashes)
    return f"{PROOF_HEADER}\nindex {index}\n{path}\n{note}"


def _divide(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if any(ord(letter) < 32 and letter != "\n" for letter in note):
        raise NotGenuine("control characters in a signed note")
    body, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NotGenuine("not a signed note: no signature lines after an empty line")
    return body + "\n", [_signature(line) for line in tail[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    raw = _decode(encoded)
    if not line.startswith(DASH) or not name or "+" in name or len(raw) < 5:
        raise NotGenuine("malformed signature line")
    return name, raw


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotGenuine(f"not base64: {encoded!r}") from error
