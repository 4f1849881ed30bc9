"""Pemeriksa mandiri log audit Jejak: membuktikan sebuah ekspor tanpa server, basis data, atau jaringan.

Role: an inspector's own instrument; it believes no sentence of the archive. One file, standard library and
`cryptography`, nothing of Jejak; with `verifier_extras.py` beside it it opens zip files and speaks English.
Previous hop: an export. Next hop: a person. Reads the log once, in O(log n) memory. Formats: RFC 6962, C2SP
signed-note and tlog-checkpoint. Exit code 0: all that was checked holds; 1: something contradicts; 2: nothing
could be checked; 3: nothing contradicts, but files that were filed are lacking.
"""

import argparse
import base64
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EVENTS, CHECKPOINT, KEY = "events.ndjson", "checkpoint", "vkey"
NOT_EVIDENCE = {EVENTS, CHECKPOINT, KEY, "verifier.py", "verifier_extras.py", "BACA-DULU.txt"}
LONGEST_LINE, LONGEST_NOTE = 1 << 24, 1 << 16
PROVEN, CONTRADICTED, INCOMPLETE = (
    "TERBUKTI",
    "TIDAK TERBUKTI: ada yang tidak cocok",
    "TIDAK LENGKAP: ada berkas yang kurang",
)
VERDICTS = {"proven": (0, PROVEN), "contradicted": (1, CONTRADICTED), "incomplete": (3, INCOMPLETE)}
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
    """What was found. `verified` only if nothing contradicts; `lacking` was filed and is not there;
    `not_proven` must be read all the same.
    """

    verified: bool = False
    origin: str = ""
    size: int = 0
    root: str = ""
    key: str = ""
    proven: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return "contradicted" if not self.verified else "incomplete" if self.lacking else "proven"


