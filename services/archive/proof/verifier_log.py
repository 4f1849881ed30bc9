"""What is signed: the checkpoint, opened with its key, and the lines of the log under it.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library and
`cryptography`, nothing else of Jejak. Previous hop: `verifier.py` with the lines of an export, `proofs.py`
with those of the database. Next hop: `verifier_files.py`. Formats: RFC 6962, C2SP signed-note and
tlog-checkpoint.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DIGEST = re.compile(rb'"(?:digest|scan)":"([0-9a-f]{64})"')
WITHHELD = re.compile(rb"sha256:([0-9a-f]{64})")
"""What stands for a line that whoever took the export away may not read."""
SOURCE = b',"source":"'
PLACE = re.compile(rb',"source":"([^"]*)","stream":"([^"]*)","type":"[^"]*","version":([0-9]{1,19})\}')
"""How a line ends."""
Item = tuple[str, str, str, str]
"""Title, item, name of its file, cycle."""


class Unusable(Exception):
    """There is nothing here that could be checked: no checkpoint, no key, a file that cannot be read."""


class Contradiction(Exception):
    """A signature, size, root or file does not fit; the sentence says which."""


class NotThoseLines(Contradiction):
    """The lines are not those that were signed."""


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def open_note(note: bytes, key: str) -> Checkpoint:
    """The checkpoint of a signed note, if the verifier key `key` signed it;
    raises Contradiction if not, Unusable for a malformed key.
    """
    unsigned = (
        f"Titik periksa tidak ditandatangani dengan kunci {key}.",
        f"Tanda tangan titik periksa bukan dari kunci {key}.",
    )
    try:
        origin, size, root = signed_text(note, key, *unsigned).split("\n")[:3]
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        if len(checkpoint.root) == 32 and str(checkpoint.size) == size and checkpoint.size >= 0:
            return checkpoint
    except ValueError:
        pass
    raise Contradiction(
        "Titik periksa rusak: bukan catatan bertanda tangan (C2SP signed-note, tlog-checkpoint)."
    )


def signed_text(note: bytes, key: str, unsigned: str, forged: str) -> str:
    """The text of a signed note, if `key` signed it. Raises Contradiction with the sentence given for it,
    Unusable for a malformed key, ValueError for what is no text or no note.
    """
    name, key_id, public = _key(key)
    body, gap, tail = note.decode().rpartition("\n\n")
    lines = [line.removeprefix(f"— {name} ") for line in tail.split("\n") if line.startswith(f"— {name} ")]
    mine = [raw[4:] for raw in (base64.b64decode(line, validate=True) for line in lines) if raw[:4] == key_id]
    if not gap or not mine:
        raise Contradiction(unsigned)
    try:
        for signature in mine:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, (body + "\n").encode())
    except InvalidSignature:
        raise Contradiction(forged) from None
    return body


def _key(text: str) -> tuple[str, bytes, bytes]:
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Unusable(f"Bukan kunci pemeriksa (nama+id+kunci): {text.strip()!r}.") from None
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != key_id:
        raise Unusable(f"Kunci pemeriksa rusak: idnya tidak cocok dengan kuncinya: {text.strip()!r}.")
    return name, bytes.fromhex(key_id), raw[1:]


def leaf_of(line: bytes) -> bytes:
    """The hash of a leaf; of a line that is not shown it stands in the line's place."""
    alone = WITHHELD.fullmatch(line)
    return bytes.fromhex(alone[1].decode()) if alone else sha256(b"\x00" + line).digest()


def event_of(line: bytes) -> str:
    """Which event a line says that it is; empty where it says nothing of the kind."""
    said = PLACE.match(line, line.rfind(SOURCE))
    if said is None:
        return ""
    return f"{said[1].decode(errors='replace')} {said[2].decode(errors='replace')} @{int(said[3])}"


class RunningRoot:
    """The RFC 6962 root over the lines so far; keeps one hash per bit of their number."""

    def __init__(self) -> None:
        self.size, self._peaks = 0, list[bytes]()

    def add(self, line: bytes, hashed: bytes = b"") -> None:
        """`hashed`: the hash of a leaf whose line is not known."""
        node, index = hashed or sha256(b"\x00" + line).digest(), self.size
        while index & 1:
            node, index = sha256(b"\x01" + self._peaks.pop() + node).digest(), index >> 1
        self._peaks.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        root = self._peaks[-1] if self._peaks else sha256(b"").digest()
        for peak in reversed(self._peaks[:-1]):
            root = sha256(b"\x01" + peak + root).digest()
        return root


