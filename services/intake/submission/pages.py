"""Pages of submissions: the list, the form with its figures and evidence, handing in and taking back.

SOP step 7. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`, with the same commands as `submission/api.py`. Sheet,
evidence and hand-in are one form, and every button of it stores the sheet first (`submission/sheet_form.py`).
"""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.intake import evidence as files
from services.intake import queries
from services.intake.board.board import standing
from services.intake.board.queries import dues_of, late_of
from services.intake.domain.submission_commands import AttachEvidence, AttachSignedSheet, HandIn, TakeBack, WithdrawEvidence
from services.intake.submission import sheet_form
from services.intake.submission.api import Case, agency_of, give, is_endorsed, stream_of
from services.intake.submission.sheet import figures_of, next_digest
from services.intake.submission.sheet_form import Said, Typed, typed_of
from services.intake.submission.view import NOTHING, page, saved
from services.intake.wording import Wording
from shared.contracts.values import AttachedEvidence, StoredFile
from shared.eventsourcing.commands.command_handler import Conflict
from shared.eventsourcing.commands.decider import Refused
from shared.sop.definition import sops
from shared.sop.parts import FILLING
from shared.web.acting import Act, Acting, Look, Looking
from shared.web.declared import does, reads
from shared.web.files.downloads import among, hand_out
from shared.web.files.file_kinds import SCANS
from shared.web.files.uploads import FORM_LIMIT, take_in_form
from shared.web.forms.csrf import form_of
from shared.web.forms.fields import OptionalCycle
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems import NotFound, sentence_of
from shared.web.running import running_of, today_of
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import ngettext

router = APIRouter()


@router.get("/isian", dependencies=[reads("intake.submissions")])
async def submissions(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = siklus or (cycles[0]["cycle"] if cycles else "")
        rows = await queries.submissions(conn, look.viewer, cycle)
        steps, calendar = await queries.steps(conn, cycle), await queries.calendar(conn)
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
                "case": row["submission"].partition("-")[2],
            }
            for row in rows
        ],
        filling=steps.get(sop.step_of(FILLING).key) if sop else None,
        today=today_of(request),
        words=Wording(running_of(request).people),
    )


@router.get("/isian/{case}", dependencies=[reads("intake.submission")])
async def one(case: Case, request: Request, look: Look, urusan: str = "") -> Response:
    return await page(case, request, look, urusan)


@router.post("/isian/{case}", dependencies=[does("intake.EnterFigure")])
async def save(case: Case, request: Request, act: Act, urusan: str = "") -> Response:
    form = await form_of(request)
    said = await sheet_form.save(act, case, form, typed_of(form))
    look = Looking(request, act.response)
    if request.headers.get("Accept", "").startswith("application/json"):
        return await saved(case, request, look, urusan, said)
    said = _with_chosen_files(said, form)
    if said.faults:
        return await page(case, request, look, urusan, said)
    return see_other(request, f"/isian/{case}?urusan={urusan}", _("Isian tersimpan."))


@router.post("/isian/{case}/bukti", max_body_size=FORM_LIMIT, dependencies=[does("intake.AttachEvidence", "intake.EnterFigure")])
async def attach(case: Case, request: Request, act: Act, urusan: str = "") -> Response:
    """Stores the sheet too: a file that is refused throws nothing else away."""
    form = await form_of(request)
    taken = tuple[StoredFile, ...]()
    act.running.permissions.office(act.viewer, "intake.AttachEvidence", agency_of(case))
    said = await sheet_form.save(act, case, form, typed_of(form))
    services = tuple(str(name) for name in form.getlist("services"))
    try:
        taken = await files.kept(act, form)
        taken += await take_in_form(act, form.getlist("evidence"), field="evidence")
        await _attach(case, act, taken, services)
    except Refused as error:
        said = said.and_error("services" if error.field == "services" else "evidence", sentence_of(error))
    if said.faults:
        return await page(case, request, Looking(request, act.response), urusan, replace(said, kept=taken, supports=services))
    return see_other(request, f"/isian/{case}?urusan={urusan}#bukti", _("{n} berkas bukti dilampirkan.").format(n=len(taken)))


@router.post("/isian/{case}/bukti/{digest}/tarik", dependencies=[does("intake.WithdrawEvidence", "intake.EnterFigure")])
async def withdraw(case: Case, digest: str, request: Request, act: Act, urusan: str = "") -> Response:
    form = await form_of(request)
    said = await sheet_form.save(act, case, form, typed_of(form))
    field = f"reason.{digest[:8]}"
    try:
        command = WithdrawEvidence(digest=digest, reason=str(form.get(field, "")), by=act.viewer.person, occurred_on=act.today)
        await give(act, case, command)
    except Refused as error:
        said = said.and_error(field, sentence_of(error))
    if said.faults:
        return await page(case, request, Looking(request, act.response), urusan, replace(said, values=typed(form)))
    return see_other(request, f"/isian/{case}?urusan={urusan}#bukti", _("Berkas bukti ditarik."))


