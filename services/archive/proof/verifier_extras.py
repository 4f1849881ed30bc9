"""Beside the verifier: opens the zip of an export in place, tells whose name a file bears,
and says the report in English.

Role: what `verifier.py` can do without. Standard library alone, nothing of Jejak.
Previous hop: `verifier.py`. Next hop: a person.
"""

import lzma
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

LARGEST, DENSEST = 1 << 36, 2_000
EVENTS = "events.ndjson"
DROPPING = re.compile(  # what desktops, office programs and browsers leave in a folder without being asked
    r"(?is)(.*/)?((eh)?thumbs\.db|desktop\.ini|icon\r|\.(ds_store|directory|localized|apdisk|volumeicon\.icns|nfs.*|~lock\..*#|_.*)|~\$.*|~wr.*\.tmp"
    r"|(__macosx|\$recycle\.bin|system volume "
    r"information|lost\+found|\.(fseventsd|spotlight-v100|temporaryitems|documentrevisions-v100|trash[^/]*))/.*"
    r"|.*(:zone\.identifier|:encryptable|\.crdownload|\.part|\.partial|~))"
)
COPY = re.compile(r"(-[0-9a-f]{8}| \(\d+\)| - (copy|salinan)( \(\d+\))?|_copy|~)$")
DAMAGED = re.compile(r"^  RUSAK ([0-9a-f]{64}) ", re.MULTILINE)
Words = str | Callable[[re.Match[str]], str]
Item = tuple[str, str, str, str]
"""Title, item, name of its file, cycle."""

