"""The stand-alone verifier as people run it: by its command line, alone, on a folder or on one file."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.archive.proof.export import whole_verifier
from services.archive.proof.verifier import main, verify
from services.archive.proof.verifier_log import Unusable
from tests.support.exports import write_export
from tests.unit.test_verifier import KEY, LINES, rewrite


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "ekspor", LINES)


def one_file(export: Path) -> Path:
    single = export.parent / "ekspor.jejak"
    single.write_bytes((export / "checkpoint").read_bytes() + b"\n" + (export / "events.ndjson").read_bytes())
    return single


def test_one_file_of_checkpoint_empty_line_and_events_is_accepted_with_a_key(export: Path) -> None:
    assert verify(one_file(export), vkey=KEY).verified
    with pytest.raises(Unusable, match="--vkey"):
        verify(one_file(export))


def test_one_file_with_a_changed_line_is_rejected(export: Path) -> None:
    single = one_file(export)
    single.write_bytes(single.read_bytes().replace(b'"number":9', b'"number":8'))
    assert not verify(single, vkey=KEY).verified


def test_nothing_to_check_is_said_and_has_its_own_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "tidak-ada"), "--vkey", KEY]) == 2
    assert "TIDAK DAPAT DIPERIKSA: Tidak terbaca" in capsys.readouterr().out
    assert main([str(tmp_path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["verified"] is False


def test_the_command_line_reports_in_words_or_in_json(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(export), "--vkey", KEY]) == 0
    assert capsys.readouterr().out.startswith("TERBUKTI\n  ✓ Titik periksa jejak.id/3402 (37 peristiwa)")
    rewrite(export, lambda lines: lines[1:])
    assert main([str(export), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["refuted"] == [
        "Log berisi 36 peristiwa, titik periksa menyebut 37.",
        "Baris #0 dihapus.",
    ]


def test_the_verifier_runs_alone_outside_the_project(export: Path, tmp_path: Path) -> None:
    alone = tmp_path / "sendiri"
    alone.mkdir()
    (alone / "verifier.py").write_text(whole_verifier(), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-I", "verifier.py", str(export), "--vkey", KEY],
        cwd=alone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Ke-37 peristiwa utuh" in run.stdout


def test_the_verifier_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(whole_verifier())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"cryptography"}


def test_no_part_of_the_verifier_takes_a_name_of_another() -> None:
    body = ast.parse(whole_verifier()).body
    named = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    named += [
        name.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    ]
    assert sorted(named) == sorted(set(named))
