"""Export: the log with everything that it vouches for, for somebody who does not trust the archive.

SOP step 13. Previous hop: `proof/api.py`. Next hop: an inspector with `proof/verifier.py`,
which is in the folder but is better taken from elsewhere.

A folder: events.ndjson (line n is exactly the bytes of leaf n, or its hash where whoever asks may not read
it), checkpoint, vkey, leaf-hashes, verifier.py, BACA-DULU.txt and berkas/ with every file that those lines
say was filed.
Or one file: checkpoint, empty line, lines.
"""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import structlog

from services.archive.domain.checkpoint import VerifierKey
from services.archive.domain.cycle_file import is_older
from services.archive.log import queries
from services.archive.log.checkpoints import Signed
from services.archive.log.regions import Seen
from services.archive.proof import verifier
from services.archive.proof.verifier_export import CHECKPOINT, EVENTS, HASHES, KEY
from services.archive.proof.verifier_export import README as READ_ME
from services.archive.proof.verifier_log import leaf_of
from services.archive.proof.verifier_report import plain
from shared.contracts.correction import apart
from shared.eventsourcing.sql import Pool
from shared.objects.port import Bucket, NotThere, ObjectTrouble, StoreAway

log = structlog.get_logger()

README = """Ekspor log audit Jejak
======================
events.ndjson  semua peristiwa, satu per baris; baris ke-n adalah persis byte daun ke-n pohon Merkle (RFC 6962);
               dari peristiwa daerah lain hanya sidik daunnya (sha256:…)
checkpoint     titik periksa: asal, ukuran, akar, tanda tangan (C2SP signed-note, tlog-checkpoint)
vkey           kunci pemeriksa; bandingkan dengan yang tercetak di kertas
leaf-hashes    sidik tiap baris (masing-masing 32 byte), supaya pemeriksa dapat menyebut baris mana yang tidak cocok
berkas/        setiap berkas yang menurut log sudah diarsipkan
verifier.py    pemeriksa mandiri (Python 3.11 dan paket cryptography); sebaiknya ambil dari tempat lain
               (in English: see below)

Periksa:  python verifier.py . [--vkey KUNCI] [--older TITIK_PERIKSA_LAMA]

{corrected}{damaged}Tanda tangan melindungi terhadap orang luar. Terhadap orang dalam hanya titik periksa lama di tangan lain yang melindungi: pakai --older.
{worm}

Export of Jejak's audit log
===========================
events.ndjson  all events, one a line; line n is exactly the bytes of leaf n of the Merkle tree (RFC 6962);
               of events of other regions only the leaf hash (sha256:…)
checkpoint     signed note: origin, size, root, signature (C2SP signed-note, tlog-checkpoint)
vkey           verifier key; compare it with the one on paper
leaf-hashes    the hash of each line (32 bytes each), so that the verifier can say which line does not fit
berkas/        every file that the log says was filed
verifier.py    the verifier (Python 3.11 and the package cryptography); better taken from elsewhere

Check:    python verifier.py . --lang en [--vkey KEY] [--older OLDER_CHECKPOINT]

{corrected_en}{damaged_en}The signature protects against outsiders. Against insiders only an older checkpoint in other hands protects: use --older.
{worm_en}
"""  # noqa: E501
CORRECTED = """Laporan yang dikoreksi secara resmi (yang berlaku: berkas dengan nomor koreksi terakhir; yang lama tetap disimpan sebagai bukti):
{lines}

"""  # noqa: E501
CORRECTED_EN = """Reports that were officially corrected: see DIKOREKSI above (the one in force has the number of the latest correction in its name; the older one is kept).

"""  # noqa: E501
CORRECTED_LINE = "  DIKOREKSI {cycle}: laporan {digest} digantikan oleh koreksi ke-{correction}, keputusan nomor {number} tanggal {issued_on}"  # noqa: E501
DAMAGED = """Berkas yang menurut log sudah diarsipkan, tetapi di penyimpanan rusak atau hilang, jadi tidak ada di folder ini:
{lines}

"""  # noqa: E501
DAMAGED_EN = """Files that the log says were filed, but that are damaged or missing in the store, so that they are not in this folder: see RUSAK above
(rusak: damaged, hilang: missing).

"""  # noqa: E501
PARTS = (
    "log", "report", "certificate", "export", "files", "place", "english", "answers/lines",
    "answers/figures", "answers/acts", "answers/sayings", "answers/sayings_acts", "answers/nine",
    "answers/answer",
)  # fmt: skip
"""Each after those that it needs."""
OTHER_PARTS = re.compile(
    r"(?m)^from services\.archive\.proof\.(?:answers\.)?verifier_\w+ import (\([^)]*\)|.*)\n"
)
DAMAGED_LINE = "  RUSAK {digest} {place} ({why})"
WORM_PROVEN = "WORM: ditegakkan oleh penyimpanan menurut uji {at} ({checks} pemeriksaan)."
WORM_NOT_PROVEN = "WORM: tidak ditegakkan oleh penyimpanan."
WORM_PROVEN_EN = "WORM: enforced by the store according to the test of {at} ({checks} checks)."
WORM_NOT_PROVEN_EN = "WORM: not enforced by the store."