ENGLISH: Sequence[tuple[str, Words]] = (
    (r"^TIDAK TERBUKTI: ada yang tidak cocok", "NOT PROVEN: something does not fit"),
    (r"^TIDAK LENGKAP: ada berkas yang kurang", "INCOMPLETE: files are lacking"),
    (r"^TERBUKTI", "PROVEN"),
    (r"^TIDAK DAPAT DIPERIKSA:", "CANNOT BE CHECKED:"),
    (r"Yang tidak terbukti di sini:", "What is not proven here:"),
    (
        r"Titik periksa tidak ditandatangani dengan kunci (\S+)\.",
        r"The checkpoint is not signed with the key \1.",
    ),
    (
        r"Tanda tangan titik periksa bukan dari kunci (\S+)\.",
        r"The signature of the checkpoint is not that of the key \1.",
    ),
    (r"Titik periksa rusak: bukan catatan bertanda tangan", "The checkpoint is damaged: no signed note"),
    (r"Bukan kunci pemeriksa \(nama\+id\+kunci\):", "No verifier key (name+id+key):"),
    (
        r"Kunci pemeriksa rusak: idnya tidak cocok dengan kuncinya:",
        "The verifier key is damaged: its id is not that of the key:",
    ),
    (
        r"Log berisi (\d+) peristiwa, titik periksa menyebut (\d+)\.",
        r"The log holds \1 events, the checkpoint says \2.",
    ),
    (
        r"Isi log bukan yang ditandatangani: ada baris yang diubah, dihapus, digandakan, atau ditukar\.",
        "The log is not the one that was signed: a line was changed, removed, doubled or moved.",
    ),
    (
        r"Ke-(\d+) peristiwa utuh dan urut: akar log sama dengan titik periksa",
        r"All \1 events are whole and in order: the log's root is that of the checkpoint",
    ),
    (
        r"Titik periksa lama \((\d+) peristiwa\) adalah awal dari log ini: tidak ada yang ditulis ulang\.",
        r"The older checkpoint (\1 events) is the beginning of this log: nothing was rewritten.",
    ),
    (
        r"Titik periksa lama dari log lain: (\S+), bukan (\S+)\.",
        r"The older checkpoint is of another log: \1, not \2.",
    ),
    (r"Log mundur: dulu (\d+) peristiwa, sekarang (\d+)\.", r"The log went back: \1 events then, \2 now."),
    (
        r"Riwayat ditulis ulang: (\d+) peristiwa pertama bukan yang dulu ditandatangani\.",
        r"History was rewritten: the first \1 events are not those that were signed then.",
    ),
    (r"Ekspor ini tidak membawa kunci: berikan --vkey\.", "This export brings no key: give --vkey."),
    (
        r"Ekspor terpotong: baris terakhirnya tidak selesai\.",
        "The export is cut off: its last line does not end.",
    ),
    (
        r"Titik periksa (\S+) \((\d+) peristiwa\) ditandatangani dengan kunci (\S+)\.",
        r"Checkpoint \1 (\2 events) is signed with the key \3.",
    ),
    (r"Tidak terbaca: (.+?) tidak ada\.", r"Cannot be read: \1 is not there."),
    (
        (
            r"Tidak terbaca: (.+?) di dalam zip ini disandi atau dimampatkan dengan cara lain; "
            r"buka zipnya dulu\."
        ),
        r"Cannot be read: \1 in this zip is encrypted, or packed in another way; unpack the zip first.",
    ),
    (
        r"Tidak terbaca sebagai ekspor: ini bagian dari sebuah ekspor; periksa (.+?)\.$",
        r"No export: this is a part of one; check \1.",
    ),
    (
        r"Tidak terbaca sebagai ekspor: ekspornya ada di dalam; periksa (.+?)\.(?=$|\")",
        r"No export: the export is inside; check \1.",
    ),
    (
        r"Tidak terbaca sebagai ekspor: (.+?) tidak memuat (\S+) dan (\S+)\.(?=$|\")",
        r"No export: \1 does not hold \2 and \3.",
    ),
    (
        (
            r"Tidak terbaca sebagai ekspor: (.+?) adalah berkas lain, bukan ekspor; "
            r"berikan folder ekspor atau zip-nya\."
        ),
        r"No export: \1 is some other file; give the folder of an export, or its zip.",
    ),
    (r"Tidak terbaca sebagai ekspor:", "No export:"),
    (r"Tidak terbaca:", "Cannot be read:"),
    (
        (
            r"Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani\. "
            r"Waktunya adalah jam Jejak sendiri\."
        ),
        (
            "That what events say is true; proven is only: not changed since it was signed. "
            "Their times are those of Jejak's own clock."
        ),
    ),
    (
        (
            r"Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri\. Bandingkan dengan yang di kertas "
            r"\(--vkey\)\."
        ),
        "That the key is the archive's: it came with the export. Compare it with the one on paper (--vkey).",
    ),
    (
        (
            r"Bahwa pemegang kunci tidak menulis ulang peristiwa (\d+) ke atas: perlu titik periksa lama "
            r"dari "
            r"tangan lain \(--older\)\."
        ),
        (
            r"That the holder of the key did not rewrite events from \1 on: that takes an older checkpoint "
            r"from "
            r"other hands (--older)."
        ),
    ),
    (
        (
            r"Bahwa pemegang kunci tidak menulis ulang log: perlu titik periksa lama dari tangan lain "
            r"\(--older\)\."
        ),
        (
            "That the holder of the key did not rewrite the log: that takes an older checkpoint from other "
            "hands (--older)."
        ),
    ),
    (
        r"WORM: log ini tidak mencatat uji kunci penyimpanan\.",
        "WORM: this log records no test of the store's locks.",
    ),
    (
        r"WORM: tidak ditegakkan oleh penyimpanan \((.*?)\), menurut uji (\S+)\.",
        r"WORM: not enforced by the store (\1), according to the test of \2.",
    ),
    (
        (
            r"WORM: ditegakkan menurut uji (.+?) \((\d+) pemeriksaan\); keadaan sekarang tidak diperiksa di "
            r"sini\."
        ),
        r"WORM: enforced according to the test of \1 (\2 checks); how it is now is not checked here.",
    ),
    (
        r"(\S.*?): isinya persis (“.*?”|berkas) yang disebut peristiwa (\d+)\.",
        lambda found: (
            f"{found[1]}: exactly {'the file' if found[2] == 'berkas' else found[2]} that event {found[3]} "
            "names."
        ),
    ),
    (
        r"(\S.*?) tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya (\w+)….",
        r"\1 is unknown to the log: no event names its digest \2….",
    ),
    (
        r"(\S.*?): tidak termasuk bukti; tidak ada peristiwa yang menyebutnya\.",
        r"\1: no part of the proof; no event names it.",
    ),
    (
        r"(\S.*?) bernama seperti “(.*?)”, tetapi isinya (“.*?”|berkas) yang disebut peristiwa (\d+)\.",
        lambda found: (
            f"{found[1]} goes by the name of “{found[2]}” but is "
            f"{'the file' if found[3] == 'berkas' else found[3]} that event {found[4]} names."
        ),
    ),
    (
        r"(\S.*?) rusak di dalam zip: isinya tidak dapat dibaca utuh\.",
        r"\1 is damaged inside the zip: it cannot be read whole.",
    ),
    (
        r"(\S+) ditulis ulang oleh program lain \(BOM atau CRLF\); ambil ekspornya sekali lagi\.",
        r"\1 was rewritten by some other program (BOM or CRLF line ends); get the export once more.",
    ),
    (
        r"Tidak di tempatnya atau berganti nama \(di arsip\):",
        "Not in its place, or renamed (in the archive):",
    ),
    (r"Rusak di penyimpanan arsip ketika diekspor:", "Damaged in the archive's store when it was exported:"),
    (
        r"ada di arsip menurut log, tetapi tidak di ekspor ini\.",
        "in the archive according to the log, but not in this export.",
    ),
    (r"Sisa program lain, bukan bagian ekspor:", "Left by other programs, no part of the export:"),
)


