"""The page of one step as it is shown: how it stands, what happened in it, what is asked and of whom.

Serves every SOP step. Previous hop: `step/pages.py`, with what was typed where it could not be stored.
Next hop: `step.html`.
"""

from collections.abc import Sequence

from fastapi import Request, Response

from services.intake import queries
from services.intake.board.queries import board_of, timeline
from services.intake.board.task_words import words_of
from services.intake.board.tasks import tasks
from services.intake.step.orders import may_record
from services.intake.timeline import names_of
from shared.contracts.values import StoredFile
from shared.sop.deadlines import WORK_PLAN
from shared.web.for_pages import FieldError, Looking, render, today_of

SOCIALISATION = "socialisation"
ROWS = 60


async def page(
    request: Request,
    look: Looking,
    cycle: str,
    key: str,
    *,
    values: dict[str, str] | None = None,
    kept: Sequence[StoredFile] = (),
    errors: Sequence[FieldError] = (),
) -> Response:
    """The page; 422 where something is to be mended."""
    async with look.conn() as conn:
        board = await board_of(conn, look.viewer, cycle, today_of(request))
        step = queries.step_of(board.sop, key)
        done = (await queries.steps(conn, cycle)).get(key)
        rows, _following = await timeline(
            conn, look.viewer, cycle, of_step=names_of(board.sop, step), limit=ROWS
        )
        plan = await queries.work_plan(conn, board.cycle) if key == WORK_PLAN else ()
        opens = (
            await queries.who_must_hand_in(conn, board.cycle["region"], board.today, board.catalogue)
            if key == SOCIALISATION
            else ()
        )
        cycles = await queries.cycles(conn)
    row = board.row(step)
    return render(
        request,
        "step.html",
        status_code=422 if errors else 200,
        board=board,
        cycles=cycles,
        cycle=cycle,
        row=row,
        done=done,
        rows=rows,
        plan=plan,
        opens=opens,
        unasked=queries.not_asked_for(opens, board.catalogue) if key == SOCIALISATION else [],
        tasks=[(task, task.is_for(look.viewer)) for task in tasks(board) if task.step.step is step],
        may_revise=look.may("intake.ReviseDueDate"),
        may_complete=may_record(look, step) and row.state in {"doing", "late"},
        values=values or {},
        kept=kept,
        errors=errors,
        words=words_of(request),
    )
