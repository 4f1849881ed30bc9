"""The tables of the cycles that a service knows, of the steps that have started in them,
and of the days that a region overrides.

Each is written from intake's events alone. Previous hop: `tables.py` of the service.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Date, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True, slots=True)
class CycleTables:
    """Three tables of one service."""

    cycle: Table
    step: Table
    calendar_override: Table


def cycle_tables(metadata: MetaData, *more: Column[Any]) -> CycleTables:
    """The tables in the metadata of a service; `more`: what it also keeps of CycleOpened,
    in columns that are called as its fields.
    """
    cycle = Table(
        "cycle",
        metadata,
        Column("cycle", Text, primary_key=True),
        Column("region_name", Text, nullable=False),
        Column("year", Integer, nullable=False),
        Column("catalogue", Integer, nullable=False),
        *more,
    )
    step = Table(
        "step",
        metadata,
        Column("cycle", Text, primary_key=True),
        Column("step", Text, primary_key=True),
        Column("sop", Text, nullable=False),
        Column("started_on", Date, nullable=False),
        Column("due_on", Date, nullable=False),
        Column("due", JSONB, nullable=False),
    )
    calendar_override = Table(
        "calendar_override",
        metadata,
        Column("region", Text, primary_key=True),
        Column("day", Date, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("name", Text, nullable=False),
    )
    return CycleTables(cycle, step, calendar_override)
