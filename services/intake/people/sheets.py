"""Persons and offices as a sheet (xlsx or CSV): a line for each office, read and written in the same columns.

Serves every SOP step. Previous hop: `people/sheet_pages.py`. Next hop: `people/importing.py`, or a download.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.intake.domain.people_commands import OfficeRow, PersonRow
from services.intake.queries import Row
from shared.eventsourcing.commands.decider import Refused
from shared.web.files.sheets import Columns, Line, day_of, plain

COLUMNS: Mapping[str, str] = {
    "kode": "person", "nama": "name", "nip": "nip", "pangkat": "rank", "pendidikan": "qualification",
    "perangkat_daerah": "agency", "peran": "role", "perangkat_daerah_peran": "of_agency",
    "mulai": "valid_from", "sampai": "valid_until", "plt_plh": "acting", "menggantikan": "acting_for",
    "nomor_surat": "letter", "tanggal_surat": "letter_on", "berhenti": "left_on",
}  # fmt: skip
"""The heading of each column, and what it says."""
DAYS = frozenset({"valid_from", "valid_until", "letter_on", "left_on"})
SHEET = Columns(COLUMNS, ("kode", "nama", "perangkat_daerah"))


def row_of(line: Line) -> PersonRow:
    """What a line asks for. Raises Refused with the column that can not be read."""
    said: dict[str, Any] = {name: line.said.get(name, "") for name in COLUMNS.values()}
    for column, name in COLUMNS.items():
        text = plain(said[name], column)
        said[name] = day_of(text, column) if name in DAYS else text
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
