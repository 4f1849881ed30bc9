"""Pages of a submission's files: evidence attached, withdrawn and read, the signed form attached and read.

SOP step 7. Previous hop: a person's browser. Next hop: `submission/orders.py`,
with the same orders as `submission/api.py`.
"""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from services.intake.submission import held_files, orders
from services.intake.submission.queries import evidence_of, files_of, signed_sheets
from services.intake.submission.sheet.form import save_sheet, typed_of
from services.intake.submission.sheet.unsent import beside
from services.intake.submission.view import NO_FEEDBACK, page
from shared.web.files.file_kinds import SCANS
from shared.web.for_pages import (
    FORM_LIMIT,
    Act,
    CasePath,
    Look,
    Looking,
    Refused,
    among,
    does,
    form_of,
    hand_out,
    reads,
    see_other,
    take_in_form,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter()


@router.post(
    "/isian/{case}/bukti",
    max_body_size=FORM_LIMIT,
    dependencies=[does("intake.AttachEvidence", "intake.EnterFigure", "intake.ExplainWarning")],
)
async def attach(case: CasePath, request: Request, act: Act, urusan: str = "") -> Response:
    """Stores the sheet too: a file that is refused throws nothing else away."""
    form = await form_of(request)
    taken = held_files.NO_FILES
    orders.refuse_strangers(act, case, "intake.AttachEvidence")
    feedback = await save_sheet(act, case, form, await typed_of(act, case, form))
    services = tuple(str(name) for name in form.getlist("services"))
    try:
        taken = await held_files.kept(act, form)
        taken += await take_in_form(act, form.getlist("evidence"), field="evidence")
        for part, file in orders.each(taken, "evidence"):
            await orders.attach_evidence(act, case, file, services, part=part)
    except Refused as error:
        feedback = feedback.and_refusal(error, "services" if error.field == "services" else "evidence")
    feedback = beside(feedback, form)
    if feedback.faults:
        return await page(
            case,
            request,
            Looking(request, act.response),
            urusan,
            replace(feedback, kept=taken, supports=services),
        )
    return see_other(
        request,
        f"/isian/{case}?urusan={urusan}#bukti",
        _("{n} berkas bukti dilampirkan.").format(n=len(taken)),
    )


@router.post(
    "/isian/{case}/bukti/{digest}/tarik",
    dependencies=[does("intake.WithdrawEvidence", "intake.EnterFigure", "intake.ExplainWarning")],
)
async def withdraw(case: CasePath, digest: str, request: Request, act: Act, urusan: str = "") -> Response:
    form = await form_of(request)
    feedback = await save_sheet(act, case, form, await typed_of(act, case, form))
    field = f"reason.{digest[:8]}"
    try:
        await orders.withdraw_evidence(act, case, digest, str(form.get(field, "")))
    except Refused as error:
        feedback = feedback.and_refusal(error, field)
    feedback = beside(feedback, form, done=field)
    if feedback.faults:
        return await page(
            case, request, Looking(request, act.response), urusan, replace(feedback, values=typed(form))
        )
    return see_other(request, f"/isian/{case}?urusan={urusan}#bukti", _("Berkas bukti ditarik."))


@router.get("/isian/{case}/bukti/{digest}", dependencies=[reads("intake.submission")])
async def one_evidence(case: CasePath, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        known = await files_of(conn, look.viewer, case, evidence_of)
    return await hand_out(request, among(known, digest))


@router.post(
    "/isian/{case}/lembar", max_body_size=FORM_LIMIT, dependencies=[does("intake.AttachSignedSheet")]
)
async def attach_signed_sheet(case: CasePath, request: Request, act: Act) -> Response:
    form, feedback = await form_of(request), NO_FEEDBACK
    try:
        orders.refuse_strangers(act, case, "intake.AttachSignedSheet")
        taken = await take_in_form(act, form.getlist("signed"), kinds=SCANS, field="signed")
        for part, file in orders.each(taken, "signed"):
            await orders.attach_signed_sheet(act, case, str(form.get("sheet", "")), file, part=part)
    except Refused as error:
        feedback = feedback.and_refusal(error)
    if feedback.faults:
        return await page(case, request, Looking(request, act.response), "", feedback)
    return see_other(request, f"/isian/{case}", _("Lembar bertanda tangan dilampirkan."))


@router.get("/isian/{case}/lembar/{digest}", dependencies=[reads("intake.submission")])
async def signed_sheet(case: CasePath, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        known = await files_of(conn, look.viewer, case, signed_sheets)
    return await hand_out(request, among(known, digest))
