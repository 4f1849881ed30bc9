"""Pages of intake: the step board (home), the cycles and their timeline, and one step.

Serves every SOP step. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`, with the same commands as `board/api.py`; no
rule here. Submissions stand in `submission/pages.py`, agencies and calendar in `settings/pages.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from services.intake import evidence as files
from services.intake import queries
from services.intake.board.agency_table import agency_table
from services.intake.board.api import Cycle
from services.intake.board.board import Board
from services.intake.board.chart import chart
from services.intake.board.queries import board_of, boards_of_open_cycles, opened_by, work_plan
from services.intake.board.tasks import split
from services.intake.board.tasks import tasks as tasks_of
from services.intake.cycle import pages as cycle_pages
from services.intake.cycle.api import StepName
from services.intake.days import day_said
from services.intake.settings import pages as settings_pages
from services.intake.step import orders as step_acts
from services.intake.step.forms import planned_of
from services.intake.submission import pages as submission_pages
from services.intake.timeline import names_of
from services.intake.wording import words_of
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.command_handler import Conflict
from shared.eventsourcing.commands.decider import Refused
from shared.sop.deadlines import WORK_PLAN
from shared.spm.catalogue import catalogue
from shared.web import signin
from shared.web.acting import Act, Look, Looking
from shared.web.declared import does, reads
from shared.web.files.downloads import among, hand_out
from shared.web.files.uploads import FORM_LIMIT, take_in_form
from shared.web.forms.csrf import form_of
from shared.web.forms.fields import Name
from shared.web.forms.typed import day_of
from shared.web.frame.rendering import render, see_other, typed
from shared.web.paging import After, cursor, key_of
from shared.web.problems import FieldError, sentence_of
from shared.web.running import running_of, today_of
from shared.web.words.i18n import gettext as _

router = APIRouter(include_in_schema=False)
router.include_router(signin.pages)
router.include_router(cycle_pages.router)
router.include_router(submission_pages.router)
router.include_router(settings_pages.router)

SOCIALISATION = "socialisation"
ROWS = 60


@router.get("/", dependencies=[reads("intake.board")])
async def home(request: Request, look: Look, urut: Name = "") -> Response:
    """What waits for this person over all open cycles, above the board of the one whose next due day is nearest."""
    return await _home(request, look, order=urut)


@router.get("/siklus/{cycle}", dependencies=[reads("intake.board")])
async def one_cycle(cycle: Cycle, request: Request, look: Look, urut: Name = "") -> Response:
    return await _home(request, look, cycle, order=urut)


@router.get("/siklus/{cycle}/riwayat", dependencies=[reads("intake.timeline")])
async def timeline(cycle: Cycle, request: Request, look: Look, after: After = None) -> Response:
    key: Any = key_of(after, 4) if after else None
    before = (datetime.fromisoformat(key[0]), key[1], key[2], key[3]) if key else None
    async with look.conn() as conn:
        board = await board_of(conn, look.viewer, cycle, today_of(request))
        rows = await queries.timeline(conn, look.viewer, cycle, before=before, limit=ROWS + 1)
        plan = {planned.step: planned for planned in await work_plan(conn, board.cycle)}
        cycles = await queries.cycles(conn)
    shown, following = rows[:ROWS], ""
    if len(rows) > ROWS:
        last = shown[-1]
        following = f"after={cursor(last['recorded_at'].isoformat(), last['source'], last['stream'], last['version'])}"
    return render(
        request,
        "timeline.html",
        board=board,
        cycles=cycles,
        cycle=cycle,
        rows=shown,
        following=following,
        plan=plan,
        chart=chart(board, plan),
        planned=board.row(board.sop.step(WORK_PLAN)).state == "done",
        words=words_of(request),
    )


@router.get("/langkah/{cycle}/{step}", dependencies=[reads("intake.step")])
async def one_step(cycle: Cycle, step: StepName, request: Request, look: Look) -> Response:
    return await _step(request, look, cycle, step)


@router.post("/langkah/{cycle}/{step}", max_body_size=FORM_LIMIT, dependencies=[does(*step_acts.PLAIN)])
async def complete_step(cycle: Cycle, step: StepName, request: Request, act: Act) -> Response:
    form = await form_of(request)
    evidence = tuple[StoredFile, ...]()
    async with act.running.pool.connection() as conn:
        _found, sop = await step_acts.cycle_and_sop(conn, cycle)
    known = step_acts.step_of(sop, step)
    try:
        act.running.permissions.office(act.viewer, step_acts.command_name(known), None)
        evidence = await files.kept(act, form)
        evidence += await take_in_form(act, form.getlist("evidence"), field="evidence")
        day = day_said(act, day_of(form, "occurred_on"))
        await step_acts.record(act, cycle, step, str(form.get("summary", "")), evidence, day, planned_of(form))
    except (Refused, Conflict) as error:
        look = Looking(request, act.response)
        return await _step(request, look, cycle, step, values=typed(form), kept=evidence, errors=(_refusal(error),))
    return see_other(request, "/", _("Langkah {number} selesai.").format(number=known.number))


@router.post("/langkah/{cycle}/{step}/tenggat", dependencies=[does("intake.ReviseDueDate")])
async def revise_due_date(cycle: Cycle, step: StepName, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await step_acts.revise_due_date(act, cycle, step, str(form.get("source", "")), act.today)
    except (Refused, Conflict) as error:
        return await _step(request, Looking(request, act.response), cycle, step, values=typed(form), errors=(_refusal(error),))
    return see_other(request, f"/langkah/{cycle}/{step}", _("Tenggat langkah ini disesuaikan dengan kalender sekarang."))


@router.get("/langkah/{cycle}/{step}/berkas/{digest}", dependencies=[reads("intake.step")])
async def step_file(cycle: Cycle, step: StepName, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        row = (await queries.steps(conn, cycle)).get(step)
    known = [StoredFile(**file) for file in (row["evidence"] or () if row else ())]
    return await hand_out(request, among(known, digest))


def _refusal(error: Refused | Conflict) -> FieldError:
    if isinstance(error, Refused):
        return FieldError(error.field or "", sentence_of(error))
    return FieldError("", _("Langkah ini berubah sejak Anda membukanya. Periksa, lalu simpan lagi."))


async def _home(request: Request, look: Looking, cycle: str = "", *, order: str = "") -> Response:
    today = today_of(request)
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        boards = await boards_of_open_cycles(conn, look.viewer, today)
        shown = next((board for board in boards if cycle in ("", board.cycle["cycle"])), None)
        if shown is None and (cycle or cycles):
            shown = await board_of(conn, look.viewer, cycle or cycles[0]["cycle"], today)
        short = {row["agency"]: row["short_name"] for row in await queries.agencies(conn)}
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
        table=agency_table(shown.submissions, order),
        short=short,
        short_names=lambda agencies: ", ".join(short.get(agency, agency) for agency in agencies),
        may_withdraw=look.may("intake.WithdrawCycle") and shown.untouched,
    )


def _serving(request: Request, board: Board) -> dict[str, list[str]]:
    """The names of those who hold each role today, to say who is next."""
    people, found = running_of(request).people, dict[str, list[str]]()
    for person in people.serving_on(board.today):
        for office in person.offices_on(board.today):
            found.setdefault(office.role, []).append(person.name)
    return found


async def _step(
    request: Request,
    look: Looking,
    cycle: str,
    key: str,
    *,
    values: dict[str, str] | None = None,
    kept: Sequence[StoredFile] = (),
    errors: Sequence[FieldError] = (),
) -> Response:
    async with look.conn() as conn:
        board = await board_of(conn, look.viewer, cycle, today_of(request))
        step = step_acts.step_of(board.sop, key)
        done = (await queries.steps(conn, cycle)).get(key)
        rows = await queries.timeline(conn, look.viewer, cycle, of_step=names_of(board.sop, step), limit=ROWS)
        plan = await work_plan(conn, board.cycle) if key == WORK_PLAN else ()
        opens = await opened_by(conn, board.today) if key == SOCIALISATION else ()
        cycles = await queries.cycles(conn)
    row = board.row(step)
    asked = {service for agency in opens for service in agency.services}
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
        unasked=[service for service in catalogue().services.values() if service.id not in asked] if key == SOCIALISATION else [],
        tasks=[(task, task.is_for(look.viewer)) for task in tasks_of(board) if task.step.step is step],
        may_revise=look.may("intake.ReviseDueDate"),
        may_complete=step_acts.may_record(look, step) and row.state in {"doing", "late"},
        values=values or {},
        kept=kept,
        errors=errors,
        words=words_of(request),
    )
