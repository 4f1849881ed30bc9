"""Pages of submissions: the list, the form with its figures and evidence, handing in and taking back.

SOP step 7. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`, with the same commands as `submissions_api.py`.
"""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response

from services.intake import files, queries
from services.intake.board import standing
from services.intake.domain.submission import AttachEvidence, EnterFigure, HandIn, TakeBack, WithdrawEvidence
from services.intake.forms import TypedRow, figure_of, print_of, row_of
from services.intake.sheet import next_digest, sheet, urusan_of
from services.intake.submissions_api import Case, agency_of, cycle_of, give, is_endorsed, stream_of
from services.intake.wording import Wording
from shared.contracts.values import AttachedEvidence, Figure, StoredFile
from shared.eventsourcing.command_handler import Conflict
from shared.eventsourcing.decider import Refused
from shared.spm.catalogue import catalogue
from shared.web.acting import Act, Acting, Look, Looking
from shared.web.csrf import form_of
from shared.web.declared import does, reads
from shared.web.fields import OptionalCycle
from shared.web.files import among, hand_out
from shared.web.i18n import gettext as _
from shared.web.problems import FieldError, NotFound, sentence_of
from shared.web.rendering import render, see_other, typed
from shared.web.running import now_of, running_of, today_of
from shared.web.uploads import FORM_LIMIT, take_in_form

router = APIRouter()


