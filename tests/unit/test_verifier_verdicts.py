"""What the verifier says of whatever else is given to it: verdicts, droppings, what is lacking, zips,
folders too high; in two languages.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from services.archive.proof import export as export_of_archive
from services.archive.proof.verifier import main, verify
from services.archive.proof.verifier_log import Unusable
from tests.support.exports import REPORT, SIGNER, event, filed, write_export
from tests.support.second_verifier import accepts

LINES = [event(number) for number in range(37)]
KEY = str(SIGNER.key)


@pytest.fixture
def with_report(tmp_path: Path) -> Path:
    export = write_export(tmp_path / "ekspor", [*LINES, filed(37, REPORT, "Laporan SPM 2026")])
    (export / "berkas").mkdir()
    (export / "berkas" / "laporan.pdf").write_bytes(REPORT)
    return export


def both_accept(folder: Path) -> bool:
    first, second = verify(folder, vkey=KEY).verified, accepts(folder)
    assert first == second
    return first


def one_file(export: Path) -> Path:
    single = export.parent / "ekspor.jejak"
    single.write_bytes((export / "checkpoint").read_bytes() + b"\n" + (export / "events.ndjson").read_bytes())
    return single


@pytest.mark.parametrize(
    "dropping",
    [
        "Thumbs.db",
        "berkas/.DS_Store",
        "desktop.ini",
        "berkas/._laporan.pdf",
        "~$laporan.docx",
        ".directory",
        "__MACOSX/x",
    ],
)
def test_what_desktops_leave_behind_is_a_note(with_report: Path, dropping: str) -> None:
    (with_report / dropping).parent.mkdir(exist_ok=True)
    (with_report / dropping).write_bytes(b"sisa")
    report = verify(with_report)
    assert (report.verdict, f"Sisa program lain, bukan bagian ekspor: {dropping}." in report.not_proven) == (
        "proven",
        True,
    )
    assert both_accept(with_report)


def test_a_file_that_no_event_names_and_that_poses_as_none_is_said_not_to_be_covered(
    with_report: Path,
) -> None:
    (with_report / "catatan.txt").write_bytes(b"catatan saya")
    assert both_accept(with_report)
    assert (
        "catatan.txt: tidak termasuk bukti; tidak ada peristiwa yang menyebutnya."
        in verify(with_report).not_proven
    )


def test_what_is_lacking_has_an_exit_code_of_its_own(
    with_report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(with_report)]) == 0
    (with_report / "berkas" / "laporan.pdf").unlink()
    assert main([str(with_report), "--lang", "en"]) == 3
    assert "INCOMPLETE" in capsys.readouterr().out
    digest = hashlib.sha256(REPORT).hexdigest()
    (with_report / "BACA-DULU.txt").write_text(
        f"  RUSAK {digest} berkas/laporan.pdf (rusak)\n", encoding="utf-8"
    )
    assert "Rusak di penyimpanan arsip ketika diekspor: “Laporan SPM 2026”." in verify(with_report).not_proven
    assert main([str(one_file(with_report)), "--vkey", KEY]) == 0, "a log alone promises no files"


def test_whatever_else_is_given_is_told_for_what_it_is(
    with_report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "zip"), "zip", with_report.parent, with_report.name))
    assert verify(packed).verdict == "proven"
    (tmp_path / "rusak.zip").write_bytes(packed.read_bytes()[:-40])
    (tmp_path / "surat.txt").write_text("bukan ekspor", encoding="utf-8")
    (tmp_path / "kosong").mkdir()
    told = {
        tmp_path / "ada" / "apa": "is not there",
        with_report.parent: f"the export is inside; check {with_report}",
        tmp_path / "kosong": "does not hold events.ndjson and checkpoint",
        tmp_path / "rusak.zip": "does not hold events.ndjson and checkpoint",
        tmp_path / "surat.txt": "is some other file",
    }
    for given, words in told.items():
        assert main([str(given), "--lang", "en"]) == 2
        assert words in capsys.readouterr().out, given


def test_a_zip_that_grows_without_measure_is_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bom.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in ("events.ndjson", "checkpoint"):
            bomb.writestr(name, bytes(50_000_000))
    with pytest.raises(Unusable):
        verify(tmp_path / "bom.zip")


def test_every_sentence_has_english(with_report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given in (with_report, one_file(with_report)):
        main([str(given), "--vkey", KEY, "--older", str(given), "--lang", "en"])
    said = capsys.readouterr().out
    assert not re.search(r"\b(tidak|yang|bukan|adalah|peristiwa|dengan)\b", said), said


def test_the_verifier_that_is_given_out_is_one_file_with_everything_in_it(
    with_report: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "diberikan"
    alone.mkdir()
    (alone / "verifier.py").write_text(export_of_archive.whole_verifier(), encoding="utf-8")
    packed = shutil.make_archive(str(tmp_path / "zip"), "zip", with_report.parent, with_report.name)
    command = [sys.executable, "-I", "verifier.py", packed, "--vkey", KEY, "--lang", "en"]
    run = subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.partition("\n")[0]) == (0, "PROVEN"), run.stderr