def english(said: str) -> str:
    """A report in English: sentence by sentence, names and numbers as they are."""
    for sentence, words in ENGLISH:
        said = re.sub(sentence, words, said, flags=re.MULTILINE)
    return said


class Packed:
    """A file in a zip; what cannot be unpacked is `damaged` or `unusable`, as the verifier calls them."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        entry: zipfile.ZipInfo,
        damaged: type[Exception],
        unusable: type[Exception],
    ) -> None:
        self._archive, self._entry, self._damaged, self._unusable = archive, entry, damaged, unusable

    @contextmanager
    def open(self, _mode: str = "rb") -> Iterator[IO[bytes]]:
        """The stream of its bytes."""
        name = self._entry.filename
        try:
            with self._archive.open(self._entry) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, IndexError):
            raise self._damaged(f"{name} rusak di dalam zip: isinya tidak dapat dibaca utuh.") from None
        except (RuntimeError, NotImplementedError):
            raise self._unusable(
                f"Tidak terbaca: {name} di dalam zip ini disandi atau dimampatkan dengan cara lain; "
                "buka zipnya dulu."
            ) from None


def plain(sentence: str) -> str:
    """A sentence that stays one line and moves no cursor, whatever stands in the names of files."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in sentence
    )


def unzipped(path: Path, damaged: type[Exception], unusable: type[Exception]) -> dict[str, Packed]:
    """The files of a zip by their names below the export's own folder; nothing is unpacked.
    Empty for one that is no export or no honest zip.
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
    tops = [name.removesuffix(EVENTS) for name in entries if name.rpartition("/")[2] == EVENTS]
    top = min(tops, key=len) if tops else ""
    return {
        name.removeprefix(top): Packed(packed, info, damaged, unusable)
        for name, info in entries.items()
        if name.startswith(top)
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


def compare_files(
    check: Any, files: Mapping[str, str], whole: bool, entries: Mapping[str, Any], report: Any
) -> list[str]:
    """Every file against the log: what it is, what lacks, what lies elsewhere than the archive put it.
    Answers what contradicts.
    """
    wrong = list[str]()
    for name, digest in files.items():
        held, posed = check.filed.get(digest, ()), misplaced(name, digest, check.filed)
        title = f"“{next((item for item in held if _lies(name, item)), held[0])[0]}”" if held else "berkas"
        if posed and digest in check.seen:
            wrong.append(
                f"{name} bernama seperti “{posed}”, tetapi isinya {title} yang disebut peristiwa "
                f"{check.seen[digest]}."
            )
        elif posed:
            wrong.append(
                f"{name} tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya {digest[:16]}…."
            )
        elif digest in check.seen:
            report.proven.append(
                f"{name}: isinya persis {title} yang disebut peristiwa {check.seen[digest]}."
            )
        else:
            report.not_proven.append(f"{name}: tidak termasuk bukti; tidak ada peristiwa yang menyebutnya.")
    if whole:
        report.lacking += [
            f"{title}: ada di arsip menurut log, tetapi tidak di ekspor ini."
            for title in lacking(check.filed, files)
        ]
    report.not_proven += sorted(report.lacking) + also(entries, files, check.filed)
    return wrong


def misplaced(name: str, digest: str, filed: Mapping[str, Sequence[Item]]) -> str:
    """The title of the filed file whose name this one bears without being it; empty where it does not."""
    folder, last = name.rpartition("/")[0].rpartition("/")[2], name.rpartition("/")[2]
    called = {_bare(last), _bare(COPY.sub("", _bare(last).rpartition(".")[0] or _bare(last)))}
    items = [(known, item) for known, several in filed.items() for item in several]
    here = [one for one in items if one[1][3] and _bare(one[1][3]) == _bare(folder)]
    posed = [
        (known, item) for known, item in here or items if called & {_bare(item[1]), _bare(item[2])} - {""}
    ]
    return "" if not posed or digest in {known for known, _ in posed} else posed[0][1][0]


def lacking(filed: Mapping[str, Sequence[Item]], files: Mapping[str, str]) -> Iterator[str]:
    """Items without a file, by title. Each has its own, also where several have the same bytes;
    the one that lies in its place is its.
    """
    titles = Counter(item[0] for items in filed.values() for item in items)
    for digest, items in filed.items():
        names = [name for name, known in files.items() if known == digest]
        elsewhere = [item for item in items if not any(_lies(name, item) for name in names)]
        for title, _, _, cycle in elsewhere[max(0, len(names) - len(items) + len(elsewhere)) :]:
            yield f"“{title}” ({cycle})" if titles[title] > 1 and cycle else f"“{title}”"


def _lies(name: str, item: Item) -> bool:
    """Whether a file lies where the archive puts that of an item."""
    folder, stem = name.rpartition("/")[0].rpartition("/")[2], name.rpartition("/")[2].rpartition(".")[0]
    return _bare(folder) == _bare(item[3]) and _bare(item[1]) in {_bare(stem), COPY.sub("", _bare(stem))}


def _bare(name: str) -> str:
    """A name without what file systems and desktops change in it."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def dropped(name: str) -> bool:
    """Whether a file was left by another program."""
    return DROPPING.fullmatch(name) is not None


