"""What a file is, is looked at: every kind that is taken by its own bytes,
and what is none of them under every name.
"""

import io
import zipfile
from pathlib import Path

import pytest

from shared.web.files import file_kinds
from shared.web.files.file_kinds import ENDINGS, TAKEN, Unfit, kind_of, named

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


def package(**parts: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return content.getvalue()


def ooxml(main: str) -> bytes:
    said = (
        '<Types><Override PartName="/x.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'
    )
    return package(**{"[Content_Types].xml": said, "x.xml": "<a/>"})


# spreadsheet, word processor, presentation
OFFICE = {file_kinds.PACKAGES[main]: ooxml(main) for main in file_kinds.PACKAGES}
ODF = {kind: package(mimetype=kind) for kind in TAKEN if "opendocument" in kind}
BYTES: dict[str, bytes] = {
    "application/pdf": b"%PDF-1.7\n",
    "image/png": b"\x89PNG\r\n\x1a\n....",
    "image/jpeg": b"\xff\xd8\xff\xe0..JFIF",
    "image/tiff": b"II*\x00....",
    "image/webp": b"RIFF....WEBPVP8 ",
    "image/heic": b"\x00\x00\x00\x18ftypheic....",
    "application/vnd.ms-excel": OLE,
    "application/msword": OLE,
    "application/vnd.ms-powerpoint": OLE,
    "text/csv": b"layanan;capaian\nkesehatan ibu hamil;98,86\n",
    "text/tab-separated-values": b"a\tb\n",
    "text/plain": "Catatan rapat, 17 Februari".encode("utf-16"),
    **OFFICE,
    **ODF,
}
NOT_TAKEN = {
    "a program": b"MZ\x90\x00" + b"\0" * 200,
    "a program that calls itself a PDF further on": b"MZ\x90\x00%PDF-1.4" + b"\0" * 200,
    "a program for Linux": b"\x7fELF\x02\x01" + b"\0" * 60,
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing with script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "a zip": package(**{"a.txt": "x"}),
    "macros": package(**{"[Content_Types].xml": "spreadsheetml.sheet.main+xml", "xl/vbaProject.bin": "x"}),
    "a torn zip": b"PK\x03\x04 torn",
    "noise": bytes(range(256)),
    "half a sign": b"\x89PN",
}


def looked_at(tmp_path: Path, content: bytes, name: str) -> str | Unfit:
    file = tmp_path / "file"
    file.write_bytes(content)
    return kind_of(file, content[:4096], name)


def test_the_table_knows_every_kind_that_is_taken() -> None:
    assert BYTES.keys() == TAKEN


@pytest.mark.parametrize("kind", sorted(TAKEN))
def test_every_kind_is_known_by_its_bytes(tmp_path: Path, kind: str) -> None:
    for ending in ENDINGS[kind]:
        assert looked_at(tmp_path, BYTES[kind], f"rekap{ending}") == kind


@pytest.mark.parametrize("what", NOT_TAKEN)
@pytest.mark.parametrize(
    "ending", sorted({ending for endings in ENDINGS.values() for ending in endings} - set(file_kinds.TEXTS))
)
def test_what_is_none_of_them_is_not_taken_under_any_name(tmp_path: Path, what: str, ending: str) -> None:
    found = looked_at(tmp_path, NOT_TAKEN[what], f"rekap{ending}")
    assert isinstance(found, Unfit), f"{what} named rekap{ending} is taken for {found}"


@pytest.mark.parametrize("ending", sorted(file_kinds.TEXTS))
def test_text_holds_no_control_characters(tmp_path: Path, ending: str) -> None:
    for content in (b"a;b\0c", b"a\x1b[31m", bytes(range(256)), NOT_TAKEN["a program"]):
        assert looked_at(tmp_path, content, f"rekap{ending}") == Unfit("kind-unknown")


def test_a_name_ends_as_its_bytes_are() -> None:
    assert named("rekap.pdf", "image/png") == "rekap.png"
    assert named("foto.JPEG", "image/jpeg") == "foto.JPEG"
    assert named("tanpa akhiran", "application/pdf") == "tanpa akhiran.pdf"
