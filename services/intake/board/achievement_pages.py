"""The page of what a cycle has reached: how much is filled in and reached, by agency and urusan, and the
index beside last year's.

SOP steps 7 and 8. Previous hop: a person's browser. Next hop: `board/achievement.py` over the read models, as
whoever looks may see submissions.
"""

from fastapi import APIRouter, Request, Response
from msgspec.json import Decoder

from services.intake import queries, streams
from services.intake.board.achievement import Of, achievement, index_of
from services.intake.board.achievement_charts import of_indices, of_services, word_of
from services.intake.submission.queries import figures_of_cycle, submissions
from services.intake.submission.standing import standing
from shared.access.permissions import Viewer
from shared.contracts.values import Figure
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import catalogues
from shared.spm.index import Index
from shared.web.for_pages import CyclePath, Look, NotFound, reads, render

router = APIRouter()
_FIGURE = Decoder(Figure)


@router.get("/siklus/{cycle}/capaian", dependencies=[reads("intake.submission")])
async def page(cycle: CyclePath, request: Request, look: Look) -> Response:
    viewer = look.viewer
    async with look.conn() as conn:
        found = await queries.cycle_of(conn, cycle)
        if found is None:
            raise NotFound
        rows = await submissions(conn, viewer, cycle)
        figures = await _figures(conn, viewer, cycle)
        last = await _last_year(conn, viewer, cycle)
        cycles = await queries.cycles(conn)
        names = await queries.agencies(conn, found["region"])
    catalogue = catalogues()[found["catalogue"]]
    whole_region, compared = viewer.reach is None, last is not None
    shown = achievement(rows, figures, catalogue, last, whole_region=whole_region)
    return render(
        request,
        "achievement.html",
        cycles=cycles,
        cycle=cycle,
        row_of=found,
        shown=shown,
        drawn=of_indices(shown, catalogue, compared=compared) if shown.indices else "",
        charts=of_services(shown, catalogue, compared=compared),
        word_of=word_of,
        stands={row["submission"]: standing(row) for row in rows},
        short={row["agency"]: row["short_name"] for row in names},
        catalogue=catalogue,
        compared=compared,
    )


async def _last_year(conn: Connection, viewer: Viewer, cycle: str) -> Index | None:
    """Last year's index by the catalogue of its own cycle; None where there was no cycle."""
    before = streams.cycle_before(cycle)
    found = await queries.cycle_of(conn, before)
    if found is None:
        return None
    rows, figures = await submissions(conn, viewer, before), await _figures(conn, viewer, before)
    return index_of(rows, figures, catalogues()[found["catalogue"]])


async def _figures(conn: Connection, viewer: Viewer, cycle: str) -> Of:
    found: dict[str, dict[str, Figure]] = {}
    for row in await figures_of_cycle(conn, viewer, cycle):
        found.setdefault(row["submission"], {})[row["service"]] = _FIGURE.decode(row["figure"])
    return found
