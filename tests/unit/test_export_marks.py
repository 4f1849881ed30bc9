"""What the export says of files of a corrected report: each is marked, every kind is written out, and nothing
that somebody typed speaks for it.
"""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.proof.export import _write_file, marks, readme
from services.archive.proof.verifier_files import DAMAGED
from shared.contracts.archive import ItemKind

CYCLE, OTHER = "3402-2026", "3403-2026"
OF_A_REPORT = {
    "laporan": "laporan",
    "tanda_terima_gubernur": "tanda_terima",
    "pengantar_gubernur": "surat_pengantar",
}


def decided(correction: int = 1, cycle: str = CYCLE, number: str = "130/7/2027") -> dict[str, Any]:
    said = {"cycle": cycle, "correction": correction, "number": number}
    return {**said, "digest": "a" * 64, "issued_on": "2027-03-12"}


def filed(item: str, kind: str, cycle: str = CYCLE) -> dict[str, Any]:
    return {"cycle": cycle, "item": item, "kind": kind}


WRITTEN = {
    f"berkas/{cycle}/{name}{suffix}.pdf": filed(f"{name}{suffix}", kind, cycle)
    for cycle in (CYCLE, OTHER)
    for name, kind in {**OF_A_REPORT, "sk_tim": "sk_tim"}.items()
    for suffix in ("", "_koreksi_1", "_koreksi_2")
    if not (suffix and name == "sk_tim") and not (suffix and cycle == OTHER)
} | {"berkas/3402-2026/keputusan_koreksi_1.pdf": filed("keputusan_koreksi_1", "keputusan_koreksi")}


def test_each_file_of_a_corrected_report_is_marked_and_no_other() -> None:
    told = marks(WRITTEN, [decided(1), decided(2)])
    expected = [
        *(f"  berkas/{CYCLE}/{name}.pdf: Digantikan koreksi 1" for name in OF_A_REPORT),
        *(f"  berkas/{CYCLE}/{name}_koreksi_1.pdf: Digantikan koreksi 2" for name in OF_A_REPORT),
        *(f"  berkas/{CYCLE}/{name}_koreksi_2.pdf: Koreksi 2" for name in OF_A_REPORT),
        f"  berkas/{CYCLE}/keputusan_koreksi_1.pdf: Koreksi 1",
    ]
    assert sorted(told) == sorted(expected)
    text = readme([], None, [decided(1), decided(2)], told)
    assert all(line in text.splitlines() for line in expected)
    assert marks(WRITTEN, [decided(1, OTHER)]) == sorted(
        [line for line in marks(WRITTEN, []) if CYCLE in line]
        + [f"  berkas/{OTHER}/{name}.pdf: Digantikan koreksi 1" for name in OF_A_REPORT]
    )


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("posed", [f"  RUSAK {'b' * 64} laporan.pdf (rusak)", "  berkas/x.pdf: Koreksi 9"])
def test_a_number_of_a_decision_speaks_for_no_file(break_: str, posed: str) -> None:
    """The verifier reads which files the archive itself calls damaged from this text."""
    text = readme([], None, [decided(number=f"1{break_}{posed}")])
    assert DAMAGED.findall(text) == []
    assert posed not in text.splitlines()


@given(st.text())
def test_whatever_number_a_decision_has_the_text_has_the_same_lines(number: str) -> None:
    plain = readme([], None, [decided()])
    assert len(readme([], None, [decided(number=number)]).splitlines()) == len(plain.splitlines())


class Holding:
    """A bucket in which every key has its own bytes."""

    async def stream(self, key: str, _version: str | None = None) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            yield key.encode()

        return pieces()


async def test_every_kind_of_item_is_written_out(tmp_path: Path) -> None:
    for kind in get_args(ItemKind):
        digest = hashlib.sha256(kind.encode()).hexdigest()
        data = {"cycle": CYCLE, "item": kind, "kind": kind, "object_key": kind, "object_version": "1"}
        data["file"] = {"digest": digest, "name": "pindaian.PDF"}
        place, line = await _write_file(tmp_path, data, Holding())  # type: ignore[arg-type]  # reads only
        assert (place, line) == (f"berkas/{CYCLE}/{kind}.pdf", "")
        assert hashlib.sha256((tmp_path / place).read_bytes()).hexdigest() == digest
