"""Pemeriksa mandiri log audit Jejak: membuktikan sebuah ekspor tanpa server, basis data, atau jaringan.

Role: an inspector's own instrument; it believes no sentence of the archive. One file, standard library and `cryptography`, nothing of Jejak.
Previous hop: an export (a folder, or one file: checkpoint, empty line, events). Next hop: a person, who reads what was proven and what was not.

    python verifier.py EKSPOR [--vkey KUNCI] [--older TITIK_PERIKSA]… [--json]

Exit code 0: all that was checked holds; 1: something contradicts; 2: nothing could be checked. Reads the log once, in O(log n) memory.
Formats: RFC 6962, C2SP signed-note and tlog-checkpoint.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EVENTS, CHECKPOINT, KEY = "events.ndjson", "checkpoint", "vkey"
NOT_EVIDENCE = {EVENTS, CHECKPOINT, KEY, "verifier.py", "BACA-DULU.txt"}
LONGEST_LINE = 1 << 24
LONGEST_NOTE = 1 << 16
DIGEST = re.compile(rb'"(?:digest|scan)":"([0-9a-f]{64})"')


class Unusable(Exception):
    """There is nothing here that could be checked: no checkpoint, no key, a file that cannot be read."""


class Contradiction(Exception):
    """A signature, size, root or file does not fit; the sentence says which."""


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


@dataclass
class Report:
    """What was found. `verified` is true only if nothing contradicts; `not_proven` must be read all the same."""

    verified: bool = False
    origin: str = ""
    size: int = 0
    root: str = ""
    key: str = ""
    proven: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)


def open_note(note: bytes, key: str) -> Checkpoint:
    """The checkpoint of a signed note, if the verifier key `key` signed it; raises Contradiction if not, Unusable for a malformed key."""
    name, key_id, public = _key(key)
    try:
        body, gap, tail = note.decode().rpartition("\n\n")
        mine = [raw[4:] for line in tail.split("\n") for raw in [_signature(line, name)] if raw[:4] == key_id]
        if not gap or not mine:
            raise Contradiction(f"Titik periksa tidak ditandatangani dengan kunci {key}.")
        for signature in mine:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, (body + "\n").encode())
        origin, size, root = body.split("\n")[:3]
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        if len(checkpoint.root) == 32 and str(checkpoint.size) == size and checkpoint.size >= 0:
            return checkpoint
    except InvalidSignature:
        raise Contradiction(f"Tanda tangan titik periksa bukan dari kunci {key}.") from None
    except ValueError:
        pass
    raise Contradiction("Titik periksa rusak: bukan catatan bertanda tangan (C2SP signed-note, tlog-checkpoint).")


def _signature(line: str, name: str) -> bytes:
    prefix = f"— {name} "
    return base64.b64decode(line.removeprefix(prefix), validate=True) if line.startswith(prefix) else b""


def _key(text: str) -> tuple[str, bytes, bytes]:
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Unusable(f"Bukan kunci pemeriksa (nama+id+kunci): {text.strip()!r}.") from None
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != key_id:
        raise Unusable(f"Kunci pemeriksa rusak: idnya tidak cocok dengan kuncinya: {text.strip()!r}.")
    return name, bytes.fromhex(key_id), raw[1:]


class RunningRoot:
    """The RFC 6962 root over the lines so far; keeps one hash per bit of their number."""

    def __init__(self) -> None:
        self.size, self._peaks = 0, list[bytes]()

    def add(self, line: bytes) -> None:
        node, index = sha256(b"\x00" + line).digest(), self.size
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
    """Takes the lines of a log one by one and says at the end whether they are what the checkpoints signed."""

    def __init__(self, checkpoint: Checkpoint, older: Sequence[Checkpoint] = (), files: Iterable[str] = ()) -> None:
        self.checkpoint, self.older, self.tree = checkpoint, older, RunningRoot()
        self.seen, self.filed = dict[str, int](), dict[str, str]()
        self.probe: tuple[str, int, str] | None = None
        self._files, self._marks = frozenset(files), dict.fromkeys((one.size for one in older), self.tree.root)

    def add(self, line: bytes) -> None:
        index = self.tree.size
        self.tree.add(line)
        if self.tree.size in self._marks:
            self._marks[self.tree.size] = self.tree.root
        for found in DIGEST.findall(line) if self._files else ():
            if found.decode() in self._files:
                self.seen.setdefault(found.decode(), index)
        if b'"type":"item-filed"' in line or b'"type":"store-probed"' in line:
            with suppress(ValueError, KeyError, TypeError):
                self._read(json.loads(line))

    def _read(self, event: Mapping[str, Any]) -> None:
        kind, data = (event["source"], event["type"]), event["data"]
        if kind == ("archive", "item-filed"):
            self.filed[data["file"]["digest"]] = data["title"]
        elif kind == ("archive", "store-probed"):
            self.probe = (str(data["at"]), int(data["checks"]), ", ".join(data["failed"]))

    def finish(self) -> list[str]:
        """What holds, as sentences; raises Contradiction for the first thing that does not."""
        _, size, root = self.checkpoint
        if self.tree.size != size:
            raise Contradiction(f"Log berisi {self.tree.size} peristiwa, titik periksa menyebut {size}.")
        if self.tree.root != root:
            raise Contradiction("Isi log bukan yang ditandatangani: ada baris yang diubah, dihapus, digandakan, atau ditukar.")
        proven = [f"Ke-{size} peristiwa utuh dan urut: akar log sama dengan titik periksa ({root.hex()[:16]}…)."]
        for older in self.older:
            self._compare(older)
            proven.append(f"Titik periksa lama ({older.size} peristiwa) adalah awal dari log ini: tidak ada yang ditulis ulang.")
        return proven

    def _compare(self, older: Checkpoint) -> None:
        if older.origin != self.checkpoint.origin:
            raise Contradiction(f"Titik periksa lama dari log lain: {older.origin}, bukan {self.checkpoint.origin}.")
        if older.size > self.checkpoint.size:
            raise Contradiction(f"Log mundur: dulu {older.size} peristiwa, sekarang {self.checkpoint.size}.")
        if self._marks[older.size] != older.root:
            raise Contradiction(f"Riwayat ditulis ulang: {older.size} peristiwa pertama bukan yang dulu ditandatangani.")


class Export:
    """A folder (events.ndjson, checkpoint, vkey, files) or one file (checkpoint, empty line, events)."""

    def __init__(self, path: Path) -> None:
        self.path, self.folder = path, path.is_dir()
        self._events = path / EVENTS if self.folder else path

    def note(self) -> bytes:
        if self.folder:
            return (self.path / CHECKPOINT).read_bytes()[:LONGEST_NOTE]
        with self._events.open("rb") as stream:
            return self._head(stream)

    def key(self) -> str:
        if self.folder and (self.path / KEY).is_file():
            return _key_text(str(self.path / KEY))
        raise Unusable("Ekspor ini tidak membawa kunci: berikan --vkey.")

    def lines(self) -> Iterator[bytes]:
        with self._events.open("rb") as stream:
            if not self.folder:
                self._head(stream)
            while line := stream.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise Contradiction("Ekspor terpotong: baris terakhirnya tidak selesai.")
                yield line[:-1]

    def files(self) -> dict[str, str]:
        """SHA-256 → names of all files that are evidence."""
        found: dict[str, str] = {}
        for file in sorted(self.path.rglob("*")) if self.folder else ():
            name = file.relative_to(self.path).as_posix()
            if file.is_file() and name not in NOT_EVIDENCE:
                with file.open("rb") as stream:
                    digest = file_digest(stream, "sha256").hexdigest()
                found[digest] = f"{found[digest]}, {name}" if digest in found else name
        return found

    @staticmethod
    def _head(stream: IO[bytes]) -> bytes:
        """Text, empty line, signature lines; what follows the next empty line stays in the stream."""
        note, gaps = b"", 0
        while gaps < 2 and len(note) < LONGEST_NOTE and (line := stream.readline(LONGEST_NOTE)):
            gaps += line == b"\n"
            note += line if gaps < 2 else b""
        return note


def verify(path: str | Path, *, vkey: str | None = None, older: Sequence[str | Path] = ()) -> Report:
    """Checks an export. `vkey` is a verifier key or a file with one; `older` are checkpoints or older exports, best from other hands.

    Never raises for what the export holds; raises Unusable when there is nothing to check.
    """
    export, report = Export(Path(path)), Report()
    report.key = _key_text(vkey) if vkey else export.key()
    try:
        checkpoint = open_note(export.note(), report.key)
        report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
        report.proven.append(f"Titik periksa {checkpoint.origin} ({checkpoint.size} peristiwa) ditandatangani dengan kunci {report.key}.")
        former = [open_note(Export(Path(one)).note(), report.key) for one in older]
        files = export.files()
        check = LogCheck(checkpoint, former, files)
        for line in export.lines():
            check.add(line)
        report.proven += check.finish()
        _compare_files(check, files, report)
        report.not_proven += _limits(checkpoint, former, check, own_key=vkey is None)
        report.verified = True
    except OSError as error:
        raise Unusable(f"Tidak terbaca: {error.filename} ({error.strerror}).") from None
    except Contradiction as contradiction:
        report.refuted.append(str(contradiction))
    return report


def _key_text(given: str) -> str:
    return (Path(given).read_text(errors="replace") if Path(given).is_file() else given).strip()


def _compare_files(check: LogCheck, files: Mapping[str, str], report: Report) -> None:
    for digest, name in files.items():
        if digest not in check.seen:
            raise Contradiction(f"{name} tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya {digest[:16]}….")
        title = f"“{check.filed[digest]}”" if digest in check.filed else "berkas"
        report.proven.append(f"{name}: isinya persis {title} yang disebut peristiwa {check.seen[digest]}.")
    absent = [title for digest, title in check.filed.items() if digest not in files]
    report.not_proven += [f"“{title}”: ada di arsip menurut log, tetapi tidak di ekspor ini." for title in absent]


def _limits(checkpoint: Checkpoint, older: Sequence[Checkpoint], check: LogCheck, *, own_key: bool) -> list[str]:
    limits = ["Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani. Waktunya adalah jam Jejak sendiri."]
    if own_key:
        limits.append("Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri. Bandingkan dengan yang di kertas (--vkey).")
    seen = max((one.size for one in older), default=0)
    if seen < checkpoint.size:
        which = f"peristiwa {seen} ke atas" if seen else "log"
        limits.append(f"Bahwa pemegang kunci tidak menulis ulang {which}: perlu titik periksa lama dari tangan lain (--older).")
    if check.probe is None:
        return [*limits, "WORM: log ini tidak mencatat uji kunci penyimpanan."]
    at, checks, failed = check.probe
    if failed:
        return [*limits, f"WORM: tidak ditegakkan oleh penyimpanan ({failed}), menurut uji {at}."]
    return [*limits, f"WORM: ditegakkan menurut uji {at} ({checks} pemeriksaan); keadaan sekarang tidak diperiksa di sini."]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; answers with the exit code."""
    parser = argparse.ArgumentParser(description="Memeriksa ekspor log audit Jejak tanpa server, basis data, atau jaringan.")
    parser.add_argument("export", help="folder ekspor, atau satu berkas (titik periksa, baris kosong, peristiwa)")
    parser.add_argument("--vkey", help="kunci pemeriksa, atau berkas yang memuatnya; sebaiknya dari kertas, bukan dari ekspor")
    parser.add_argument("--older", action="append", default=[], help="titik periksa atau ekspor lama dari tangan lain; boleh beberapa")
    parser.add_argument("--json", action="store_true", help="laporan sebagai satu objek JSON")
    options = parser.parse_args(arguments)
    try:
        report = verify(options.export, vkey=options.vkey, older=options.older)
        found, text, code = asdict(report), _as_text(report), 0 if report.verified else 1
    except Unusable as reason:
        found, text, code = {"verified": False, "unusable": str(reason)}, f"TIDAK DAPAT DIPERIKSA: {reason}", 2
    sys.stdout.write((json.dumps(found, ensure_ascii=False) if options.json else text) + "\n")
    return code


def _as_text(report: Report) -> str:
    head = "TERBUKTI" if report.verified else "TIDAK TERBUKTI: ada yang tidak cocok"
    limits = ["Yang tidak terbukti di sini:", *(f"  – {one}" for one in report.not_proven)] if report.verified else []
    return "\n".join([head, *(f"  ✓ {one}" for one in report.proven), *(f"  ✗ {one}" for one in report.refuted), *limits])


if __name__ == "__main__":
    sys.exit(main())
