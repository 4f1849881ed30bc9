"""Persons and offices as a sheet (xlsx or CSV): a line for each office, read and written in the same columns.

Serves every SOP step. Previous hop: `people/sheet_pages.py`. Next hop: `people/importing.py`, or a download.
A sheet reckons with nothing: formulas are refused coming in, and what could be taken for one is quoted going
out. Sources: ECMA-376 part 1, 18.3.1.40 (the element of a formula); RFC 4180.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from services.intake.domain.people_commands import OfficeRow, PersonRow
from services.intake.queries import Row
from shared.eventsourcing.commands.decider import Refused
from shared.web.forms.typed_days import day_in

COLUMNS: Mapping[str, str] = {
    "kode": "person", "nama": "name", "nip": "nip", "pangkat": "rank", "pendidikan": "qualification",
    "perangkat_daerah": "agency", "peran": "role", "perangkat_daerah_peran": "of_agency",
    "mulai": "valid_from", "sampai": "valid_until", "plt_plh": "acting", "menggantikan": "acting_for",
    "nomor_surat": "letter", "tanggal_surat": "letter_on", "berhenti": "left_on",
}  # fmt: skip
"""The heading of each column, and what it says."""
DAYS = frozenset({"valid_from", "valid_until", "letter_on", "left_on"})
MOST_LINES, MOST_BYTES, MOST_UNPACKED = 1000, 2_000_000, 20_000_000
XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
Made = Callable[[Sequence[Row]], bytes]
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_RECKONED = ("=", "+", "-", "@", "\t")
_EXACT = 10**15  # a spreadsheet keeps no more digits of a number


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet as it was typed, by what its columns say."""

    number: int
    said: Mapping[str, str]


def lines_of(content: bytes, media_type: str) -> Sequence[Line]:
    """The lines below the headings. Raises Refused for a sheet that can not be read as one."""
    if len(content) > MOST_BYTES:
        raise Refused("sheet-too-large", "Lembar ini terlalu besar; paling besar 2 MB.", field="upload")
    rows = _of_xlsx(content) if media_type == XLSX else _of_csv(content)
    headings = [heading.strip().lower() for heading in next(rows, ())]
    if missing := [name for name in ("kode", "nama", "perangkat_daerah") if name not in headings]:
        raise Refused(
            "sheet-headings",
            "Baris pertama harus memuat judul kolom; tidak ada kolom {name}. Ekspor memberi contohnya.",
            field="upload",
            name=missing[0],
        )
    found = []
    for number, row in enumerate(rows, start=2):
        said = {COLUMNS[name]: text for name, text in zip(headings, row, strict=False) if name in COLUMNS}
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


def row_of(line: Line) -> PersonRow:
    """What a line asks for. Raises Refused with the column that can not be read."""
    said: dict[str, Any] = {name: line.said.get(name, "") for name in COLUMNS.values()}
    for column, name in COLUMNS.items():
        if said[name].startswith("="):
            raise Refused("sheet-formula", "Rumus tidak diterima; tulis nilainya.", field=column)
        if name in DAYS:
            said[name] = _day(said[name], column)
    offices: tuple[OfficeRow, ...] = ()
    if said["role"]:
        if said["valid_from"] is None:
            raise Refused("date-unreadable", "Tulis sejak kapan jabatan itu dipegang.", field="mulai")
        of_agency = said["of_agency"] or said["agency"]
        names = ("role", "valid_from", "valid_until", "acting_for", "letter", "letter_on")
        acting = said["acting"].lower().rstrip(".")
        offices = (OfficeRow(**{name: said[name] for name in names}, agency=of_agency, acting=acting),)
    details = ("person", "name", "agency", "left_on")
    told: dict[str, Any] = {
        name: line.said[name] for name in ("nip", "rank", "qualification") if name in line.said
    }
    return PersonRow(**{name: said[name] for name in details}, **told, offices=offices)


def _day(text: str, column: str) -> date | None:
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


def again(lines: Sequence[Line]) -> Sequence[str]:
    """Lines as they were read, headings first, to be sent again by a form: each a line of CSV."""
    there = {of: heading for heading, of in COLUMNS.items() if any(of in line.said for line in lines)}
    cells = [[line.said.get(of, "") for of in there] for line in lines]
    return [_csv_line(row) for row in (list(there.values()), *cells)]


def _csv_line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([_quoted(" ".join(cell.split())) for cell in cells])
    return written.getvalue()


def table_of(rows: Sequence[Row]) -> Iterator[Sequence[str]]:
    """The headings, and a line for each office; one without for who holds none."""
    yield tuple(COLUMNS)
    for row in rows:
        offices: Sequence[Row] = row["offices"] or ({},)
        for held in offices:
            said = {**row, **{name: held.get(name) for name in COLUMNS.values() if name not in row}}
            if held and held["agency"] != row["agency"]:
                said["of_agency"] = held["agency"]
            yield [_cell(said.get(name)) for name in COLUMNS.values()]


def _cell(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def as_csv(rows: Sequence[Row]) -> bytes:
    """With a mark that tells spreadsheets it is UTF-8."""
    written = io.StringIO()
    csv.writer(written).writerows([_quoted(cell) for cell in line] for line in table_of(rows))
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row]) -> bytes:
    import xlsxwriter  # 50 ms, for who exports

    written = io.BytesIO()
    told = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, told) as book:
        sheet = book.add_worksheet("pegawai")
        for number, line in enumerate(table_of(rows)):
            for column, text in enumerate(line):
                sheet.write_string(number, column, text)
        sheet.freeze_panes(1, 0)
    return written.getvalue()
