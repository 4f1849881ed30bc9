"""Beside the verifier: opens the zip of an export in place, tells whose name a file bears, and says the report in English.

Role: what `verifier.py` can do without. Standard library alone, nothing of Jejak. Previous hop: `verifier.py`. Next hop: a person.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

LARGEST, DENSEST = 1 << 36, 2_000
EVENTS = "events.ndjson"
DROPPING = re.compile(r"(?i)(.*/)?((eh)?thumbs\.db|desktop\.ini|\.ds_store|\.directory|\._.*|~\$.*|__macosx/.*|\$recycle\.bin/.*)")
DAMAGED = re.compile(r"^  RUSAK ([0-9a-f]{64}) ", re.MULTILINE)
Words = str | Callable[[re.Match[str]], str]

ENGLISH: Sequence[tuple[str, Words]] = (
    (r"^TIDAK TERBUKTI: ada yang tidak cocok", "NOT PROVEN: something does not fit"),
    (r"^TIDAK LENGKAP: ada berkas yang kurang", "INCOMPLETE: files are lacking"),
    (r"^TERBUKTI", "PROVEN"),
    (r"^TIDAK DAPAT DIPERIKSA:", "CANNOT BE CHECKED:"),
    (r"Yang tidak terbukti di sini:", "What is not proven here:"),
    (r"Titik periksa tidak ditandatangani dengan kunci (\S+)\.", r"The checkpoint is not signed with the key \1."),
    (r"Tanda tangan titik periksa bukan dari kunci (\S+)\.", r"The signature of the checkpoint is not that of the key \1."),
    (r"Titik periksa rusak: bukan catatan bertanda tangan", "The checkpoint is damaged: no signed note"),
    (r"Bukan kunci pemeriksa \(nama\+id\+kunci\):", "No verifier key (name+id+key):"),
    (r"Kunci pemeriksa rusak: idnya tidak cocok dengan kuncinya:", "The verifier key is damaged: its id is not that of the key:"),
    (r"Log berisi (\d+) peristiwa, titik periksa menyebut (\d+)\.", r"The log holds \1 events, the checkpoint says \2."),
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
    (r"Titik periksa lama dari log lain: (\S+), bukan (\S+)\.", r"The older checkpoint is of another log: \1, not \2."),
    (r"Log mundur: dulu (\d+) peristiwa, sekarang (\d+)\.", r"The log went back: \1 events then, \2 now."),
    (
        r"Riwayat ditulis ulang: (\d+) peristiwa pertama bukan yang dulu ditandatangani\.",
        r"History was rewritten: the first \1 events are not those that were signed then.",
    ),
    (r"Ekspor ini tidak membawa kunci: berikan --vkey\.", "This export brings no key: give --vkey."),
    (r"Ekspor terpotong: baris terakhirnya tidak selesai\.", "The export is cut off: its last line does not end."),
    (
        r"Titik periksa (\S+) \((\d+) peristiwa\) ditandatangani dengan kunci (\S+)\.",
        r"Checkpoint \1 (\2 events) is signed with the key \3.",
    ),
    (r"Tidak terbaca: (.+?) tidak ada\.", r"Cannot be read: \1 is not there."),
    (r"Tidak terbaca sebagai ekspor: ekspornya ada di dalam; periksa (.+?)\.(?=$|\")", r"No export: the export is inside; check \1."),
    (r"Tidak terbaca sebagai ekspor: (.+?) tidak memuat (\S+) dan (\S+)\.(?=$|\")", r"No export: \1 does not hold \2 and \3."),
    (
        r"Tidak terbaca sebagai ekspor: (.+?) adalah berkas lain, bukan ekspor; berikan folder ekspor atau zip-nya\.",
        r"No export: \1 is some other file; give the folder of an export, or its zip.",
    ),
    (r"Tidak terbaca:", "Cannot be read:"),
    (
        r"Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani\. Waktunya adalah jam Jejak sendiri\.",
        "That what events say is true; proven is only: not changed since it was signed. Their times are those of Jejak's own clock.",
    ),
    (
        r"Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri\. Bandingkan dengan yang di kertas \(--vkey\)\.",
        "That the key is the archive's: it came with the export. Compare it with the one on paper (--vkey).",
    ),
    (
        r"Bahwa pemegang kunci tidak menulis ulang peristiwa (\d+) ke atas: perlu titik periksa lama dari tangan lain \(--older\)\.",
        r"That the holder of the key did not rewrite events from \1 on: that takes an older checkpoint from other hands (--older).",
    ),
    (
        r"Bahwa pemegang kunci tidak menulis ulang log: perlu titik periksa lama dari tangan lain \(--older\)\.",
        "That the holder of the key did not rewrite the log: that takes an older checkpoint from other hands (--older).",
    ),
    (r"WORM: log ini tidak mencatat uji kunci penyimpanan\.", "WORM: this log records no test of the store's locks."),
    (
        r"WORM: tidak ditegakkan oleh penyimpanan \((.*?)\), menurut uji (\S+)\.",
        r"WORM: not enforced by the store (\1), according to the test of \2.",
    ),
    (
        r"WORM: ditegakkan menurut uji (.+?) \((\d+) pemeriksaan\); keadaan sekarang tidak diperiksa di sini\.",
        r"WORM: enforced according to the test of \1 (\2 checks); how it is now is not checked here.",
    ),
    (
        r"(\S.*?): isinya persis (“.*?”|berkas) yang disebut peristiwa (\d+)\.",
        lambda found: f"{found[1]}: exactly {'the file' if found[2] == 'berkas' else found[2]} that event {found[3]} names.",
    ),
    (
        r"(\S.*?) tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya (\w+)….",
        r"\1 is unknown to the log: no event names its digest \2….",
    ),
    (r"(\S.*?): tidak termasuk bukti; tidak ada peristiwa yang menyebutnya\.", r"\1: no part of the proof; no event names it."),
    (r"Rusak di penyimpanan arsip ketika diekspor:", "Damaged in the archive's store when it was exported:"),
    (r"ada di arsip menurut log, tetapi tidak di ekspor ini\.", "in the archive according to the log, but not in this export."),
    (r"Sisa program lain, bukan bagian ekspor:", "Left by other programs, no part of the export:"),
)


def english(said: str) -> str:
    """A report in English: sentence by sentence, names and numbers as they are."""
    for sentence, words in ENGLISH:
        said = re.sub(sentence, words, said, flags=re.MULTILINE)
    return said


def unzipped(path: Path) -> dict[str, zipfile.Path]:
    """The files of a zip by their names below the export's own folder; nothing is unpacked. Empty for one that is no export or no honest zip."""
    try:
        packed = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        return {}
    whole = sum(info.file_size for info in packed.infolist())
    if whole > LARGEST or whole > DENSEST * max(1, path.stat().st_size):
        return {}
    names = [name for name in packed.namelist() if not name.endswith("/")]
    tops = [name.removesuffix(EVENTS) for name in names if name.rpartition("/")[2] == EVENTS]
    top = min(tops, key=len) if tops else ""
    return {name.removeprefix(top): zipfile.Path(packed, name) for name in names if name.startswith(top)}


