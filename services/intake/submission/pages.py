"""Pages of submissions: the list, the sheet with its figures, handing in and taking back.

SOP step 7. Previous hop: a person's browser. Next hop: `submission/orders.py`, with the same orders as
`submission/api.py`. Sheet, evidence and hand-in are one form, and every button of it stores the sheet first
(`sheet/form.py`); the files stand in `file_pages.py`.
"""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.intake.submission import file_pages, listing, moving_pages, orders
from services.intake.submission.sheet.form import (
    Feedback,
    digest_seen,
    save_sheet,
    typed_of,
)
from services.intake.submission.sheet.unsent import beside
from services.intake.submission.view import NO_FEEDBACK, page, saved
from shared.web.for_pages import (
    Act,
    CasePath,
    Conflict,
    Look,
    Looking,
    OptionalCycle,
    Refused,
    does,
    form_of,
    ngettext,
    reads,
    remember_what_was_done,
    see_other,
    typed,
    why_sent_on,
)
from shared.web.for_pages import gettext as _
from shared.web.positions import COOKIE as POSITION

router = APIRouter()
router.include_router(file_pages.router)
router.include_router(moving_pages.router)


@router.get("/isian", dependencies=[reads("intake.submissions")])
async def submissions(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    return await listing.page(request, look, siklus)


@router.get("/isian/{case}", dependencies=[reads("intake.submission")])
async def one(case: CasePath, request: Request, look: Look, urusan: str = "") -> Response:
    return await page(case, request, look, urusan)


@router.post("/isian/{case}", dependencies=[does("intake.EnterFigure", "intake.ExplainWarning")])
async def save(case: CasePath, request: Request, act: Act, urusan: str = "", jawaban: str = "") -> Response:
    """Also where the sheet comes back with an answer that verification took (`jawaban`) or refused."""
    form, taken = await form_of(request), jawaban == "dikirim"
    feedback = await save_sheet(act, case, form, await typed_of(act, case, form))
    look = Looking(request, act.response)
    if request.headers.get("Accept", "").startswith("application/json"):
        return await saved(case, request, look, urusan, feedback)
    told = _("Jawaban dikirim kepada Tim SPM.") if taken else ""
    feedback = beside(_with_chosen_files(feedback, form), form, taken=taken, why=why_sent_on(request))
    if feedback.faults:
        return await page(case, request, look, urusan, feedback, notice=told)
    stored = see_other(request, f"/isian/{case}?urusan={urusan}", told or _("Isian tersimpan."))
    if taken:
        remember_what_was_done(request, stored, before=request.cookies.get(POSITION, ""))
    return stored


@router.post(
    "/isian/{case}/serahkan",
    dependencies=[does("intake.HandIn", "intake.EnterFigure", "intake.ExplainWarning")],
)
async def hand_in(case: CasePath, request: Request, act: Act, urusan: str = "") -> Response:
    """Stores what the sheet shows and hands in exactly that;
    a cell that is not stored, or that somebody else changed, stops it.
    """
    form = await form_of(request)
    orders.refuse_strangers(act, case, "intake.HandIn")
    sheet = await typed_of(act, case, form)
    seen = await digest_seen(act, case, sheet, str(form.get("digest", "")))
    feedback = beside(_with_chosen_files(await save_sheet(act, case, form, sheet), form), form)
    if feedback.troubles:
        many = len(feedback.troubles)
        sentence = ngettext(
            "{n} sel belum tersimpan; isian tidak diserahkan.",
            "{n} sel belum tersimpan; isian tidak diserahkan.",
            many,
        )
        feedback = feedback.and_error("", sentence.format(n=many))
    if not feedback.faults:
        try:
            await orders.hand_in(act, case, seen)
        except Refused as error:
            feedback = feedback.and_refusal(error)
    # pressed twice, or sent again after an outage: the first did it
    if feedback.faults and await act.before() is None:
        return await page(case, request, Looking(request, act.response), urusan, feedback)
    return see_other(request, f"/isian/{case}", _("Isian diserahkan ke Tim SPM."))


@router.post("/isian/{case}/tarik", dependencies=[does("intake.TakeBack")])
async def take_back(case: CasePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    feedback = NO_FEEDBACK
    try:
        await orders.take_back(act, case, str(form.get("reason", "")))
    except Refused as error:
        feedback = feedback.and_refusal(error)
    except Conflict:
        feedback = feedback.and_error(
            "", _("Isian ini berubah sejak Anda membukanya. Periksa perubahannya, lalu ulangi.")
        )
    if feedback.faults:
        return await page(
            case, request, Looking(request, act.response), "", replace(feedback, values=typed(form))
        )
    return see_other(request, f"/isian/{case}", _("Isian ditarik kembali dan dapat diubah."))


def _with_chosen_files(feedback: Feedback, form: FormData) -> Feedback:
    """Files that were chosen but not attached are told,
    never passed over (a plain form carries only their names).
    """
    if any(str(name) for name in form.getlist("evidence")):
        return feedback.and_error(
            "evidence",
            _("Berkas yang Anda pilih belum dilampirkan. Pilih lagi, lalu tekan Lampirkan berkas."),
        )
    return feedback
