"""What is set about the rules of a region: its thresholds in the order in which they were said, and its
reference populations.

SOP steps 7 and 8. Previous hop: `rules/pages.py` and `rules/api.py`. Next hop: the tables of `rule_rows.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.intake.queries import Row
from services.intake.rule_rows import population, threshold
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.meaning.thresholds import BOUNDS, Bounds, Setting, Threshold, Thresholds, in_force


@dataclass(frozen=True, slots=True)
class Shown:
    """A threshold as it is today: its meaning, its number, and who set it; None: it is the proposal.
    `coming`: what was set for later days.
    """

    name: Threshold
    bounds: Bounds
    now: int
    said: Row | None
    coming: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Settings:
    """All that was said of thresholds, and what holds today."""

    said: Sequence[Row]
    today: date

    @property
    def now(self) -> Thresholds:
        return in_force((_setting(row) for row in self.said), self.today)

    @property
    def shown(self) -> Sequence[Shown]:
        """Every threshold, in the order of the rules."""
        return [self._shown(name) for name in BOUNDS]

    def _shown(self, name: Threshold) -> Shown:
        of_it = sorted(
            (row for row in self.said if row["threshold"] == name), key=lambda row: row["valid_from"]
        )
        past = [row for row in of_it if row["valid_from"] <= self.today]
        return Shown(name, BOUNDS[name], self.now[name], past[-1] if past else None, of_it[len(past) :])


async def settings(conn: Connection, region: str, today: date) -> Settings:
    """What a region said of its thresholds."""
    of_region = select(threshold).where(threshold.c.region == region)
    return Settings(await fetch(conn, of_region.order_by(threshold.c.number)), today)


async def populations(conn: Connection, region: str) -> Sequence[Row]:
    """The reference populations of a region, the latest year first."""
    of_region = select(population).where(population.c.region == region)
    return await fetch(conn, of_region.order_by(population.c.year.desc(), population.c.service))


def _setting(row: Row) -> Setting:
    return Setting(row["threshold"], row["limit"], row["valid_from"])
