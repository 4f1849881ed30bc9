"""The moments of a cycle: one for each line of its timeline, and which of them comes next.

Every SOP step. Previous hop: `projections.py`, which keeps the timeline. Next hop: `pages.py` and `api.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from services.intake.board.queries import seen
from services.intake.tables import happening
from shared.access.permissions import Viewer
from shared.clock import WIB
from shared.eventsourcing.sql import Connection, fetch

Way = Literal["awal", "mundur", "maju", "akhir"]
MOST = 5_000
"""So many of the newest; a cycle of 50 agencies has about a thousand."""


@dataclass(frozen=True, slots=True)
class CycleMoment:
    """`row`: the line of the timeline; `named`: as an address names the moment, by the event and, for a
    service that does not take that in, by its time.
    """

    row: Mapping[str, Any]

    @property
    def event(self) -> str:
        return f"{self.row['source']}:{self.row['stream']}@{self.row['version']}"

    @property
    def at(self) -> datetime:
        found: datetime = self.row["recorded_at"]
        return found

    @property
    def named(self) -> str:
        return f"{self.event}~{self.at.astimezone(WIB).replace(tzinfo=None).isoformat()}"

    @property
    def address(self) -> Mapping[str, Any]:
        """How it is told to a program: the moment and its time."""
        return {"pada": self.named, "at": self.row["recorded_at"]}


async def moments_of(conn: Connection, viewer: Viewer, cycle: str) -> list[CycleMoment]:
    """The moments of a cycle that the viewer may see, the first one first."""
    newest = (happening.c.recorded_at, happening.c.source, happening.c.stream, happening.c.version)
    statement = (
        select(happening)
        .where(happening.c.cycle == cycle, seen(viewer))
        .order_by(*(column.desc() for column in newest))
        .limit(MOST)
    )
    return [CycleMoment(row) for row in reversed(await fetch(conn, statement))]


def towards(moments: Sequence[CycleMoment], way: Way, asked: str, at: datetime | None) -> CycleMoment | None:
    """The moment that comes this way from the one that is looked at: by its event (`asked`), else by its time
    (None: now). At either end the one at that end; None where there is none at all.
    """
    if not moments:
        return None
    event = asked.partition("~")[0]
    here = next((number for number, one in enumerate(moments) if one.event == event), None)
    if here is None:
        here = sum(at is None or one.at <= at for one in moments) - 1
        here += way == "mundur" and here >= 0 and at is not None and moments[here].at < at
    place = {"awal": 0, "mundur": here - 1, "maju": here + 1, "akhir": len(moments) - 1}[way]
    return moments[min(max(place, 0), len(moments) - 1)]