def open_note(note: bytes, key: str) -> Checkpoint:
    """The checkpoint of a signed note, if the verifier key `key` signed it;
    raises Contradiction if not, Unusable for a malformed key.
    """
    name, key_id, public = _key(key)
    try:
        body, gap, tail = note.decode().rpartition("\n\n")
        lines = [
            line.removeprefix(f"— {name} ") for line in tail.split("\n") if line.startswith(f"— {name} ")
        ]
        mine = [
            raw[4:] for raw in (base64.b64decode(line, validate=True) for line in lines) if raw[:4] == key_id
        ]
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
    raise Contradiction(
        "Titik periksa rusak: bukan catatan bertanda tangan (C2SP signed-note, tlog-checkpoint)."
    )


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
    """Takes the lines of a log one by one and says at the end whether
    they are what the checkpoints signed.
    """

    def __init__(
        self, checkpoint: Checkpoint, older: Sequence[Checkpoint] = (), files: Iterable[str] = ()
    ) -> None:
        self.checkpoint, self.older, self.tree = checkpoint, older, RunningRoot()
        self.seen, self.filed = dict[str, int](), dict[str, list[tuple[str, str, str, str]]]()
        self.probe: tuple[str, int, str] | None = None
        self._files, self._marks = (
            frozenset(files),
            dict.fromkeys((one.size for one in older), self.tree.root),
        )

    def add(self, line: bytes) -> None:
        index = self.tree.size
        self.tree.add(line)
        if self.tree.size in self._marks:
            self._marks[self.tree.size] = self.tree.root
        for found in DIGEST.findall(line) if self._files else ():
            if found.decode() in self._files:
                self.seen.setdefault(found.decode(), index)
        if b'"type":"item-filed"' in line or b'"type":"store-probed"' in line:
            with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._read(json.loads(line))

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
            raise Contradiction(f"Log berisi {self.tree.size} peristiwa, titik periksa menyebut {size}.")
        if self.tree.root != root:
            raise Contradiction(
                "Isi log bukan yang ditandatangani: ada baris yang diubah, dihapus, digandakan, atau ditukar."
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
                raise Contradiction(
                    f"Riwayat ditulis ulang: {older.size} peristiwa pertama bukan yang dulu ditandatangani."
                )
            proven.append(
                f"Titik periksa lama ({older.size} peristiwa) adalah awal dari log ini: tidak ada yang "
                "ditulis ulang."
            )
        return proven


class Export:
    """A folder (events.ndjson, checkpoint, vkey, files), its zip, which is read in place,
    or one file (checkpoint, empty line, events).
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise Unusable(f"Tidak terbaca: {path} tidak ada.")
        head, self.folder = b"", path.is_dir()
        if not self.folder:
            with path.open("rb") as stream:
                head = stream.read(LONGEST_NOTE)
        self.entries: dict[str, Any] = {
            file.relative_to(path).as_posix(): file for file in sorted(path.rglob("*")) if file.is_file()
        }
        if head.startswith(b"PK\x03\x04"):
            self.folder, self.entries = True, _extra("unzipped", lambda *_: {})(path, Contradiction, Unusable)
        if not ({EVENTS, CHECKPOINT} <= self.entries.keys() if self.folder else "\n— ".encode() in head):
            raise Unusable(
                _extra("no_export", lambda *_: f"Tidak terbaca sebagai ekspor: {path}.")(path, self.entries)
            )
        self._events = self.entries.get(EVENTS, path)

    def note(self) -> bytes:
        """The signed note; what an editor does to the ends of its lines is undone,
        because the signature decides.
        """
        with self.entries.get(CHECKPOINT, self._events).open("rb") as stream:
            note = stream.read(LONGEST_NOTE) if self.folder else self._head(stream)
        return bytes(note.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n")

    def key(self) -> str:
        if KEY in self.entries:
            with self.entries[KEY].open("rb") as stream:
                return str(stream.read(LONGEST_NOTE).decode("utf-8-sig", "replace").strip())
        raise Unusable("Ekspor ini tidak membawa kunci: berikan --vkey.")

    def lines(self) -> Iterator[bytes]:
        with self._events.open("rb") as stream:
            if not self.folder:
                self._head(stream)
            while line := stream.readline(LONGEST_LINE):
                if line.startswith(b"\xef\xbb\xbf") or line.endswith(b"\r\n"):
                    raise Contradiction(
                        f"{EVENTS} ditulis ulang oleh program lain (BOM atau CRLF); "
                        "ambil ekspornya sekali lagi."
                    )
                if not line.endswith(b"\n"):
                    raise Contradiction("Ekspor terpotong: baris terakhirnya tidak selesai.")
                yield line[:-1]

    def files(self) -> dict[str, str]:
        """The digest of every file that may be evidence, by its name."""
        found, dropped = dict[str, str](), _extra("dropped", lambda _: False)
        for name, file in self.entries.items():
            if name not in NOT_EVIDENCE and not dropped(name):
                with file.open("rb") as stream:
                    found[name] = file_digest(stream, "sha256").hexdigest()
        return found

    @staticmethod
    def _head(stream: IO[bytes]) -> bytes:
        note, gaps = b"", 0
        while gaps < 2 and len(note) < LONGEST_NOTE and (line := stream.readline(LONGEST_NOTE)):
            gaps += line == b"\n"
            note += line if gaps < 2 else b""
        return note


def verify(path: str | Path, *, vkey: str | None = None, older: Sequence[str | Path] = ()) -> Report:
    """Checks an export. `vkey`: a key or a file with one; `older`:
    checkpoints or exports, best from other hands. Raises Unusable only.
    """
    report = Report()
    try:
        export = Export(Path(path))
        report.key = (
            (Path(vkey).read_text("utf-8-sig", "replace") if Path(vkey).is_file() else vkey).strip()
            if vkey
            else export.key()
        )
        checkpoint = open_note(export.note(), report.key)
        report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
        report.proven.append(
            f"Titik periksa {checkpoint.origin} ({checkpoint.size} peristiwa) ditandatangani dengan kunci "
            f"{report.key}."
        )
        former = [open_note(Export(Path(one)).note(), report.key) for one in older]
        files = export.files()
        check = LogCheck(checkpoint, former, files.values())
        for line in export.lines():
            check.add(line)
        report.proven += check.finish()
        report.refuted += _extra("compare_files", _compare_files)(
            check, files, export.folder, export.entries, report
        )
        report.not_proven += _extra("limits", lambda *_: [])(
            checkpoint.size, [one.size for one in former], check.probe, vkey is None
        )
        report.verified = not report.refuted
    except OSError as error:
        raise Unusable(f"Tidak terbaca: {error.filename} ({error.strerror}).") from None
    except Contradiction as contradiction:
        report.refuted.append(str(contradiction))
    return report


def _compare_files(
    check: LogCheck, files: Mapping[str, str], whole: bool, _entries: Iterable[str], report: Report
) -> list[str]:
    lacking = check.filed.keys() - {*files.values()} if whole else ()
    report.lacking = [
        f"“{item[0]}”: ada di arsip menurut log, tetapi tidak di ekspor ini."
        for one in lacking
        for item in check.filed[one]
    ]
    report.not_proven += sorted(report.lacking)
    strange = [(name, digest) for name, digest in files.items() if digest not in check.seen]
    return [
        f"{name} tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya {digest[:16]}…."
        for name, digest in strange
    ]


def _extra(name: str, otherwise: Any) -> Any:
    """What `verifier_extras.py` offers under this name:
    it lies beside, or was joined to this file when that was given out.
    """
    place, offered = Path(__file__).with_name("verifier_extras.py"), dict(globals())
    if place.is_file():
        exec(compile(place.read_text(encoding="utf-8"), place.name, "exec"), offered)  # noqa: S102  ours, as much as this file
    return offered.get(name, otherwise)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Memeriksa ekspor log audit Jejak tanpa server, basis data, atau jaringan."
    )
    parser.add_argument(
        "export", help="folder ekspor, atau satu berkas (titik periksa, baris kosong, peristiwa)"
    )
    parser.add_argument(
        "--vkey", help="kunci pemeriksa, atau berkas yang memuatnya; sebaiknya dari kertas, bukan dari ekspor"
    )
    parser.add_argument(
        "--older",
        action="append",
        default=[],
        help="titik periksa atau ekspor lama dari tangan lain; boleh beberapa",
    )
    parser.add_argument("--json", action="store_true", help="laporan sebagai satu objek JSON")
    asked = next(
        (
            os.environ[name]
            for name in ("JEJAK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
            if os.environ.get(name)
        ),
        "",
    )
    parser.add_argument(
        "--lang",
        choices=("id", "en"),
        default="en" if asked.lower().startswith("en") else "id",
        help="bahasa / language",
    )
    options = parser.parse_args(arguments)
    say, plain = _extra("english", str) if options.lang == "en" else str, _extra("plain", str)
    try:
        report = verify(options.export, vkey=options.vkey, older=options.older)
        code, head = VERDICTS[report.verdict]
        told = {
            name: [plain(say(one)) for one in value] if isinstance(value, list) else value
            for name, value in asdict(report).items()
        }
        found, text = (
            {**told, "verdict": report.verdict},
            _as_text(say(head), told, say("Yang tidak terbukti di sini:")),
        )
    except Unusable as reason:
        why = plain(say(str(reason)))
        found, text, code = (
            {"verified": False, "verdict": "unusable", "unusable": why},
            f"{say('TIDAK DAPAT DIPERIKSA:')} {why}",
            2,
        )
    if isinstance(sys.stdout, TextIOWrapper):
        # a terminal that has no ✓ must not lose the verdict
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write((json.dumps(found, ensure_ascii=False) if options.json else text) + "\n")
    return code


def _as_text(head: str, told: Mapping[str, Any], limits: str) -> str:
    last = [limits, *(f"  – {one}" for one in told["not_proven"])] if told["verified"] else []
    return "\n".join(
        [head, *(f"  ✓ {one}" for one in told["proven"]), *(f"  ✗ {one}" for one in told["refuted"]), *last]
    )


if __name__ == "__main__":
    sys.exit(main())
