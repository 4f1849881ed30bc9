"""The verifier and whatever happens to an export in a zip, or to whoever points beside it."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.test_verifier_hostile import LAPORAN, said, whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole(tmp_path / "ekspor")


def packed(folder: Path, *, compression: int = zipfile.ZIP_DEFLATED, sign: str = "/") -> bytearray:
    target = folder.parent / "ekspor.zip"
    with zipfile.ZipFile(target, "w", compression) as into:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo("x")
                entry.filename = str(file.relative_to(folder.parent)).replace("/", sign)
                entry.compress_type = compression
                into.writestr(entry, file.read_bytes())
    return bytearray(target.read_bytes())


def flipped(content: bytearray, name: str) -> bytearray:
    at = content.find(name.encode()) + len(name) + 8
    content[at] ^= 0xFF
    return content


def marked(content: bytearray, *, flag: int = 0, method: int | None = None) -> bytearray:
    for sign, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        at = content.find(sign)
        while at >= 0:
            content[at + 6 + shift] |= flag
            if method is not None:
                content[at + 8 + shift] = method
            at = content.find(sign, at + 4)
    return content


ZIPS: dict[str, tuple[int, str, Callable[[Path], bytearray]]] = {
    "as it is": (0, "PROVEN", packed),
    "by Windows, with backslashes": (0, "PROVEN", lambda at: packed(at, sign="\\")),
    "a flipped bit in a file": (
        1,
        "laporan.pdf is damaged inside the zip",
        lambda at: flipped(packed(at), LAPORAN),
    ),
    "a flipped bit in a stored file": (
        1,
        "laporan.pdf is damaged inside the zip",
        lambda at: flipped(packed(at, compression=0), LAPORAN),
    ),
    "a flipped bit in the log": (
        1,
        "events.ndjson is damaged inside the zip",
        lambda at: flipped(packed(at), "events.ndjson"),
    ),
    "encrypted": (2, "is encrypted, or packed in another way", lambda at: marked(packed(at), flag=1)),
    "packed in another way": (
        2,
        "is encrypted, or packed in another way",
        lambda at: marked(packed(at), method=9),
    ),
    "cut off": (2, "does not hold events.ndjson", lambda at: packed(at)[:-100]),
}


@pytest.mark.parametrize("case", ZIPS)
def test_a_zip_is_told_for_what_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    code, words, make = ZIPS[case]
    (tmp_path / "e.zip").write_bytes(make(folder))
    found, out = said(capsys, tmp_path / "e.zip", "--lang", "en")
    assert (found, words in out) == (code, True), out
    assert said(capsys, tmp_path / "e.zip")[0] == code


def test_whoever_points_beside_an_export_is_told_where_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "unduhan").mkdir()
    (tmp_path / "unduhan" / "e.zip").write_bytes(packed(folder))
    for given, place in {
        folder / "berkas": folder,
        folder / "berkas" / "3402-2026": folder,
        folder / LAPORAN: folder,
        folder / "events.ndjson": folder,
        tmp_path / "unduhan": tmp_path / "unduhan" / "e.zip",
    }.items():
        assert said(capsys, given, "--lang", "en") == (2, said(capsys, given, "--lang", "en")[1])
        assert f"check {place}." in said(capsys, given, "--lang", "en")[1]
        assert f"periksa {place}." in said(capsys, given)[1]
