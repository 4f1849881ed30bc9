"""The page of one step: how it stands and why it is due when it is, what happened,
and the forms that record it or take a due date over.

Serves every SOP step. Previous hop: a person's browser.
Next hop: `step/orders.py`, with the same orders as `step/api.py`; no rule here.
"""

from fastapi import APIRouter, Request, Response

from services.intake.step import orders
from services.intake.step.forms import done_of
from services.intake.step.view import page
from services.intake.submission import held_files
from shared.web.for_pages import (
    FORM_LIMIT,
    Act,
    Conflict,
    CyclePath,
    FieldError,
    Look,
    Looking,
    Refused,
    StepPath,
    among,
    does,
    form_of,
    hand_out,
    reads,
    see_other,
    sentence_of,
    take_in_form,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter()


@router.get("/langkah/{cycle}/{step}", dependencies=[reads("intake.step")])
async def one_step(cycle: CyclePath, step: StepPath, request: Request, look: Look) -> Response:
    return await page(request, look, cycle, step)


@router.post("/langkah/{cycle}/{step}", max_body_size=FORM_LIMIT, dependencies=[does(*orders.PLAIN)])
async def complete_step(cycle: CyclePath, step: StepPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    taken = held_files.NO_FILES
    known = await orders.step_to_record(act, cycle, step)
    try:
        taken = await held_files.kept(act, form)
        taken += await take_in_form(act, form.getlist("evidence"), field="evidence")
        summary, day, planned = done_of(form)
        await orders.record(act, cycle, step, summary, taken, day, planned)
    except (Refused, Conflict) as error:
        look = Looking(request, act.response)
        return await page(
            request, look, cycle, step, values=typed(form), kept=taken, errors=(_refusal(error),)
        )
    return see_other(request, "/", _("Langkah {number} selesai.").format(number=known.number))


@router.post("/langkah/{cycle}/{step}/tenggat", dependencies=[does("intake.ReviseDueDate")])
async def revise_due_date(cycle: CyclePath, step: StepPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.revise_due_date(act, cycle, step, str(form.get("source", "")))
    except (Refused, Conflict) as error:
        return await page(
            request,
            Looking(request, act.response),
            cycle,
            step,
            values=typed(form),
            errors=(_refusal(error),),
        )
    return see_other(
        request, f"/langkah/{cycle}/{step}", _("Tenggat langkah ini disesuaikan dengan kalender sekarang.")
    )


@router.get("/langkah/{cycle}/{step}/berkas/{digest}", dependencies=[reads("intake.step")])
async def step_file(cycle: CyclePath, step: StepPath, digest: str, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        known = await held_files.of_step(conn, cycle, step)
    return await hand_out(request, among(known, digest))


def _refusal(error: Refused | Conflict) -> FieldError:
    if isinstance(error, Refused):
        return FieldError(error.field or "", sentence_of(error))
    return FieldError("", _("Langkah ini berubah sejak Anda membukanya. Periksa, lalu simpan lagi."))
