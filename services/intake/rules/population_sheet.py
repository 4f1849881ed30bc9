"""Reference populations as a sheet (xlsx or CSV), a line for each service and year.

SOP steps 7 and 8. Previous hop: `rules/population_pages.py`. Next hop: `rules/orders.py`.
"""

import re

from services.intake.domain.rules import PopulationRow
from shared.eventsourcing.commands.decider import Refused
from shared.web.files.sheets import Columns, Line, day_of, plain

SHEET = Columns(
    {
        "layanan": "service",
        "tahun": "year",
        "jumlah": "population",
        "tanggal_data": "counted_on",
        "dasar": "source",
    },
    ("layanan", "tahun", "jumlah", "tanggal_data", "dasar"),
)
_WHOLE = re.compile(r"[0-9]{1,12}")


def row_of(line: Line) -> PopulationRow:
    """What a line says. Raises Refused with the column that can not be read."""
    said = {name: plain(line.said.get(name, ""), column) for column, name in SHEET.says.items()}
    day = day_of(said["counted_on"], "tanggal_data")
    if day is None:
        raise Refused("date-unreadable", "Tulis tanggal datanya.", field="tanggal_data")
    return PopulationRow(
        service=said["service"],
        year=_whole(said["year"], "tahun"),
        population=_whole(said["population"], "jumlah"),
        counted_on=day,
        source=said["source"],
    )


def _whole(text: str, column: str) -> int:
    """Digits only: in `200.558` nobody knows whether the point parts thousands."""
    if not _WHOLE.fullmatch(text):
        raise Refused("count-unreadable", "Isi bilangan bulat, tanpa huruf.", field=column)
    return int(text)
