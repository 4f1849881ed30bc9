"""The table of the agencies on home: for each submission how far it is in each urusan,
what needs attention first, or in the order asked for.

SOP steps 6 to 8. Previous hop: `board/board.py`. Next hop: `board.html`.
Sorting is a link, so that it works without script. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.queries import Row
from shared.spm.catalogue import Catalogue, Urusan

Key = Callable[[Row], Any]
STANDS = ("returned", "corrected", "taken_back", "open", "handed_in", "approved", "withdrawn")
ATTENTION = "perhatian"
KEYS: Mapping[str, Key] = {
    ATTENTION: lambda row: (row["place"], row["agency_name"].casefold()),
    "opd": lambda row: row["agency_name"].casefold(),
    "keadaan": lambda row: (STANDS.index(row["stands"]), row["agency_name"].casefold()),
    "terakhir": lambda row: row["last_at"],
}


@dataclass(frozen=True, slots=True)
class Cell:
    """How many services of one urusan are filled in, of how many that the agency answers for."""

    filled: int
    services: int

    @property
    def left(self) -> int:
        return self.services - self.filled

    @property
    def state(self) -> str:
        return "full" if not self.left else "some" if self.filled else "none"


@dataclass(frozen=True, slots=True)
class AgencyTable:
    """`order`: by what it is sorted, downwards with a minus before it. A row's `cells` are by urusan."""

    order: str
    urusan: tuple[Urusan, ...]
    rows: Sequence[Row]

    def link(self, column: str) -> str:
        """What to ask for to sort by this column, or the other way round where it is sorted by it."""
        return f"-{column}" if self.order == column else column

    def sorted_by(self, column: str) -> str:
        """The value of `aria-sort` of a column."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.order, "none")


def agency_table(submissions: Sequence[Row], order: str, catalogue: Catalogue) -> AgencyTable:
    """The table of a cycle, by its catalogue, in this order; an order that there is not is the first one."""
    rows = [{**row, "cells": cells(row, catalogue)} for row in submissions]
    shown = tuple(kind for kind in catalogue.urusan if any(kind.id in row["cells"] for row in rows))
    keys = {**KEYS, **{kind.id: _by_urusan(kind.id) for kind in shown}}
    name = order.removeprefix("-")
    if name not in keys:
        order = name = ATTENTION
    return AgencyTable(order, shown, sorted(rows, key=keys[name], reverse=order.startswith("-")))


def cells(submission: Row, catalogue: Catalogue) -> Mapping[str, Cell]:
    """How far a submission is in each urusan that the agency answers for."""
    found: dict[str, Cell] = {}
    for service in submission["services"]:
        kind = catalogue.services[service].urusan
        before = found.get(kind, Cell(0, 0))
        found[kind] = Cell(
            before.filled + (service in (submission["filled_services"] or ())), before.services + 1
        )
    return found


def _by_urusan(kind: str) -> Key:
    """What is furthest from its end first; who does not answer for it last."""
    return lambda row: (
        kind not in row["cells"],
        -row["cells"][kind].left if kind in row["cells"] else 0,
        row["agency_name"].casefold(),
    )
