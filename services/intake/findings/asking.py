"""The findings of a cycle as a request asks for them: filtered, counted by level, and cut into pages.

SOP step 8. Previous hop: `findings/pages.py` and `findings/api.py`. Next hop: `findings/region.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.intake import queries
from services.intake.findings.filters import Filters, by_level, chosen
from services.intake.findings.region import Judged, Listed, listed
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import Catalogue
from shared.spm.rules import Level
from shared.web.acting import Looking
from shared.web.paging import cursor, key_of
from shared.web.running import today_of


@dataclass(frozen=True, slots=True)
class Found:
    """All findings of a cycle that somebody may see, those that are asked for, and how many are open by
    level.
    """

    catalogue: Catalogue
    every: Sequence[Listed]
    rows: Sequence[Listed]
    levels: Mapping[Level, int]

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Listed], str | None]:
        """Some of them, and the cursor for those after."""
        start = tuple(key_of(after, 3)) if after else None
        left = [one for one in self.rows if start is None or one.place > start]
        shown = left[:limit]
        return shown, cursor(*shown[-1].place) if len(left) > limit else None


async def found(conn: Connection, look: Looking, cycle: str, filters: Filters, only: str = "") -> Found:
    """Raises NotFound for an unknown cycle."""
    every = await listed(conn, look.viewer, cycle, today_of(look.request), kept_of(look), only)
    catalogue = await queries.catalogue_of(conn, cycle)
    return Found(catalogue, every, chosen(every, filters, catalogue), by_level(every))


async def levels_of(conn: Connection, look: Looking, cycle: str) -> Mapping[Level, int]:
    """How many findings of a cycle are not resolved, by level: of those that whoever looks may see."""
    viewer = look.running.permissions.reaching(look.viewer, "intake.findings")
    if viewer is None:
        return {}
    return by_level(await listed(conn, viewer, cycle, today_of(look.request), kept_of(look)))


def kept_of(look: Looking) -> Judged:
    """What this process knows already of what the rules find."""
    state = look.request.app.state
    if not hasattr(state, "findings"):
        state.findings = {}
    kept: Judged = state.findings
    return kept
