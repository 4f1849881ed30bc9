"""Pages of intake: the step board (home), the cycles and their timeline, and one step.

Serves every SOP step. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`, with the same commands as `api.py`; no
rule here. Submissions stand in `submission_pages.py`, agencies and calendar in `settings_pages.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.intake import cycle_acts, cycle_pages, files, queries, settings_pages, submission_pages
from services.intake.agency_table import agency_table
from services.intake.api import Cycle, PlainNumber, plain_command
from services.intake.board import Board
from services.intake.board_query import board_of, boards_of_open_cycles, opened_by, work_plan
from services.intake.chart import chart
from services.intake.cycle_api import Number
from services.intake.days import day_said
from services.intake.domain.step import NUMBER
from services.intake.forms import planned_of
from services.intake.process_manager import step_stream
from services.intake.tasks import split
from services.intake.tasks import tasks as tasks_of
from services.intake.wording import words_of
from shared.contracts.values import StoredFile
from shared.eventsourcing.command_handler import Conflict, Order
from shared.eventsourcing.decider import Refused
from shared.spm.catalogue import catalogue
from shared.web import signin
from shared.web.acting import Act, Look, Looking
from shared.web.csrf import form_of
from shared.web.declared import does, reads
from shared.web.fields import Name
from shared.web.files import among, hand_out
from shared.web.forms import day_of
from shared.web.i18n import gettext as _
from shared.web.paging import After, cursor, key_of
from shared.web.problems import FieldError, sentence_of
from shared.web.rendering import render, see_other, typed
from shared.web.running import running_of, today_of
from shared.web.uploads import FORM_LIMIT, take_in_form

router = APIRouter(include_in_schema=False)
router.include_router(signin.pages)
router.include_router(cycle_pages.router)
router.include_router(submission_pages.router)
router.include_router(settings_pages.router)

COMMANDS = {number: f"intake.{command.__name__}" for command, number in NUMBER.items()}
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
        planned=board.steps[2].state == "done",
        words=words_of(request),
    )


@router.get("/langkah/{cycle}/{number}", dependencies=[reads("intake.step")])
async def one_step(cycle: Cycle, number: Annotated[int, Path(ge=1, le=13)], request: Request, look: Look) -> Response:
    return await _step(request, look, cycle, number)


@router.post("/langkah/{cycle}/{number}", max_body_size=FORM_LIMIT, dependencies=[does(*COMMANDS.values())])
async def complete_step(cycle: Cycle, number: PlainNumber, request: Request, act: Act) -> Response:
    form = await form_of(request)
    evidence = tuple[StoredFile, ...]()
    try:
        act.running.permissions.office(act.viewer, COMMANDS[int(number)], None)
        evidence = await files.kept(act, form)
        evidence += await take_in_form(act, form.getlist("evidence"), field="evidence")
        command = await plain_command(
            act, cycle, int(number), str(form.get("summary", "")), evidence, day_said(act, day_of(form, "occurred_on")), planned_of(form)
        )
        await act(Order(stream=step_stream(cycle, int(number)), command=command, case_id=cycle))
    except (Refused, Conflict) as error:
        field, shown = "", _("Langkah ini berubah sejak Anda membukanya. Periksa, lalu simpan lagi.")
        if isinstance(error, Refused):
            field, shown = error.field or "", sentence_of(error)
        errors = (FieldError(field, shown),)
        look = Looking(request, act.response)
        return await _step(request, look, cycle, int(number), values=typed(form), kept=evidence, errors=errors)
    return see_other(request, "/", _("Langkah {number} selesai.").format(number=number))


@router.post("/langkah/{cycle}/{number}/tenggat", dependencies=[does("intake.ReviseDueDate")])
async def revise_due_date(cycle: Cycle, number: Number, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await cycle_acts.revise_due_date(act, cycle, number, str(form.get("source", "")), act.today)
    except (Refused, Conflict) as error:
        shown = (
            sentence_of(error) if isinstance(error, Refused) else _("Langkah ini berubah sejak Anda membukanya. Periksa, lalu simpan lagi.")
        )
        field = (error.field or "") if isinstance(error, Refused) else ""
        errors = (FieldError(field, shown),)
        return await _step(request, Looking(request, act.response), cycle, number, values=typed(form), errors=errors)
    return see_other(
        request, f"/langkah/{cycle}/{number}", _("Tenggat langkah {number} disesuaikan dengan kalender sekarang.").format(number=number)
    )


@router.get("/langkah/{cycle}/{number}/berkas/{digest}", dependencies=[reads("intake.step")])
async def step_file(cycle: Cycle, number: int, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        row = (await queries.steps(conn, cycle)).get(number)
    known = [StoredFile(**file) for file in (row["evidence"] or () if row else ())]
    return await hand_out(request, among(known, digest))


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
    number: int,
    *,
    values: dict[str, str] | None = None,
    kept: Sequence[StoredFile] = (),
    errors: Sequence[FieldError] = (),
) -> Response:
    async with look.conn() as conn:
        board = await board_of(conn, look.viewer, cycle, today_of(request))
        done = (await queries.steps(conn, cycle)).get(number)
        rows = await queries.timeline(conn, look.viewer, cycle, of_step=number, limit=ROWS)
        plan = await work_plan(conn, board.cycle) if number == 3 else ()
        opens = await opened_by(conn, board.today) if number == 6 else ()
        cycles = await queries.cycles(conn)
    row = board.steps[number - 1]
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
        unasked=[service for service in catalogue().services.values() if service.id not in asked] if number == 6 else [],
        tasks=[(task, task.is_for(look.viewer)) for task in tasks_of(board) if task.step.step.number == number],
        may_revise=look.may("intake.ReviseDueDate"),
        may_complete=number in COMMANDS and look.may(COMMANDS[number]) and row.state in {"doing", "late"},
        values=values or {},
        kept=kept,
        errors=errors,
        words=words_of(request),
    )