class LogCheck:
    """Takes the lines of a log one by one and says at the end whether
    they are what the checkpoints signed.
    """

    def __init__(
        self, checkpoint: Checkpoint, older: Sequence[Checkpoint] = (), files: Iterable[str] = ()
    ) -> None:
        self.checkpoint, self.older, self.tree = checkpoint, older, RunningRoot()
        self.seen, self.filed = dict[str, int](), dict[str, list[tuple[str, str, str, str]]]()
        self.probe: tuple[str, int, str] | None = None
        self.withheld, self.hole, self._versions = 0, "", dict[tuple[bytes, bytes], int]()
        self._files, self._marks = (
            frozenset(files),
            dict.fromkeys((one.size for one in older), self.tree.root),
        )

    def add(self, line: bytes) -> None:
        index, alone = self.tree.size, WITHHELD.fullmatch(line)
        self.tree.add(line, bytes.fromhex(alone[1].decode()) if alone else b"")
        self.withheld += 1 if alone else 0
        self._follow(line, index)
        if self.tree.size in self._marks:
            self._marks[self.tree.size] = self.tree.root
        for found in DIGEST.findall(line) if self._files else ():
            if found.decode() in self._files:
                self.seen.setdefault(found.decode(), index)
        if b'"type":"item-filed"' in line or b'"type":"store-probed"' in line:
            with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._read(json.loads(line))

    def _follow(self, line: bytes, index: int) -> None:
        """Remembers the first line that does not follow the one before it in its stream."""
        said = PLACE.match(line, line.rfind(SOURCE))
        if said is None:
            return
        place, version = (said[1], said[2]), int(said[3])
        if version != self._versions.get(place, 0) + 1 and not self.hole:
            self.hole = f"{event_of(line)} (#{index})"
        self._versions[place] = version

    def _read(self, event: Mapping[str, Any]) -> None:
        kind, data = (event["source"], event["type"]), event["data"]
        if kind == ("archive", "item-filed"):
            item = (
                str(data["title"]),
                str(data.get("item", "")),
                str(data["file"].get("name", "")),
                str(data.get("cycle", "")),
            )
            same = self.filed.setdefault(data["file"]["digest"], [])
            same += [item] if item not in same else []
        elif kind == ("archive", "store-probed"):
            self.probe = (str(data["at"]), int(data["checks"]), ", ".join(data["failed"]))

    def finish(self) -> list[str]:
        """What holds, as sentences; raises Contradiction for the first thing that does not."""
        size, root = self.checkpoint.size, self.checkpoint.root
        if self.tree.size != size:
            raise NotThoseLines(f"Log berisi {self.tree.size} peristiwa, titik periksa menyebut {size}.")
        if self.tree.root != root:
            raise NotThoseLines(
                "Isi log bukan yang ditandatangani: ada baris yang diubah, dihapus, digandakan, atau ditukar."
            )
        if self.withheld and self.hole:
            raise Contradiction(
                f"Ada yang tidak diperlihatkan dari alur yang diperlihatkan, sebelum {self.hole}."
            )
        proven = [
            f"Ke-{size} peristiwa utuh dan urut: akar log sama dengan titik periksa ({root.hex()[:16]}…)."
        ]
        for older in self.older:
            if older.origin != self.checkpoint.origin:
                raise Contradiction(
                    f"Titik periksa lama dari log lain: {older.origin}, bukan {self.checkpoint.origin}."
                )
            if older.size > size:
                raise Contradiction(f"Log mundur: dulu {older.size} peristiwa, sekarang {size}.")
            if self._marks[older.size] != older.root:
                raise NotThoseLines(
                    f"Riwayat ditulis ulang: {older.size} peristiwa pertama bukan yang dulu ditandatangani."
                )
            proven.append(
                f"Titik periksa lama ({older.size} peristiwa) adalah awal dari log ini: tidak ada yang "
                "ditulis ulang."
            )
        return proven