def no_export(path: Path, entries: Mapping[str, Any]) -> str:
    """What it is that was given, where that is no export."""
    inside = next((name for name in entries if name.endswith(f"/{EVENTS}")), None)
    if inside:
        return f"Tidak terbaca sebagai ekspor: ekspornya ada di dalam; periksa {(path / inside).parent}."
    if path.is_dir() or path.suffix.lower() == ".zip":
        return f"Tidak terbaca sebagai ekspor: {path} tidak memuat {EVENTS} dan checkpoint."
    return f"Tidak terbaca sebagai ekspor: {path} adalah berkas lain, bukan ekspor; berikan folder ekspor atau zip-nya."


def poses(names: str, filed: Iterable[Iterable[tuple[str, str, str]]]) -> bool:
    """Whether one of these files goes by the name of one that was filed, of which (title, item, name) are known."""
    known = {word for items in filed for _, item, given in items for word in (item, given) if word}
    for name in names.split(", "):
        last = name.rpartition("/")[2]
        if last in known or re.sub(r"-[0-9a-f]{8}$", "", last.rpartition(".")[0] or last) in known:
            return True
    return False


def also(entries: Mapping[str, Any], filed: Mapping[str, Sequence[tuple[str, str, str]]]) -> list[str]:
    """What else is to be said of a folder: what the export itself names as damaged, and what other programs left in it."""
    told = entries["BACA-DULU.txt"].read_text(encoding="utf-8", errors="replace") if "BACA-DULU.txt" in entries else ""
    damaged = [f"“{title}”" for digest in DAMAGED.findall(told) for title, _, _ in filed.get(digest, ())]
    dropped = [name for name in entries if DROPPING.fullmatch(name)]
    said = {"Rusak di penyimpanan arsip ketika diekspor": damaged, "Sisa program lain, bukan bagian ekspor": dropped}
    return [f"{what}: {', '.join(names)}." for what, names in said.items() if names]


def limits(size: int, older: Sequence[int], probe: tuple[str, int, str] | None, own_key: bool) -> list[str]:
    """What a check of `size` events, the first ones of them known from other hands, does not prove."""
    seen = max(older, default=0)
    told = ["Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani. Waktunya adalah jam Jejak sendiri."]
    if own_key:
        told.append("Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri. Bandingkan dengan yang di kertas (--vkey).")
    if seen < size:
        which = f"peristiwa {seen} ke atas" if seen else "log"
        told.append(f"Bahwa pemegang kunci tidak menulis ulang {which}: perlu titik periksa lama dari tangan lain (--older).")
    if probe is None:
        return [*told, "WORM: log ini tidak mencatat uji kunci penyimpanan."]
    at, checks, failed = probe
    if failed:
        return [*told, f"WORM: tidak ditegakkan oleh penyimpanan ({failed}), menurut uji {at}."]
    return [*told, f"WORM: ditegakkan menurut uji {at} ({checks} pemeriksaan); keadaan sekarang tidak diperiksa di sini."]