@router.get("/isian", dependencies=[reads("intake.submissions")])
async def submissions(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = siklus or (cycles[0]["cycle"] if cycles else "")
        rows = await queries.submissions(conn, look.viewer, cycle)
        steps = await queries.steps(conn, cycle)
    return render(
        request,
        "submissions.html",
        cycles=cycles,
        cycle=cycle,
        rows=[{**row, "standing": standing(row), "case": row["submission"].partition("-")[2]} for row in rows],
        filling=steps.get(7),
        today=today_of(request),
        words=Wording(running_of(request).people),
    )


@router.get("/isian/{case}", dependencies=[reads("intake.submission")])
async def one(case: Case, request: Request, look: Look, urusan: str = "") -> Response:
    return await _page(case, request, look, urusan)


@router.post("/isian/{case}", dependencies=[does("intake.EnterFigure")])
async def save(case: Case, request: Request, act: Act, urusan: str = "") -> Response:
    act.running.permissions.office(act.viewer, "intake.EnterFigure", agency_of(case))
    form = await form_of(request)
    names = [name.removesuffix(".was") for name in form if name.endswith(".was")]
    rows = [row_of(form, catalogue().services[name]) for name in names if name in catalogue().services]
    errors = [error for row in rows for error in row.errors]
    look = Looking(request, act.response)
    async with act.running.pool.connection() as conn:
        stored = await queries.figures(conn, stream_of(case))
    values = typed(form)
    for row in rows:
        refused = row.errors or await _enter(case, act, row, stored.get(row.service))
        errors += () if row.errors else refused
        if not refused:
            values.pop(f"{row.service}.was")
    if request.headers.get("HX-Request") == "true" or errors:
        return await _page(case, request, look, urusan, values=values, errors=errors)
    return see_other(request, f"/isian/{case}?urusan={urusan}", _("Isian tersimpan."))


@router.post("/isian/{case}/bukti", max_body_size=FORM_LIMIT, dependencies=[does("intake.AttachEvidence")])
async def attach(case: Case, request: Request, act: Act, urusan: str = "") -> Response:
    form = await form_of(request)
    taken = tuple[StoredFile, ...]()
    services = tuple(str(name) for name in form.getlist("services"))
    try:
        act.running.permissions.office(act.viewer, "intake.AttachEvidence", agency_of(case))
        taken = await files.kept(act, form)
        taken += await take_in_form(act, form.getlist("evidence"), field="evidence")
        await _attach(case, act, taken, services)
    except Refused as error:
        return await _again(case, request, act, urusan, error, kept=taken)
    return see_other(request, f"/isian/{case}?urusan={urusan}#bukti", _("{n} berkas bukti dilampirkan.").format(n=len(taken)))


@router.post("/isian/{case}/bukti/{digest}/tarik", dependencies=[does("intake.WithdrawEvidence")])
async def withdraw(case: Case, digest: str, request: Request, act: Act, urusan: str = "") -> Response:
    form = await form_of(request)
    try:
        command = WithdrawEvidence(digest=digest, reason=str(form.get("reason", "")), by=act.viewer.person, occurred_on=act.today)
        await give(act, case, command)
    except Refused as error:
        return await _again(case, request, act, urusan, error)
    return see_other(request, f"/isian/{case}?urusan={urusan}#bukti", _("Berkas bukti ditarik."))


@router.get("/isian/{case}/bukti/{digest}", dependencies=[reads("intake.submission")])
async def evidence(case: Case, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.submission_of(conn, look.viewer, stream_of(case))
        rows = await queries.evidence_of(conn, stream_of(case)) if found else ()
    return await hand_out(request, among([StoredFile(**row["file"]) for row in rows], digest))


@router.post("/isian/{case}/serahkan", dependencies=[does("intake.HandIn")])
async def hand_in(case: Case, request: Request, act: Act, urusan: str = "") -> Response:
    try:
        await give(act, case, HandIn(by=act.viewer.person, occurred_on=act.today))
    except (Refused, Conflict) as error:
        return await _again(case, request, act, urusan, error)
    return see_other(request, f"/isian/{case}", _("Isian diserahkan ke Tim SPM."))


@router.post("/isian/{case}/tarik", dependencies=[does("intake.TakeBack")])
async def take_back(case: Case, request: Request, act: Act) -> Response:
    form = await form_of(request)
    async with act.running.pool.connection() as conn:
        endorsed = await is_endorsed(conn, case)
    try:
        reason = str(form.get("reason", ""))
        await give(act, case, TakeBack(reason=reason, endorsed=endorsed, by=act.viewer.person, occurred_on=act.today))
    except (Refused, Conflict) as error:
        return await _again(case, request, act, "", error)
    return see_other(request, f"/isian/{case}", _("Isian ditarik kembali dan dapat diubah."))


async def _attach(case: str, act: Acting, taken: Sequence[StoredFile], services: tuple[str, ...]) -> None:
    if not taken:
        raise Refused("evidence-missing", "Pilih sedikitnya satu berkas.", field="evidence")
    for number, file in enumerate(taken):
        evidence = AttachedEvidence(file=file, services=services)
        await give(
            act, case, AttachEvidence(evidence=evidence, by=act.viewer.person, occurred_on=act.today), part=f"{number} {file.digest}"
        )


async def _enter(case: str, act: Acting, row: TypedRow, stored: queries.Row | None) -> list[FieldError]:
    """Enters a row that the person changed; a row that somebody else changed meanwhile is not overwritten."""
    now = figure_of(stored["figure"]) if stored else Figure()
    if row.figure == now or print_of(row.figure) == row.was:
        return []
    if print_of(now) != row.was:
        who = Wording(act.running.people).who(stored["by"]) if stored else ""
        sentence = _("Baris ini baru saja diubah oleh {who}. Muat ulang halaman, periksa, lalu isi lagi.").format(who=who)
        return [FieldError(f"{row.service}.served", sentence)]
    try:
        command = EnterFigure(service=row.service, figure=row.figure, by=act.viewer.person, occurred_on=act.today)
        await give(act, case, command, part=row.service)
    except Refused as error:
        return [FieldError(f"{row.service}.{error.field or 'served'}", sentence_of(error))]
    return []


async def _again(
    case: str, request: Request, act: Acting, urusan: str, error: Refused | Conflict, kept: Sequence[StoredFile] = ()
) -> Response:
    """The page once more, with what was typed and a sentence about what to mend."""
    field, shown = "", _("Isian ini berubah sejak Anda membukanya. Periksa perubahannya, lalu ulangi.")
    if isinstance(error, Refused):
        field, shown = error.field or "", sentence_of(error)
    values = typed(await form_of(request))
    return await _page(case, request, Looking(request, act.response), urusan, values=values, errors=[FieldError(field, shown)], kept=kept)


async def _page(
    case: str,
    request: Request,
    look: Looking,
    urusan: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
    kept: Sequence[StoredFile] = (),
) -> Response:
    async with look.conn() as conn:
        found = await queries.submission_of(conn, look.viewer, stream_of(case))
        if found is None:
            raise NotFound
        stored = await queries.figures(conn, stream_of(case))
        attached = await queries.evidence_of(conn, stream_of(case))
        before = await queries.figures(conn, stream_of(_year_before(case)))
        cycle = await queries.cycle_of(conn, cycle_of(case))
        steps = await queries.steps(conn, cycle_of(case))
        own = any(office.agency == found["agency"] for office in look.viewer.offices if office.role == "unsur_opd")
        stands = standing(found)
        may_take_back = own and stands in {"handed_in", "approved"}
        endorsed = may_take_back and await is_endorsed(conn, case)
    rows = sheet(found["services"], stored, before, attached, found["notes"], values)
    kinds = urusan_of(found["services"])
    chosen = next((kind for kind in kinds if kind.id == urusan), kinds[0])
    template = "submission_saved.html" if request.headers.get("HX-Request") == "true" else "submission.html"
    return render(
        request,
        template,
        status_code=422 if errors and template == "submission.html" else 200,
        case=case,
        found=found,
        cycle=cycle,
        stands=stands,
        rows=rows,
        kinds=kinds,
        chosen=chosen,
        attached=attached,
        filling=steps.get(7),
        editable=own and stands in {"open", "returned", "taken_back"},
        may_take_back=may_take_back,
        endorsed=endorsed,
        digest=next_digest(found, stored, attached),
        kept=kept,
        values=values or {},
        errors=errors,
        saved_at=now_of(request),
        today=today_of(request),
        words=Wording(running_of(request).people),
    )


def _year_before(case: str) -> str:
    region, year, rest = case.split("-", 2)
    return f"{region}-{int(year) - 1}-{rest}"
