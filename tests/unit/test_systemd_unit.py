"""The unit of an installation, as systemd itself reads it, also for a folder with a hostile name."""

import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from deploy.installing import unit


def written(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    place = folder.parent / unit.NAME
    place.write_text(unit.text(folder, folder / "data"), encoding="utf-8")
    return place


@pytest.mark.parametrize("name", ["jejak", "dengan spasi", '50% "penuh" $HOME', "back\\slash", "é"])
def test_systemd_finds_nothing_to_complain_of(tmp_path: Path, name: str) -> None:
    place = written(tmp_path / name)
    if shutil.which("systemd-analyze"):
        told = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(place)], capture_output=True, text=True, check=False
        )
        assert (told.returncode, [line for line in told.stderr.splitlines() if unit.NAME in line]) == (0, [])
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(place, encoding="utf-8")
    assert set(read) == {"DEFAULT", "Unit", "Service", "Install"}
    assert " up --data " in read["Service"]["ExecStart"]


def test_a_line_break_in_a_name_begins_no_line_of_its_own(tmp_path: Path) -> None:
    text = written(tmp_path / "a\nUser=root\nb").read_text()
    assert text.count("\nUser=") == 1
