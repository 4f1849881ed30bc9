"""The child process that looks into one file that somebody sent: a page or a picture as PNG, or the first
rows of a sheet. Then it is gone.

Role: `python -m shared.web.files.previewing`, started by `files/preview.py` only: the file on standard input,
what it shows as JSON on standard output. It may neither take much memory or time, nor write a file, and
nothing in the file runs: no script of a PDF, no formula, macro or link of a sheet. Where it refuses, it says
why in one word.
"""

import base64
import csv
import io
import json
import sys
from typing import Any, Final

import pypdfium2 as pdfium
from PIL import Image, ImageOps
from python_calamine import CalamineError, CalamineWorkbook

from shared.web.files.file_kinds import ENDINGS, PDF, PICTURES, TEXTS

if sys.platform != "win32":
    import resource

WIDE, HIGH = 900, 1400
"""Points of a picture, at most."""
ROWS, COLUMNS, SIGNS = 30, 12, 200
"""Of a sheet: rows, columns, and signs of a cell, at most."""
LARGEST_PICTURE: Final = 60_000_000
"""Points of a picture that is opened at all, 60 megapixels; a phone makes up to 50."""
MEMORY, SECONDS = 1_500_000_000, 15
SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}
LONGEST_CELL: Final = 1_000_000
Shown = dict[str, Any]


class Refusal(Exception):
    """Why a file is not shown: `too-large`, `locked` or `broken`."""


def bounded() -> None:
    """Lets this process take so much and no more, where the system can hold it to that."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def page_of(content: bytes, number: int) -> Shown:
    """A page of a PDF, from 1 on. Raises Refusal."""
    try:
        with pdfium.PdfDocument(content) as document:
            pages = len(document)
            if not 1 <= number <= pages:
                return {"pages": pages, "picture": ""}
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(WIDE / max(width, 1), HIGH / max(height, 1))
            drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
            return {"pages": pages, "picture": png(drawn)}
    except pdfium.PdfiumError as error:
        raise Refusal("locked" if "password" in str(error).lower() else "broken") from error


def picture_of(content: bytes, kind: str) -> Shown:
    """A picture, made small and drawn anew: nothing is left of what else the file held. Raises Refusal."""
    Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE
    try:
        with Image.open(io.BytesIO(content), formats=(PICTURES[kind],)) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise Refusal("too-large")
            opened.draft("RGB", (WIDE, HIGH))
            turned = ImageOps.exif_transpose(opened)
            turned.thumbnail((WIDE, HIGH))
            return {"pages": 1, "picture": png(turned)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("too-large") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refusal("broken") from error


def png(drawn: Image.Image) -> str:
    """As PNG in base64, without whatever the original said beside the picture."""
    plain = drawn if drawn.mode in {"RGB", "L"} else drawn.convert("RGB")
    made = io.BytesIO()
    plain.save(made, "PNG", optimize=False)
    return base64.b64encode(made.getvalue()).decode()


def sheet_of(content: bytes) -> Shown:
    """The first rows of the first sheet of a workbook, as it was saved: no formula is computed.

    Raises Refusal.
    """
    try:
        with CalamineWorkbook.from_object(io.BytesIO(content)) as workbook:
            names = workbook.sheet_names
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False) if names else []
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal("broken") from error
    return table([[said(value) for value in row[:COLUMNS]] for row in rows[:ROWS]], len(rows), names)


def text_of(content: bytes, kind: str) -> Shown:
    """The first rows of a text: of a table by its separator, or line by line."""
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    lines = text.splitlines()
    if not (separator := SEPARATORS.get(ENDINGS[kind][0])):
        return table([[said(line)] for line in lines[:ROWS]], len(lines), [])
    first = lines[0] if lines else ""
    separator = ";" if first.count(";") > first.count(separator) else separator
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = list(csv.reader(lines[:ROWS], delimiter=separator))
    except csv.Error as error:
        raise Refusal("broken") from error
    return table([[said(value) for value in row[:COLUMNS]] for row in rows], len(lines), [])


def table(rows: list[list[str]], many: int, sheets: list[str]) -> Shown:
    """Rows of one length, how many there are in all, and the names of the sheets."""
    wide = max((len(row) for row in rows), default=0)
    filled = [row + [""] * (wide - len(row)) for row in rows]
    return {"rows": filled, "many": many, "sheets": [said(name) for name in sheets[:COLUMNS]]}


def said(value: object) -> str:
    """A cell as text; a whole number without a decimal point."""
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    return text if len(text) <= SIGNS else text[:SIGNS] + "…"


def shown(content: bytes, kind: str, number: int) -> Shown:
    """What is to be seen of a file of this kind. Raises Refusal."""
    if kind == PDF:
        return page_of(content, number)
    if kind in PICTURES:
        return picture_of(content, kind)
    if kind in TEXTS.values():
        return text_of(content, kind)
    return sheet_of(content)


def main() -> None:
    kind, number = sys.argv[1], int(sys.argv[2])
    content = sys.stdin.buffer.read()
    bounded()
    try:
        answer = shown(content, kind, number)
    except Refusal as refusal:
        answer = {"why": str(refusal)}
    except MemoryError:
        answer = {"why": "too-large"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
