"""Exports that were given out once are accepted for ever, by both verifiers.
The files here are never made anew; a new format is a new folder.
"""

from pathlib import Path

import pytest

from services.archive.proof.verifier import verify
from tests.support.second_verifier import accepts

KEPT = Path(__file__).parent / "exports"
KEY = "jejak.id/3402+576ae22a+ASvSPvq3kuVwBMwBFgBicivITFEj8riO37I0Z8XveMbY"
ROOT = "f9114addd46850e1ec93017d926f1f396afdc28d353894adad4e967f0b3bc32b"
OLDER = KEPT / "v1-older-checkpoint"


@pytest.mark.parametrize("export", [KEPT / "v1", KEPT / "v1.jejak"])
def test_an_export_of_the_first_format_is_still_accepted(export: Path) -> None:
    report = verify(export, vkey=KEY, older=[OLDER])
    assert (report.verified, report.size, report.root) == (True, 39, ROOT)


def test_the_second_verifier_agrees() -> None:
    assert accepts(KEPT / "v1", older=OLDER.read_text(encoding="utf-8"))


def test_its_file_is_still_recognised() -> None:
    assert (
        "berkas/3402-2026/laporan.pdf: isinya persis “Laporan SPM 2026” yang disebut peristiwa 38."
        in verify(KEPT / "v1").proven
    )
