"""What a service asks of the cycles that it knows: all of them, what each goes by, when its steps are due,
and the calendar.

Previous hop: `queries.py` of the service and of its sub-rooms. Next hop: the tables that
`known_cycles/projections.py` fills.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from shared.contracts.regions import region_of
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.known_cycles.corrections import latest
from shared.known_cycles.tables import CycleTables
from shared.sop.calendar import Calendar, seed
from shared.sop.definition import sops
from shared.spm.catalogue import Catalogue, catalogues
from shared.web.problems.shape import NotFound

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KnownCycles:
    """The cycles in the tables of one service. `corrected`: where it keeps what `corrections.told` says of
    them, the latest first.
    """

    tables: CycleTables
    corrected: Select[Any]

    async def cycles(self, conn: Connection) -> list[dict[str, Any]]:
        """Every cycle that the service knows of, the latest first, each with its latest `correction`."""
        cycle = self.tables.cycle
        asked = select(cycle, latest(self.corrected))
        return await fetch(conn, asked.order_by(cycle.c.year.desc(), cycle.c.cycle))

    async def catalogue_of(self, conn: Connection, of_cycle: str) -> Catalogue:
        """The catalogue that a cycle was opened under. Raises NotFound for an unknown cycle."""
        cycle = self.tables.cycle
        found = await fetch_one(conn, select(cycle.c.catalogue).where(cycle.c.cycle == of_cycle))
        if found is None:
            raise NotFound
        return catalogues()[found["catalogue"]]

    async def due_dates(self, conn: Connection, of_cycle: str) -> Mapping[str, Row]:
        """Due dates of the steps that have started, by key, each with the number that the SOP of the cycle
        shows for it; not those of steps that are done once more that were counted before the correction.
        """
        step, cycle = self.tables.step, self.tables.cycle
        joined = step.outerjoin(cycle, cycle.c.cycle == step.c.cycle)
        asked = select(step, latest(self.corrected)).select_from(joined)
        rows = await fetch(conn, asked.where(step.c.cycle == of_cycle))
        known = {row["step"]: {**row, "of": sops()[row["sop"]].step(row["step"])} for row in rows}
        return {
            key: {**row, "number": row["of"].number} for key, row in known.items() if not is_overtaken(row)
        }

    async def calendar(self, conn: Connection, of_cycle: str) -> Calendar:
        """The working calendar with the overrides that intake announced for the region of a cycle."""
        override = self.tables.calendar_override
        of_region = override.c.region == region_of(of_cycle, "")
        return seed().changed_by(
            await fetch(conn, select(override).where(of_region).order_by(override.c.day))
        )


def is_overtaken(row: Row) -> bool:
    """Whether a step that is done once more has not been counted anew."""
    correction = row["correction"] or {}
    return bool(row["of"].reopened_by) and row["due"]["counted_from"] < correction.get("decided_on", "")


def waiting_for(due_dates: Iterable[Row], part: str) -> Row | None:
    """Of the steps of one cycle the one that waits for `part`, written as in the SOP file;
    None before it has started.
    """
    return next((row for row in due_dates if sops()[row["sop"]].step_of(part).key == row["step"]), None)
