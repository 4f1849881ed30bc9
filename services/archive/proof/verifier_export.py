"""What was given to be checked: the folder of an export, its zip, which is read in place, or its one file.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier.py` with a path. Next hop: `verifier_log.py` with note and lines, `verifier_files.py`.
"""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from services.archive.proof.verifier_log import Contradiction, Unusable

EVENTS, CHECKPOINT, KEY, README = "events.ndjson", "checkpoint", "vkey", "BACA-DULU.txt"
HASHES = "leaf-hashes"
NOT_EVIDENCE = {EVENTS, CHECKPOINT, KEY, README, HASHES, "verifier.py"}
LONGEST_LINE, LONGEST_NOTE = 1 << 24, 1 << 16
LARGEST, DENSEST, MOST_HASHES = 1 << 36, 2_000, 1 << 31
DROPPING = re.compile(  # what desktops, office programs and browsers leave in a folder without being asked
    r"(?is)(.*/)?((eh)?thumbs\.db|desktop\.ini|icon\r|\.(ds_store|directory|localized|apdisk|volumeicon\.icns|nfs.*|~lock\..*#|_.*)|~\$.*|~wr.*\.tmp"
    r"|(__macosx|\$recycle\.bin|system volume "
    r"information|lost\+found|\.(fseventsd|spotlight-v100|temporaryitems|documentrevisions-v100|trash[^/]*))/.*"
    r"|.*(:zone\.identifier|:encryptable|\.crdownload|\.part|\.partial|~))"
)


class Export:
    """A folder (events.ndjson, checkpoint, vkey, leaf-hashes, files), its zip, which is read in place,
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
            self.folder, self.entries = True, dict(unzipped(path))
        if not ({EVENTS, CHECKPOINT} <= self.entries.keys() if self.folder else "\n— ".encode() in head):
            raise Unusable(no_export(path, self.entries))
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

    def hashes(self) -> bytes:
        """The hash of every line that was signed, one after the other; empty where the export brings none."""
        if not self.folder or HASHES not in self.entries:
            return b""
        with self.entries[HASHES].open("rb") as stream:
            return bytes(stream.read(MOST_HASHES))

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
        found = dict[str, str]()
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


class Packed:
    """A file in a zip."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self._archive, self._entry = archive, entry

    @contextmanager
    def open(self, _mode: str = "rb") -> Iterator[IO[bytes]]:
        """The stream of its bytes."""
        name = self._entry.filename
        try:
            with self._archive.open(self._entry) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, IndexError):
            raise Contradiction(f"{name} rusak di dalam zip: isinya tidak dapat dibaca utuh.") from None
        except (RuntimeError, NotImplementedError):
            raise Unusable(
                f"Tidak terbaca: {name} di dalam zip ini disandi atau dimampatkan dengan cara lain; "
                "buka zipnya dulu."
            ) from None


def unzipped(path: Path, named: str = EVENTS) -> dict[str, Packed]:
    """The files of a zip by their names below the folder of the file that is `named` so; nothing is unpacked.
    Empty for one that has none, or is no honest zip.
    """
    try:
        packed = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError):
        return {}
    whole = sum(info.file_size for info in packed.infolist())
    if whole > LARGEST or whole > DENSEST * max(1, path.stat().st_size):
        return {}
    entries = {
        info.filename.replace("\\", "/"): info
        for info in packed.infolist()
        if not info.filename.endswith(("/", "\\"))
    }
    tops = [name.removesuffix(named) for name in entries if name.rpartition("/")[2] == named]
    top = min(tops, key=len) if tops else ""
    return {
        name.removeprefix(top): Packed(packed, info) for name, info in entries.items() if name.startswith(top)
    }


def no_export(path: Path, entries: Mapping[str, Any]) -> str:
    """What it is that was given, where that is no export."""
    inside = [str((path / name).parent) for name in entries if name.endswith(f"/{EVENTS}")]
    inside += [str(path / name) for name in entries if name.lower().endswith(".zip")]
    if inside:
        return f"Tidak terbaca sebagai ekspor: ekspornya ada di dalam; periksa {' / '.join(inside[:3])}."
    above = next((one for one in path.absolute().parents if (one / EVENTS).is_file()), None)
    if above:
        return f"Tidak terbaca sebagai ekspor: ini bagian dari sebuah ekspor; periksa {above}."
    if path.is_dir() or path.suffix.lower() == ".zip":
        return f"Tidak terbaca sebagai ekspor: {path} tidak memuat {EVENTS} dan checkpoint."
    return (
        f"Tidak terbaca sebagai ekspor: {path} adalah berkas lain, bukan ekspor; "
        "berikan folder ekspor atau zip-nya."
    )


def dropped(name: str) -> bool:
    """Whether a file was left by another program."""
    return DROPPING.fullmatch(name) is not None