@router.get("/isian/{case}/bukti/{digest}", dependencies=[reads("intake.submission")])
async def evidence(case: Case, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.submission_of(conn, look.viewer, stream_of(case))
        rows = await queries.evidence_of(conn, stream_of(case)) if found else ()
    return await hand_out(request, among([StoredFile(**row["file"]) for row in rows], digest))


@router.post("/isian/{case}/serahkan", dependencies=[does("intake.HandIn", "intake.EnterFigure")])
async def hand_in(case: Case, request: Request, act: Act, urusan: str = "") -> Response:
    """Stores what the sheet shows and hands in exactly that; a cell that is not stored, or that somebody else changed, stops it."""
    form = await form_of(request)
    act.running.permissions.office(act.viewer, "intake.HandIn", agency_of(case))
    sheet = typed_of(form)
    seen = await _seen(act, case, sheet, str(form.get("digest", "")))
    said = _with_chosen_files(await sheet_form.save(act, case, form, sheet), form)
    if said.troubles:
        many = len(said.troubles)
        sentence = ngettext("{n} sel belum tersimpan; isian tidak diserahkan.", "{n} sel belum tersimpan; isian tidak diserahkan.", many)
        said = said.and_error("", sentence.format(n=many))
    if not said.faults:
        try:
            await give(act, case, HandIn(digest=seen, by=act.viewer.person, occurred_on=act.today))
        except Refused as error:
            said = said.and_error(error.field or "", sentence_of(error))
    if said.faults and await act.before() is None:  # pressed twice, or sent again after an outage: the first did it
        return await page(case, request, Looking(request, act.response), urusan, said)
    return see_other(request, f"/isian/{case}", _("Isian diserahkan ke Tim SPM."))


@router.post("/isian/{case}/lembar", max_body_size=FORM_LIMIT, dependencies=[does("intake.AttachSignedSheet")])
async def attach_signed_sheet(case: Case, request: Request, act: Act) -> Response:
    form, said = await form_of(request), NOTHING
    try:
        act.running.permissions.office(act.viewer, "intake.AttachSignedSheet", agency_of(case))
        taken = await take_in_form(act, form.getlist("signed"), kinds=SCANS, field="signed")
        for number, file in enumerate(_some(taken, "signed")):
            command = AttachSignedSheet(sheet=str(form.get("sheet", "")), file=file, by=act.viewer.person, occurred_on=act.today)
            await give(act, case, command, part=f"{number} {file.digest}")
    except Refused as error:
        said = said.and_error(error.field or "", sentence_of(error))
    if said.faults:
        return await page(case, request, Looking(request, act.response), "", said)
    return see_other(request, f"/isian/{case}", _("Lembar bertanda tangan dilampirkan."))


@router.get("/isian/{case}/lembar/{digest}", dependencies=[reads("intake.submission")])
async def signed_sheet(case: Case, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.submission_of(conn, look.viewer, stream_of(case))
        rows = await queries.signed_sheets(conn, stream_of(case)) if found else ()
    return await hand_out(request, among([StoredFile(**row["file"]) for row in rows], digest))


@router.post("/isian/{case}/tarik", dependencies=[does("intake.TakeBack")])
async def take_back(case: Case, request: Request, act: Act) -> Response:
    form = await form_of(request)
    async with act.running.pool.connection() as conn:
        endorsed = await is_endorsed(conn, case)
    reason, said = str(form.get("reason", "")), NOTHING
    try:
        await give(act, case, TakeBack(reason=reason, endorsed=endorsed, by=act.viewer.person, occurred_on=act.today))
    except Refused as error:
        said = said.and_error(error.field or "", sentence_of(error))
    except Conflict:
        said = said.and_error("", _("Isian ini berubah sejak Anda membukanya. Periksa perubahannya, lalu ulangi."))
    if said.faults:
        return await page(case, request, Looking(request, act.response), "", replace(said, values=typed(form)))
    return see_other(request, f"/isian/{case}", _("Isian ditarik kembali dan dapat diubah."))


async def _attach(case: str, act: Acting, taken: Sequence[StoredFile], services: tuple[str, ...]) -> None:
    for number, file in enumerate(_some(taken, "evidence")):
        evidence = AttachedEvidence(file=file, services=services)
        await give(
            act, case, AttachEvidence(evidence=evidence, by=act.viewer.person, occurred_on=act.today), part=f"{number} {file.digest}"
        )


def _some(taken: Sequence[StoredFile], field: str) -> Sequence[StoredFile]:
    if not taken:
        raise Refused("evidence-missing", "Pilih sedikitnya satu berkas.", field=field)
    return taken


async def _seen(act: Acting, case: str, sheet: Typed, shown: str) -> str:
    """The digest of what the person sees: that of the page, with what was typed since over it.

    Where the page is older than what is stored, its digest stays, and the decision refuses it.
    """
    async with act.running.pool.connection() as conn:
        found = await queries.submission_of(conn, Looking(act.request, act.response).viewer, stream_of(case))
        if found is None:
            raise NotFound
        figures = figures_of(await queries.figures(conn, stream_of(case)))
        attached = await queries.evidence_of(conn, stream_of(case))
    return next_digest(found, sheet.over(figures), attached) if next_digest(found, figures, attached) == shown else shown


def _with_chosen_files(said: Said, form: FormData) -> Said:
    """Files that were chosen but not attached are said, never passed over (a plain form carries only their names)."""
    if any(str(name) for name in form.getlist("evidence")):
        return said.and_error("evidence", _("Berkas yang Anda pilih belum dilampirkan. Pilih lagi, lalu tekan Lampirkan berkas."))
    return said
