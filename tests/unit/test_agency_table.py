"""The table of agencies: exceptions first, each column sorts both ways,
and only the urusan that somebody answers for.
"""

from datetime import UTC, datetime
from typing import Any

from services.intake.board.agency_table import STANDS, Cell, agency_table
from shared.spm.catalogue import current


def row(agency: str, stands: str, services: list[str], filled: list[str] | None, day: int) -> dict[str, Any]:
    place = STANDS.index(stands)
    return {
        "agency": agency,
        "agency_name": agency.title(),
        "services": services,
        "filled_services": filled,
        "stands": stands,
        "place": 0 if place < 2 else place - 1,
        "last_at": datetime(2026, 2, day, tzinfo=UTC),
    }


ROWS = [
    row("dinkes", "approved", ["kes.balita", "kes.lansia"], ["kes.balita", "kes.lansia"], 3),
    row("bpbd", "open", ["kes.terduga_tb"], None, 1),
    row("dinsos", "returned", ["kes.risiko_hiv", "kes.odgj_berat"], ["kes.risiko_hiv"], 2),
]


def agencies(order: str) -> list[str]:
    return [found["agency"] for found in agency_table(ROWS, order, current()).rows]


def test_what_needs_attention_stands_first() -> None:
    assert agencies("") == ["dinsos", "bpbd", "dinkes"]
    assert agencies("'; DROP TABLE submission") == agencies("-nothing") == agencies("")


def test_every_column_sorts_both_ways_by_its_own_link() -> None:
    table = agency_table(ROWS, "", current())
    for column in ("opd", *(kind.id for kind in table.urusan), "keadaan", "terakhir"):
        upwards = agency_table(ROWS, table.link(column), current())
        assert upwards.sorted_by(column) == "ascending"
        downwards = agency_table(ROWS, upwards.link(column), current())
        assert downwards.sorted_by(column) == "descending"
        assert [found["agency"] for found in downwards.rows] == [found["agency"] for found in upwards.rows][
            ::-1
        ]
    assert agencies("terakhir") == ["bpbd", "dinsos", "dinkes"]


def test_only_the_urusan_that_somebody_answers_for_are_shown() -> None:
    table = agency_table(ROWS, "", current())
    assert [kind.id for kind in table.urusan] == ["kesehatan"]
    assert [found["cells"]["kesehatan"] for found in table.rows] == [Cell(1, 2), Cell(0, 1), Cell(2, 2)]
    assert [found["cells"]["kesehatan"].state for found in table.rows] == ["some", "none", "full"]
    assert agency_table([], "opd", current()).urusan == ()