async def one_file(pool: Pool, seen: Seen, signed: Signed) -> AsyncIterator[bytes]:
    """The one-file export, piece by piece."""
    yield signed.note.encode() + b"\n"
    async for page in queries.lines_from_pool(pool, seen, end=signed.size):
        yield b"".join(line.raw + b"\n" for line in page)


async def write_folder(
    pool: Pool, folder: Path, *, seen: Seen, signed: Signed, key: VerifierKey, archive: Bucket
) -> None:
    """Writes the export folder. A filed object that is gone or damaged is left out and named;
    StoreAway passes through.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    filed, probed, corrected = await _write_lines(pool, seen, folder / EVENTS, signed.size)
    written = [(data, *await _write_file(folder, data, archive)) for data in filed.values()]
    damaged = [line for _, _, line in written if line]
    marked = marks({place: data for data, place, _ in written}, corrected)
    told = readme(damaged, probed, corrected, marked)
    await asyncio.to_thread(_write_rest, folder, signed.note, str(key), told)


def readme(
    damaged: Sequence[str],
    probed: Mapping[str, Any] | None,
    corrected: Sequence[Mapping[str, Any]] = (),
    marked: Sequence[str] = (),
) -> str:
    """What lies in the folder, in both languages; the lines that name damaged files, and reports that were
    officially corrected with the files of each (`marked`), are the same for both. What somebody typed stays
    one line.
    """
    said = ({**one, "number": plain(str(one["number"]))} for one in corrected)
    overtaken = "\n".join([*(CORRECTED_LINE.format(**one) for one in said), *marked])
    enforced = probed if probed and not probed["failed"] else None
    return README.format(
        corrected=CORRECTED.format(lines=overtaken) if corrected else "",
        corrected_en=CORRECTED_EN if corrected else "",
        damaged=DAMAGED.format(lines="\n".join(damaged)) if damaged else "",
        damaged_en=DAMAGED_EN if damaged else "",
        worm=WORM_PROVEN.format(**enforced) if enforced else WORM_NOT_PROVEN,
        worm_en=WORM_PROVEN_EN.format(**enforced) if enforced else WORM_NOT_PROVEN_EN,
    )


def marks(written: Mapping[str, Mapping[str, Any]], corrected: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each file, by its place, that is of a correction, or that one took the place of."""
    latest: dict[str, int] = {}
    for one in corrected:
        latest[one["cycle"]] = max(latest.get(one["cycle"], 0), one["correction"])
    lines = []
    for place, data in sorted(written.items()):
        own = apart(data["item"])[1]
        if is_older(data["kind"], data["item"], latest.get(data["cycle"], 0)):
            lines.append(f"  {place}: Digantikan koreksi {own + 1}")
        elif own:
            lines.append(f"  {place}: Koreksi {own}")
    return lines


def pack(folder: Path, target: Path) -> None:
    """The folder as a zip file that holds it under its own name."""
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            packed.write(file, file.relative_to(folder.parent))


