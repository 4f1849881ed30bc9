"""Sheets (xlsx or CSV) as lines of text by the headings of their columns, coming in and going out.

Serves every SOP step. Previous hop: an upload, or rows of a read model. Next hop: the sub-room that says what
its columns mean. A sheet reckons with nothing: formulas are refused coming in, and what could be taken for
one is quoted going out. Sources: ECMA-376 part 1, 18.3.1.40 (the element of a formula); RFC 4180.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from python_calamine import CalamineError, CalamineWorkbook
from starlette.datastructures import UploadFile
from starlette.responses import Response

from shared.eventsourcing.commands.decider import Refused
from shared.web.forms.typed_days import day_in

MOST_LINES, MOST_BYTES, MOST_UNPACKED = 1000, 2_000_000, 20_000_000
XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
LIMIT = MOST_BYTES + 500_000
"""What a form that carries a sheet may be long."""
_ENDINGS = {".xlsx": XLSX, ".csv": CSV}
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_RECKONED = ("=", "+", "-", "@", "\t")
_EXACT = 10**15  # a spreadsheet keeps no more digits of a number
Table = Iterable[Sequence[str]]
"""Lines of cells, the headings first."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet as it was typed, by what its columns say."""

    number: int
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The heading of each column, and what it says; `needed`: those without which it is no such sheet."""

    says: Mapping[str, str]
    needed: Sequence[str]


async def uploaded(upload: object, columns: Columns) -> Sequence[Line]:
    """The lines of a file that somebody chose. Raises Refused for one that is no sheet."""
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise Refused("file-missing", "Pilih berkas xlsx atau CSV.", field="upload")
    kind = _ENDINGS.get(PurePath(upload.filename).suffix.lower())
    if kind is None:
        raise Refused("sheet-kind", "Hanya berkas .xlsx dan .csv yang diterima.", field="upload")
    return lines_of(await upload.read(MOST_BYTES + 1), kind, columns)


def lines_of(content: bytes, media_type: str, columns: Columns) -> Sequence[Line]:
    """The lines below the headings. Raises Refused for a sheet that can not be read as one."""
    if len(content) > MOST_BYTES:
        raise Refused("sheet-too-large", "Lembar ini terlalu besar; paling besar 2 MB.", field="upload")
    rows = _of_xlsx(content) if media_type == XLSX else _of_csv(content)
    headings = [heading.strip().lower() for heading in next(rows, ())]
    if missing := [name for name in columns.needed if name not in headings]:
        raise Refused(
            "sheet-headings",
            "Baris pertama harus memuat judul kolom; tidak ada kolom {name}. Ekspor memberi contohnya.",
            field="upload",
            name=missing[0],
        )
    found = []
    for number, row in enumerate(rows, start=2):
        pairs = zip(headings, row, strict=False)
        said = {columns.says[name]: text for name, text in pairs if name in columns.says}
        if any(said.values()):
            found.append(Line(number, said))
        if len(found) > MOST_LINES:
            raise Refused(
                "sheet-too-long",
                "Terlalu banyak baris: paling banyak {most}.",
                field="upload",
                most=MOST_LINES,
            )
    if not found:
        raise Refused("sheet-empty", "Tidak ada baris di bawah judul kolom.", field="upload")
    return found


def plain(text: str, column: str) -> str:
    """The text of a cell that is no formula. Raises Refused with its column."""
    if text.startswith("="):
        raise Refused("sheet-formula", "Rumus tidak diterima; tulis nilainya.", field=column)
    return text


def day_of(text: str, column: str) -> date | None:
    """The day in a cell; None in an empty one. Raises Refused with its column."""
    if text and (found := day_in(text)) is None:
        raise Refused("date-unreadable", "{text} bukan tanggal.", field=column, text=text[:40])
    return found if text else None


def _of_xlsx(content: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                raise Refused(
                    "sheet-too-large", "Lembar ini terlalu besar; paling besar 2 MB.", field="upload"
                )
            for part in package.namelist():
                if part.startswith("xl/worksheets/") and _FORMULA.search(package.read(part)):
                    raise Refused("sheet-formula", "Rumus tidak diterima; tulis nilainya.", field="upload")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(nrows=MOST_LINES + 2)
    except (
        CalamineError,
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise Refused("sheet-unreadable", "Lembar ini tidak dapat dibaca.", field="upload") from error
    for row in rows:
        yield [_text(cell) for cell in row]


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= _EXACT:
            raise Refused(
                "sheet-number",
                "Simpan kolom NIP sebagai teks; sebagai bilangan angkanya hilang.",
                field="upload",
            )
        return str(int(cell))
    return _unquoted(str(cell).strip())


def _of_csv(content: bytes) -> Iterator[Sequence[str]]:
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    try:
        for row in csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True):
            yield [_unquoted(cell.strip()) for cell in row]
    except csv.Error as error:
        raise Refused("sheet-unreadable", "Lembar ini tidak dapat dibaca.", field="upload") from error


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_RECKONED) else text


def _quoted(text: str) -> str:
    return f"'{text}" if text.startswith(_RECKONED) else text


# Going out


def again(lines: Sequence[Line], columns: Columns) -> Sequence[str]:
    """Lines as they were read, headings first, to be sent again by a form: each a line of CSV."""
    there = {of: heading for heading, of in columns.says.items() if any(of in line.said for line in lines)}
    cells = [[line.said.get(of, "") for of in there] for line in lines]
    return [_csv_line(row) for row in (list(there.values()), *cells)]


def _csv_line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([_quoted(" ".join(cell.split())) for cell in cells])
    return written.getvalue()


def as_csv(table: Table) -> bytes:
    """With a mark that tells spreadsheets it is UTF-8."""
    written = io.StringIO()
    csv.writer(written).writerows([_quoted(cell) for cell in line] for line in table)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, name: str) -> bytes:
    import xlsxwriter  # 50 ms, for who exports

    written = io.BytesIO()
    told = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, told) as book:
        sheet = book.add_worksheet(name)
        for number, line in enumerate(table):
            for column, text in enumerate(line):
                sheet.write_string(number, column, text)
        sheet.freeze_panes(1, 0)
    return written.getvalue()


def download(content: bytes, name: str) -> Response:
    """A sheet to take along; nobody keeps it on the way."""
    kind = XLSX if name.endswith(".xlsx") else f"{CSV}; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
