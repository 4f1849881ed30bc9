"""Pages of intake: the step board (home), the cycles and their timeline, and one step.

Serves every SOP step. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`, with the same commands as `api.py`; no
rule here. Submissions stand in `submission_pages.py`, agencies and calendar in `settings_pages.py`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.intake import files, queries, settings_pages, submission_pages
from services.intake.api import Cycle, PlainNumber, plain_command
from services.intake.board import Board, standing, todos
from services.intake.board_query import board_of, opened_by, work_plan
from services.intake.chart import chart
from services.intake.days import day_said
from services.intake.domain.cycle import OpenCycle, cycle_id
from services.intake.domain.step import NUMBER
from services.intake.forms import day_of, planned_of
from services.intake.process_manager import step_stream
from services.intake.wording import Wording
from shared.contracts.values import StoredFile
from shared.eventsourcing.command_handler import Conflict, Order
from shared.eventsourcing.decider import Refused
from shared.eventsourcing.sql import Connection
from shared.sop.definition import CURRENT
from shared.spm.catalogue import catalogue
from shared.web import signin
from shared.web.acting import Act, Look, Looking
from shared.web.csrf import form_of
from shared.web.declared import does, reads
from shared.web.files import among, hand_out
from shared.web.i18n import gettext as _
from shared.web.paging import After, cursor, key_of
from shared.web.problems import FieldError, sentence_of
from shared.web.rendering import render, see_other, typed
from shared.web.running import running_of, today_of
from shared.web.uploads import FORM_LIMIT, take_in_form

router = APIRouter(include_in_schema=False)
router.include_router(signin.pages)
router.include_router(submission_pages.router)
router.include_router(settings_pages.router)

COMMANDS = {number: f"intake.{command.__name__}" for command, number in NUMBER.items()}
ROWS = 60


@router.get("/", dependencies=[reads("intake.board")])
async def home(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        if not cycles:
            return render(request, "no_cycle.html", may_open=look.may("intake.OpenCycle"))
        return await _board(request, look, conn, cycles[0]["cycle"], cycles)


@router.get("/siklus", dependencies=[reads("intake.board")])
async def cycles(request: Request, look: Look) -> Response:
    return await _cycles(request, look)


@router.post("/siklus", dependencies=[does("intake.OpenCycle")])
async def open_cycle(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        year = int(str(form.get("year", "")) or 0)
        command = OpenCycle(
            region=act.running.settings.region,
            installation=act.running.settings.region,
            region_name=str(form.get("region_name", "")).strip(),
            year=year,
            sop=CURRENT,
            report_due=day_of(form, "report_due"),
            by=act.viewer.person,
            occurred_on=day_said(act, day_of(form, "occurred_on")),
        )
        name = cycle_id(command.region, year)
        await act(Order(stream=f"cycle-{name}", command=command, case_id=name))
    except (Refused, ValueError) as error:
        shown = sentence_of(error) if isinstance(error, Refused) else _("Tulis tahun empat angka, misalnya 2026.")
        errors = (FieldError((error.field if isinstance(error, Refused) else "year") or "", shown),)
        return await _cycles(request, Looking(request, act.response), values=typed(form), errors=errors)
    return see_other(request, "/", _("Siklus {year} dibuka. Langkah 1 dapat dimulai.").format(year=year))


@router.get("/siklus/{cycle}", dependencies=[reads("intake.board")])
async def one_cycle(cycle: Cycle, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        return await _board(request, look, conn, cycle, await queries.cycles(conn))


@router.get("/siklus/{cycle}/riwayat", dependencies=[reads("intake.timeline")])
async def timeline(cycle: Cycle, request: Request, look: Look, after: After = None) -> Response:
    key: Any = key_of(after, 4) if after else None
    before = (datetime.fromisoformat(key[0]), key[1], key[2], key[3]) if key else None
    async with look.conn() as conn:
        board = await board_of(conn, look.viewer, cycle, today_of(request))
        rows = await queries.timeline(conn, look.viewer, cycle, before=before, limit=ROWS + 1)
        plan = {planned.step: planned for planned in await work_plan(conn, board.cycle)}
    shown, following = rows[:ROWS], ""
    if len(rows) > ROWS:
        last = shown[-1]
        following = f"after={cursor(last['recorded_at'].isoformat(), last['source'], last['stream'], last['version'])}"
    return render(
        request, "timeline.html", board=board, rows=shown, following=following, plan=plan, chart=chart(board, plan), words=_words(request)
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


@router.get("/langkah/{cycle}/{number}/berkas/{digest}", dependencies=[reads("intake.step")])
async def step_file(cycle: Cycle, number: int, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        row = (await queries.steps(conn, cycle)).get(number)
    known = [StoredFile(**file) for file in (row["evidence"] or () if row else ())]
    return await hand_out(request, among(known, digest))


async def _board(request: Request, look: Looking, conn: Connection, cycle: str, cycles: Sequence[queries.Row]) -> Response:
    board = await board_of(conn, look.viewer, cycle, today_of(request))
    left = (await queries.calendar(conn)).working_days(board.today, board.cycle["report_due"])
    short = {row["agency"]: row["short_name"] for row in await queries.agencies(conn)}
    return render(
        request,
        "board.html",
        board=board,
        cycles=cycles,
        left=left,
        todos=todos(look.viewer, board),
        serving=_serving(request, board),
        standing=standing,
        short_names=lambda agencies: ", ".join(short.get(agency, agency) for agency in agencies),
        words=_words(request),
    )


def _serving(request: Request, board: Board) -> dict[str, list[str]]:
    """The names of those who hold each role today, to say who is next."""
    people, found = running_of(request).people, dict[str, list[str]]()
    for person in people.serving_on(board.today):
        for office in person.offices_on(board.today):
            found.setdefault(office.role, []).append(person.name)
    return found


async def _cycles(request: Request, look: Looking, values: dict[str, str] | None = None, errors: Sequence[FieldError] = ()) -> Response:
    async with look.conn() as conn:
        found = await queries.cycles(conn)
    today = today_of(request)
    year = found[0]["year"] + 1 if found else today.year
    suggested = {
        "year": str(year),
        "region_name": found[0]["region_name"] if found else "",
        "report_due": date(year + 1, 3, 31).isoformat(),
        "occurred_on": today.isoformat(),
    }
    return render(
        request,
        "cycles.html",
        status_code=422 if errors else 200,
        cycles=found,
        values={**suggested, **(values or {})},
        errors=errors,
        may_open=look.may("intake.OpenCycle"),
        words=_words(request),
    )


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
    row = board.steps[number - 1]
    asked = {service for agency in opens for service in agency.services}
    return render(
        request,
        "step.html",
        status_code=422 if errors else 200,
        board=board,
        row=row,
        done=done,
        rows=rows,
        plan=plan,
        opens=opens,
        unasked=[service for service in catalogue().services.values() if service.id not in asked] if number == 6 else [],
        may_complete=number in COMMANDS and look.may(COMMANDS[number]) and row.state in {"doing", "late"},
        values=values or {},
        kept=kept,
        errors=errors,
        words=_words(request),
    )


def _words(request: Request) -> Wording:
    return Wording(running_of(request).people)
