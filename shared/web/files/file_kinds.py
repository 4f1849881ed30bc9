"""What kind of file the bytes are, whatever name and type the sender gave:
the kinds that Jejak takes as evidence, and nothing that runs.

Every SOP step that takes a file. Previous hop: `files/uploads.py` with a spooled file,
`files/downloads.py` with the first bytes of one it hands out.
Sources: the formats' own signatures; ECMA-376 part 2 (OOXML packages),
OASIS OpenDocument 1.3 part 2 (mimetype entry).
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
LARGEST = 25_000_000
"""Bytes of one file."""
SCANS = frozenset({PDF, PNG, JPEG})
"""What a scan of a signed paper may be."""
SIGNATURES = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    *((4, b"ftyp" + brand, "image/heic") for brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1")),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
OLD_OFFICE = {
    ".xls": "application/vnd.ms-excel",
    ".doc": "application/msword",
    ".ppt": "application/vnd.ms-powerpoint",
}
TEXTS = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain"}
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
PACKAGES: Mapping[str, str] = {
    "spreadsheetml.sheet.main+xml": f"{_OOXML}spreadsheetml.sheet",
    "wordprocessingml.document.main+xml": f"{_OOXML}wordprocessingml.document",
    "presentationml.presentation.main+xml": f"{_OOXML}presentationml.presentation",
}
ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    f"{_OOXML}spreadsheetml.sheet": (".xlsx",),
    f"{_OOXML}wordprocessingml.document": (".docx",),
    f"{_OOXML}presentationml.presentation": (".pptx",),
    f"{_ODF}spreadsheet": (".ods",),
    f"{_ODF}text": (".odt",),
    f"{_ODF}presentation": (".odp",),
    **{media_type: (ending,) for ending, media_type in {**OLD_OFFICE, **TEXTS}.items()},
}
"""Every kind that is taken, with the endings that its names may have;
the first is given to a name that has another.
"""
TAKEN = frozenset(ENDINGS)
PICTURES: Mapping[str, str] = {PNG: "PNG", JPEG: "JPEG", "image/tiff": "TIFF", "image/webp": "WEBP"}
"""Pictures that can be drawn anew, with the name of their format."""
WORKBOOKS = frozenset({f"{_OOXML}spreadsheetml.sheet", f"{_ODF}spreadsheet", OLD_OFFICE[".xls"]})
PREVIEWED = frozenset({PDF, *PICTURES, *TEXTS.values(), *WORKBOOKS})
"""The kinds that can be looked into; every other is only handed out."""
_PACKAGE_PARTS = 20_000
_CONTENT_TYPES = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why bytes are no file that is taken: `code` for the rim's sentence."""

    code: str


def by_first_bytes(head: bytes) -> str | None:
    """The kind that the first bytes alone prove; None where they prove none."""
    return next((kind for at, sign, kind in SIGNATURES if head[at : at + len(sign)] == sign), None)


def kind_of(path: Path, head: bytes, name: str) -> str | Unfit:
    """The media type of a file. `head` are its first bytes;
    the name decides only between kinds that the bytes cannot tell apart.
    """
    ending = PurePath(name).suffix.lower()
    if found := by_first_bytes(head):
        return found
    if head.startswith(ZIP):
        return _package(path)
    if head.startswith(OLE):
        return OLD_OFFICE.get(ending) or Unfit("kind-unknown")
    if ending in TEXTS and _is_text(path):
        return TEXTS[ending]
    return Unfit("kind-unknown")


def named(name: str, media_type: str) -> str:
    """The name with an ending that says what the file is, so that nobody opens a picture as a document."""
    fitting = ENDINGS[media_type]
    return name if name.lower().endswith(fitting) else f"{PurePath(name).stem}{fitting[0]}"


def _package(path: Path) -> str | Unfit:
    """A zip is an office document or nothing: its own table of contents says which; macros are refused."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = {entry.filename: entry for entry in package.infolist()}
            if len(parts) > _PACKAGE_PARTS:
                return Unfit("kind-unknown")
            if any(part.endswith("vbaProject.bin") or part.startswith("Basic/") for part in parts):
                return Unfit("kind-macros")
            return _by_contents(package, parts) or Unfit("kind-archive")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return Unfit("kind-broken")


def _by_contents(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> str | None:
    for part in ("mimetype", "[Content_Types].xml"):
        if part in parts and parts[part].file_size <= _CONTENT_TYPES:
            said = package.read(part).decode("utf-8", "replace")
            if part == "mimetype" and said in TAKEN:
                return said
            return next((kind for main, kind in PACKAGES.items() if f"officedocument.{main}" in said), None)
    return None


def _is_text(path: Path) -> bool:
    """Whether it can be read as text: UTF-8, UTF-16 with its mark (as Excel writes it), or Windows-1252,
    and no control characters.
    """
    content = path.read_bytes()
    for encoding in ("utf-16", "utf-8") if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(sign) < 0x20 and sign not in "\t\r\n\x0c" for sign in text)
    return False
