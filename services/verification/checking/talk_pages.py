"""Forms about single figures: ask, answer, settled; accept.

SOP step 8. Previous hop: the page of one submission, in the browser of Tim SPM or of the agency. Next hop:
`command_handler` by way of `Act`, with `checking/orders.py`; no rule here.
"""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from services.verification import streams
from services.verification.checking import orders
from services.verification.checking.addresses import Case
from services.verification.checking.pages import again
from services.verification.domain.talk import AnswerQuestion, AskQuestion, SettleQuestion, TalkCommand
from shared.web.for_pages import (
    Act,
    Acting,
    Conflict,
    Refused,
    does,
    form_of,
    see_other,
    text_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)


@router.post("/verifikasi/{case}/tanya", dependencies=[does("verification.AskQuestion")])
async def ask(case: Case, request: Request, act: Act) -> Response:
    return await _converse(case, request, act, AskQuestion, _("Pertanyaan dikirim kepada perangkat daerah."))


@router.post("/verifikasi/{case}/jawab", dependencies=[does("verification.AnswerQuestion")])
async def answer(case: Case, request: Request, act: Act) -> Response:
    return await _converse(case, request, act, AnswerQuestion, _("Jawaban dikirim kepada Tim SPM."))


@router.post("/verifikasi/{case}/selesai", dependencies=[does("verification.SettleQuestion")])
async def settle(case: Case, request: Request, act: Act) -> Response:
    return await _converse(case, request, act, SettleQuestion, _("Percakapan dinyatakan selesai."))


@router.post("/verifikasi/{case}/terima", dependencies=[does("verification.AcceptFigure")])
async def accept(case: Case, request: Request, act: Act) -> Response:
    """Back to the page, which shows the first figure that is still to be looked at."""
    form = await form_of(request)
    try:
        service, digest = text_of(form, "utas").rstrip(":"), text_of(form, "digest")
        await act(orders.accept(act, case, service, digest, act.today))
    except (Refused, Conflict) as error:
        places = {"service": "", "digest": "", "occurred_on": ""}
        return await again(case, request, act, error, typed(form), places)
    return see_other(request, f"/verifikasi/{case}", _("Angka layanan diterima."))


async def _converse(
    case: str, request: Request, act: Acting, kind: type[TalkCommand], notice: str
) -> Response:
    form = await form_of(request)
    try:
        service, _sep, field = (text_of(form, "cell") or text_of(form, "utas")).partition(":")
        said = {"service": service, "field": field}
        if kind is not SettleQuestion:
            said["text"] = text_of(form, "text")
        await act(orders.converse(act, case, kind, said, act.today), agency=streams.agency_of(case))
    except (Refused, Conflict) as error:
        places = {"text": "", "service": "", "field": "", "occurred_on": ""}
        return await again(case, request, act, error, typed(form), places)
    sheet = text_of(form, "dari")
    back = f"/isian/{case}?urusan={quote(sheet)}#baris-{service}" if sheet else ""
    return see_other(request, back or f"/verifikasi/{case}#layanan-{service}", notice)
