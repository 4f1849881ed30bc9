"""The list of a cycle's submissions as a page.

SOP step 7. Previous hop: `submission/pages.py`. Next hop: `submissions.html`.
"""

from fastapi import Request, Response

from services.intake import queries, streams
from services.intake.submission.queries import submissions
from services.intake.submission.standing import dues_of, late_of, standing
from services.intake.wording import words_of
from shared.sop.definition import sops
from shared.sop.parts import FILLING
from shared.web.for_pages import Looking, render, today_of


async def page(request: Request, look: Looking, asked: str) -> Response:
    """The submissions of a cycle; where none is asked for, of the latest."""
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = asked or (cycles[0]["cycle"] if cycles else "")
        rows = await submissions(conn, look.viewer, cycle)
        steps = await queries.steps(conn, cycle)
        calendar = await queries.calendar(conn, streams.region_of(cycle))
    sop = next((sops()[row["sop"]] for row in cycles if row["cycle"] == cycle), None)
    return render(
        request,
        "submissions.html",
        cycles=cycles,
        cycle=cycle,
        rows=[
            {
                **row,
                "standing": standing(row),
                "late": late_of(row, dues_of(steps, sop), calendar) if sop else None,
                "case": streams.case_of(row["submission"]),
            }
            for row in rows
        ],
        filling=steps.get(sop.step_of(FILLING).key) if sop else None,
        today=today_of(request),
        words=words_of(request),
    )