async def _write_lines(
    pool: Pool, seen: Seen, target: Path, size: int
) -> tuple[dict[tuple[str, ...], Mapping[str, Any]], Mapping[str, Any] | None, list[Mapping[str, Any]]]:
    """Writes the lines; answers the filings that the log itself holds (each file of each item), the last
    probe in it, and the official corrections.
    """
    corrected: list[Mapping[str, Any]] = []
    filed: dict[tuple[str, ...], Mapping[str, Any]] = {}
    probed: Mapping[str, Any] | None = None
    with target.open("wb") as stream, target.with_name(HASHES).open("wb") as hashes:
        async for page in queries.lines_from_pool(pool, seen, end=size):
            await asyncio.to_thread(stream.write, b"".join(line.raw + b"\n" for line in page))
            await asyncio.to_thread(hashes.write, b"".join(leaf_of(line.raw) for line in page))
            for line in page:
                if b'"source":"archive"' in line.raw:
                    event = json.loads(line.raw)
                    if event["type"] == "item-filed":
                        data = event["data"]
                        filed[data["cycle"], data["item"], data["file"]["digest"]] = data
                    elif event["type"] == "store-probed":
                        probed = event["data"]
                elif b'"correction-decided"' in line.raw:
                    event = json.loads(line.raw)
                    if (event["source"], event["type"]) == ("documents", "correction-decided"):
                        corrected.append(event["data"])
    return filed, probed, corrected


def _write_rest(folder: Path, note: str, key: str, readme: str) -> None:
    (folder / CHECKPOINT).write_text(note, encoding="utf-8")
    (folder / KEY).write_text(f"{key}\n", encoding="utf-8")
    (folder / READ_ME).write_text(readme, encoding="utf-8")
    (folder / "verifier.py").write_text(whole_verifier(), encoding="utf-8")


def whole_verifier() -> str:
    """The verifier as one file that needs nothing of Jejak: what it is, its parts, then `main`."""
    here = Path(verifier.__file__)
    about, ends, program = _without_imports(here).partition('\n"""\n')
    parts = [_without_imports(part_of(here, part)) for part in PARTS]
    return "\n\n".join([about + ends, *parts, program])


def part_of(verifier: Path, part: str) -> Path:
    """Where a part of the verifier is: `answers/nine` beside it, in a folder of its own."""
    folder, _, name = part.rpartition("/")
    return verifier.parent / folder / f"verifier_{name}.py"


def _without_imports(part: Path) -> str:
    """The text of a part without what it imports from the others."""
    return OTHER_PARTS.sub("", part.read_text(encoding="utf-8"))


async def _write_file(folder: Path, data: Mapping[str, Any], archive: Bucket) -> tuple[str, str]:
    """Writes one filed file; answers its place, and the line that names it where the
    store has it no more as it was filed.
    """
    name = f"{data['item']}{Path(data['file']['name']).suffix.lower()}"
    target = folder / "berkas" / safe(data["cycle"]) / safe(name)
    if target.exists():
        target = target.with_stem(f"{target.stem}-{data['file']['digest'][:8]}")
    place = target.relative_to(folder).as_posix()
    await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
    try:
        await asyncio.to_thread(target.touch)
        async for piece in await archive.stream(data["object_key"], data["object_version"]):
            await asyncio.to_thread(_append, target, piece)
    except StoreAway:
        raise
    except ObjectTrouble as trouble:
        await asyncio.to_thread(target.unlink)
        log.critical("export-without-file", cycle=data["cycle"], item=data["item"], reason=str(trouble))
        why = "hilang" if isinstance(trouble, NotThere) else "rusak"
        return place, DAMAGED_LINE.format(digest=data["file"]["digest"], place=place, why=why)
    return place, ""


def _append(target: Path, piece: bytes) -> None:
    with target.open("ab") as file:
        file.write(piece)


def safe(name: str) -> str:
    """A file name that no file system minds."""
    return re.sub(r"[^\w.\-]", "_", name).lstrip(".") or "_"


def discard(*paths: Path) -> None:
    """Removes temporary files and folders of an export."""
    for path in paths:
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