def also(
    entries: Mapping[str, Any], files: Mapping[str, str], filed: Mapping[str, Sequence[Item]]
) -> list[str]:
    """What else is to be said of a folder: what lies elsewhere, what the export itself names as damaged,
    what other programs left in it.
    """
    told = ""
    if "BACA-DULU.txt" in entries:
        with entries["BACA-DULU.txt"].open("rb") as stream:
            told = stream.read(1 << 24).decode(errors="replace")
    homes = {
        name: [item for item in filed.get(digest, ()) if item[1] and item[3]]
        for name, digest in files.items()
    }
    moved = [
        f"{name} ({items[0][3]}/{items[0][1]})"
        for name, items in homes.items()
        if items and not any(_lies(name, item) for item in items)
    ]
    damaged = [f"“{item[0]}”" for digest in DAMAGED.findall(told) for item in filed.get(digest, ())]
    said = {
        "Tidak di tempatnya atau berganti nama (di arsip)": moved,
        "Rusak di penyimpanan arsip ketika diekspor": damaged,
        "Sisa program lain, bukan bagian ekspor": list(filter(dropped, entries)),
    }
    return [f"{what}: {', '.join(names)}." for what, names in said.items() if names]


def limits(size: int, older: Sequence[int], probe: tuple[str, int, str] | None, own_key: bool) -> list[str]:
    """What a check of `size` events, the first ones of them known from other hands, does not prove."""
    seen = max(older, default=0)
    told = [
        (
            "Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani. "
            "Waktunya adalah jam Jejak sendiri."
        )
    ]
    if own_key:
        told.append(
            "Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri. Bandingkan dengan yang di kertas "
            "(--vkey)."
        )
    if seen < size:
        which = f"peristiwa {seen} ke atas" if seen else "log"
        told.append(
            f"Bahwa pemegang kunci tidak menulis ulang {which}: perlu titik periksa lama dari tangan lain "
            "(--older)."
        )
    if probe is None:
        return [*told, "WORM: log ini tidak mencatat uji kunci penyimpanan."]
    at, checks, failed = probe
    if failed:
        return [*told, f"WORM: tidak ditegakkan oleh penyimpanan ({failed}), menurut uji {at}."]
    return [
        *told,
        (
            f"WORM: ditegakkan menurut uji {at} ({checks} pemeriksaan); keadaan sekarang tidak diperiksa di "
            "sini."
        ),
    ]
