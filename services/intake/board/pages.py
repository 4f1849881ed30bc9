"""Pages of the board: home with what waits for the person, the board of a cycle, and its timeline.

Serves every SOP step. Previous hop: a person's browser. Next hop: the read models by way of `Look`. Nothing
is done here: what a step or a submission asks for stands in `step/pages.py` and `submission/pages.py`.
"""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.intake import queries
from services.intake.board import achievement_pages
from services.intake.board.agency_table import agency_table
from services.intake.board.board import Board
from services.intake.board.chart import chart
from services.intake.board.queries import board_of, boards_of_open_cycles, drawn
from services.intake.board.queries import timeline as timeline_of
from services.intake.board.task_words import words_of
from services.intake.board.tasks import split
from services.intake.findings.asking import levels_of
from shared.sop.deadlines import WORK_PLAN
from shared.web.for_pages import CyclePath, Look, Looking, reads, render, running_of, today_of
from shared.web.forms.fields import Name
from shared.web.paging import After
from shared.web.words.finding_words import LEVELS
from shared.web.words.i18n import gettext

router = APIRouter()
router.include_router(achievement_pages.router)

ROWS = 60


@router.get("/", dependencies=[reads("intake.board")])
async def home(request: Request, look: Look, urut: Name = "") -> Response:
    """What waits for this person over all open cycles,
    above the board of the one whose next due day is nearest.
    """
    return await _home(request, look, order=urut)


@router.get("/siklus/{cycle}", dependencies=[reads("intake.board")])
async def one_cycle(cycle: CyclePath, request: Request, look: Look, urut: Name = "") -> Response:
    return await _home(request, look, cycle, order=urut)


@router.get("/siklus/{cycle}/riwayat", dependencies=[reads("intake.timeline")])
async def timeline(
    cycle: CyclePath, request: Request, look: Look, after: After = None, bagan: bool = False
) -> Response:
    """The chart of a cycle and what happened in it; `bagan`: the chart alone, as one sheet of paper."""
    async with look.conn() as conn:
        board = await board_of(conn, look.viewer, cycle, today_of(request))
        rows, following = await timeline_of(conn, look.viewer, cycle, after=after, limit=ROWS)
        happened = await drawn(conn, look.viewer, cycle)
        plan = {planned.step: planned for planned in await queries.work_plan(conn, board.cycle)}
        cycles = await queries.cycles(conn)
    return render(
        request,
        "timeline.html",
        board=board,
        cycles=cycles,
        cycle=cycle,
        rows=rows,
        following=f"after={following}" if following else "",
        plan=plan,
        chart=chart(board, plan, happened),
        alone=bagan,
        planned=board.row(board.sop.step(WORK_PLAN)).state == "done",
        words=words_of(request),
    )


async def _home(request: Request, look: Looking, cycle: str = "", *, order: str = "") -> Response:
    today = today_of(request)
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        boards = await boards_of_open_cycles(conn, look.viewer, today)
        shown = next((board for board in boards if cycle in ("", board.cycle["cycle"])), None)
        if shown is None and (cycle or cycles):
            shown = await board_of(conn, look.viewer, cycle or cycles[0]["cycle"], today)
        region = shown.cycle["region"] if shown else look.region
        short = {row["agency"]: row["short_name"] for row in await queries.agencies(conn, region)}
        levels = await levels_of(conn, look, shown.cycle["cycle"]) if shown else {}
    todos, awaited = split(look.viewer, boards)
    frame: dict[str, Any] = {
        "cycles": cycles,
        "todos": todos,
        "awaited": awaited,
        "words": words_of(request),
        "may_open": look.may("intake.OpenCycle"),
    }
    if shown is None:
        return render(request, "no_cycle.html", **frame)
    return render(
        request,
        "board.html",
        **frame,
        board=shown,
        cycle=shown.cycle["cycle"],
        several=len(boards) > 1,
        serving=_serving(request, shown),
        table=agency_table(shown.submissions, order, shown.catalogue),
        short=short,
        findings=levels,
        levels={name: gettext(word) for name, word in LEVELS.items()},
        short_names=lambda agencies: ", ".join(short.get(agency, agency) for agency in agencies),
        may_withdraw=look.may("intake.WithdrawCycle") and shown.untouched,
    )


def _serving(request: Request, board: Board) -> dict[str, list[str]]:
    """The names of those who hold each role today, to say who is next."""
    people, found = running_of(request).people.of(board.cycle["region"]), dict[str, list[str]]()
    for person in people.serving_on(board.today):
        for office in person.offices_on(board.today):
            found.setdefault(office.role, []).append(person.name)
    return found
