"""The verifier and whatever happens to a folder on its way: every case is told for what it is,
none ends in a traceback, in both languages.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from services.archive.proof import export as export_of_archive
from services.archive.proof.verifier import main, verify
from tests.support.exports import SIGNER, event, note_over, write_export

KEY = str(SIGNER.key)
BYTES = {
    "laporan": b"%PDF-1.7 laporan\n",
    "surat": b"%PDF-1.7 surat\n",
    "tanda_terima": b"%PDF-1.7 tanda terima\n",
}
FILINGS = [
    *(
        (cycle, item, content + cycle.encode())
        for cycle in ("3402-2025", "3402-2026")
        for item, content in BYTES.items()
    ),
    ("3402-2025", "sk_tim", b"%PDF-1.7 sama"),
    ("3402-2026", "sk_tim", b"%PDF-1.7 sama"),
]
LAPORAN, SURAT = "berkas/3402-2026/laporan.pdf", "berkas/3402-2026/surat.pdf"
BOM = b"\xef\xbb\xbf"


def filing(number: int, cycle: str, item: str, content: bytes) -> bytes:
    file = {
        "digest": sha256(content).hexdigest(),
        "name": f"{item}.pdf",
        "media_type": "application/pdf",
        "size": len(content),
    }
    return event(
        number,
        source="archive",
        kind="item-filed",
        data={"cycle": cycle, "item": item, "title": item.title(), "file": file},
    )


def whole(at: Path) -> Path:
    """An export of two cycles with all their files."""
    made = write_export(at, [*map(event, range(5)), *(filing(5 + n, *one) for n, one in enumerate(FILINGS))])
    for cycle, item, content in FILINGS:
        place = made / "berkas" / cycle / f"{item}.pdf"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (made / "BACA-DULU.txt").write_text("baca\n", encoding="utf-8")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole(tmp_path / "ekspor")


def said(capsys: pytest.CaptureFixture[str], given: Path, *more: str) -> tuple[int, str]:
    code = main([str(given), "--vkey", KEY, *more])
    return code, capsys.readouterr().out


def moved(frm: str, to: str) -> Callable[[Path], None]:
    def change(at: Path) -> None:
        (at / to).parent.mkdir(parents=True, exist_ok=True)
        (at / frm).rename(at / to)

    return change


def written(name: str, content: bytes) -> Callable[[Path], None]:
    def change(at: Path) -> None:
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_bytes(content)

    return change


def changed(name: str, how: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda at: (at / name).write_bytes(how((at / name).read_bytes())) and None


def swapped(at: Path) -> None:
    first, second = (at / LAPORAN).read_bytes(), (at / SURAT).read_bytes()
    (at / LAPORAN).write_bytes(second)
    (at / SURAT).write_bytes(first)


def in_place_of_the_report(name: str) -> Callable[[Path], None]:
    def change(at: Path) -> None:
        (at / LAPORAN).unlink()
        written(name, b"palsu")(at)

    return change


CONTRADICTED, LACKING, FINE = 1, 3, 0
CASES: dict[str, tuple[int, str, Callable[[Path], None]]] = {
    "swapped": (CONTRADICTED, "goes by the name of “Laporan” but is “Surat” that event 9 names", swapped),
    "of the other year": (
        CONTRADICTED, "goes by the name of “Laporan”", written(LAPORAN, BYTES["laporan"] + b"3402-2025"),
    ),
    "in capitals": (CONTRADICTED, "is unknown to the log",
        in_place_of_the_report("berkas/3402-2026/LAPORAN.PDF")),
    "as a second download": (CONTRADICTED, "is unknown to the log",
        in_place_of_the_report("berkas/3402-2026/laporan (1).pdf")),
    "as a copy": (CONTRADICTED, "is unknown to the log",
        in_place_of_the_report("berkas/3402-2026/laporan - Salinan.pdf")),
    "cut off": (CONTRADICTED, "is unknown to the log", changed(LAPORAN, lambda content: content[:-3])),
    "empty": (CONTRADICTED, "is unknown to the log", changed(LAPORAN, lambda _: b"")),
    "renamed": (FINE, "renamed (in the archive): berkas/3402-2026/x.pdf (3402-2026/laporan)",
        moved(LAPORAN, "berkas/3402-2026/x.pdf")),
    "moved to another cycle": (CONTRADICTED, "goes by the name of",
        moved(LAPORAN, "berkas/3402-2025/laporan.pdf")),
    "moved up": (FINE, "renamed (in the archive): laporan.pdf (3402-2026/laporan)",
        moved(LAPORAN, "laporan.pdf")),
    "upper case": (FINE, "PROVEN", moved(LAPORAN, "berkas/3402-2026/Laporan.PDF")),
    "one of two equal files gone": (LACKING, "“Sk_Tim” (3402-2026): in the archive",
        lambda at: (at / "berkas/3402-2026/sk_tim.pdf").unlink()),
    "one of two equal files renamed": (FINE, "PROVEN",
        moved("berkas/3402-2026/sk_tim.pdf", "berkas/3402-2026/sk.pdf")),
    "one of two titles gone": (LACKING, "“Surat” (3402-2026): in the archive",
        lambda at: (at / SURAT).unlink()),
    "log with BOM": (CONTRADICTED, "rewritten by some other program",
        changed("events.ndjson", lambda content: BOM + content)),
    "log with CRLF": (CONTRADICTED, "rewritten by some other program",
        changed("events.ndjson", lambda it: it.replace(b"\n", b"\r\n"))),
    "checkpoint with CRLF": (FINE, "PROVEN",
        changed("checkpoint", lambda content: content.replace(b"\n", b"\r\n"))),
    "checkpoint with BOM": (FINE, "PROVEN", changed("checkpoint", lambda content: BOM + content)),
    "checkpoint with an empty line": (FINE, "PROVEN", changed("checkpoint", lambda content: content + b"\n")),
    "checkpoint in UTF-16": (CONTRADICTED, "The checkpoint is damaged",
        changed("checkpoint", lambda it: it.decode().encode("utf-16"))),
    "line nested without end": (
        CONTRADICTED, "The log holds",
        changed("events.ndjson", lambda it: it + b'{"type":"item-filed",' + b"[" * 100_000 + b"\n"),
    ),
    "filing of another shape": (
        CONTRADICTED, "The log holds",
        changed("events.ndjson", lambda it: it + b'{"source":"archive","type":"item-filed",'
                b'"data":{"title":1,"file":"x"}}\n'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_happened_to_a_folder_is_told_with_its_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    code, words, change = CASES[case]
    assert said(capsys, folder, "--lang", "en")[0] == 0
    change(folder)
    assert (said(capsys, folder)[0], said(capsys, folder, "--lang", "en")[0]) == (code, code)
    out = said(capsys, folder, "--lang", "en")[1]
    assert words in out
    assert not re.search(
        r"\b(tidak|yang|bukan|adalah|peristiwa|dengan|tetapi|ekspor|berkas [^/])\b",
        out.replace("ekspor/", ""),
    ), out


def test_everything_that_contradicts_is_told_and_not_the_first_alone(folder: Path) -> None:
    for name in (LAPORAN, SURAT):
        (folder / name).write_bytes(b"palsu")
    assert len(verify(folder, vkey=KEY).refuted) == 2


DROPPINGS = (
    "Thumbs.db", "ehthumbs.db", "Icon\r", ".DS_Store", "desktop.ini", "~$laporan.docx", ".~lock.laporan.pdf#",
    ".fseventsd/1", ".Trash-1000/a",
    ".Spotlight-V100/a", "System Volume Information/a", "$RECYCLE.BIN/a", "__MACOSX/a", ".localized",
    ".apdisk", "laporan.pdf~", "~WRL0001.tmp",
    "laporan.pdf.crdownload", "laporan.pdf:Zone.Identifier", ".nfs000001", "lost+found/a",
    ".TemporaryItems/a", "._laporan.pdf",
)  # fmt: skip


@pytest.mark.parametrize("name", DROPPINGS)
def test_what_other_programs_leave_behind_is_a_note(folder: Path, name: str) -> None:
    for at in (name, f"berkas/3402-2026/{name}"):
        written(at, b"sisa")(folder)
    report = verify(folder, vkey=KEY)
    assert (report.verdict, [one for one in report.not_proven if "tidak termasuk" in one]) == ("proven", [])
    assert any(one.startswith("Sisa program lain") and one.count(name) == 2 for one in report.not_proven)


def test_the_name_of_a_file_neither_stops_the_verifier_nor_speaks_for_it(folder: Path) -> None:
    for name in (
        b"a\n  \xe2\x9c\x93 semuanya benar",
        b"a\x1b[2Jb",
        b"\xff\xfe.pdf",
        "gpj.\u202efdp".encode(),
    ):
        (folder / os.fsdecode(name)).write_bytes(b"x")
    for more, encoding in ([], "cp1252"), (["--json"], "utf-8"), ([], "ascii"):
        command = [sys.executable, "-m", "services.archive.proof.verifier", str(folder), "--vkey", KEY, *more]
        run = subprocess.run(
            command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False
        )
        assert (run.returncode, run.stderr) == (0, b"")
        out = run.stdout.decode(encoding)
        assert not set(out) & {"\x1b", "\u202e"}
        assert not re.search(r"\n  \S+ semuanya", out)
        assert not more or json.loads(out)["verdict"] == "proven"


def test_a_key_and_an_older_checkpoint_that_an_editor_saved_still_serve(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kunci.txt").write_bytes(BOM + KEY.encode() + b"\r\n")
    (tmp_path / "lama.txt").write_bytes(
        BOM + note_over(list(map(event, range(5)))).replace("\n", "\r\n").encode() + b"\r\n"
    )
    report = verify(folder, vkey=str(tmp_path / "kunci.txt"), older=[tmp_path / "lama.txt"])
    assert (report.verdict, len([one for one in report.proven if "Titik periksa lama" in one])) == (
        "proven",
        1,
    )


def test_the_folder_explains_itself_in_both_languages_and_names_what_is_damaged_in_both(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = sha256((folder / LAPORAN).read_bytes()).hexdigest()
    line = export_of_archive.DAMAGED_LINE.format(digest=digest, place=LAPORAN, why="rusak")
    told = export_of_archive.readme([line], {"at": "2026-11-26", "checks": 11, "failed": []})
    assert ("rusak atau hilang" in told, "damaged or missing" in told, told.count("2026-11-26")) == (
        True,
        True,
        2,
    )
    assert "damaged" not in export_of_archive.readme([], None)
    (folder / LAPORAN).unlink()
    (folder / "BACA-DULU.txt").write_text(told, encoding="utf-8")
    code, out = said(capsys, folder, "--lang", "en")
    assert (code, "Damaged in the archive's store when it was exported: “Laporan”." in out) == (3, True)
