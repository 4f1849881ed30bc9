"""Forms about single figures: ask, answer, settled; accept.

SOP step 8. Previous hop: the page of one submission, in the browser of Tim SPM or of the agency. Next hop:
`command_handler` by way of `Act`, with `checking/orders.py`; no rule here.
"""

import re

from fastapi import APIRouter, Request, Response

from services.verification import streams
from services.verification.checking import orders
from services.verification.checking.addresses import Case
from services.verification.checking.pages import CHANGED, again, on
from services.verification.domain.talk import AnswerQuestion, AskQuestion, SettleQuestion, TalkCommand
from shared.web.for_pages import (
    Act,
    Acting,
    Conflict,
    Refused,
    does,
    field_errors,
    form_of,
    remember_what_was_done,
    sent_on,
    text_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)
ANSWERED = "jawab:"
"""What the name of the field begins with in which a point is answered, here and on the agency's sheet:
`jawab:<service>:<cell>`.
"""
_SHEET = re.compile(r"[a-z_]{1,30}", re.ASCII)
"""What `dari` says of an answer that was typed on the agency's sheet: the urusan that it showed. Whose sheet
it is, the address of the form says alone.
"""


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
    service, digest = text_of(form, "utas").rstrip(":"), text_of(form, "digest")
    try:
        await act(orders.accept(act, case, service, digest, act.today), part=f"terima:{service}")
    except (Refused, Conflict) as error:
        here = f"layanan-{service}"
        places = dict.fromkeys(("", "service", "digest", "occurred_on"), here)
        return await again(case, request, act, error, typed(form), places)
    return await on(case, request, act, form, _("Angka layanan diterima."), f"/verifikasi/{case}")


async def _converse(
    case: str, request: Request, act: Acting, kind: type[TalkCommand], notice: str
) -> Response:
    form = await form_of(request)
    service, _sep, field = text_of(form, "utas").partition(":")
    if kind is AskQuestion and (cell := text_of(form, f"tentang:{service}")):
        service, _sep, field = cell.partition(":")
    places, sheet = _places(kind, service, field), _SHEET.fullmatch(text_of(form, "dari"))
    try:
        said = {"service": service, "field": field}
        if kind is not SettleQuestion:
            said["text"] = text_of(form, places["text"])
        order, part = orders.converse(act, case, kind, said, act.today), f"{places['text']}:{field}"
        await act(order, agency=streams.agency_of(case), part=part)
    except (Refused, Conflict) as error:
        if sheet:
            (told,) = field_errors(error, {}, _(CHANGED))
            return sent_on(request, f"/isian/{case}?urusan={sheet[0]}", told.sentence)
        return await again(case, request, act, error, typed(form), places)
    if sheet:
        beside = sent_on(request, f"/isian/{case}?urusan={sheet[0]}&jawaban=dikirim")
        remember_what_was_done(request, beside)
        return beside
    sent = () if kind is SettleQuestion else (places["text"],)
    return await on(case, request, act, form, notice, f"/verifikasi/{case}#layanan-{service}", *sent)


def _places(kind: type[TalkCommand], service: str, field: str) -> dict[str, str]:
    """Where on the page stands what a refusal speaks of: where it was typed, else its service."""
    about, here = f"layanan-{service}", f"{ANSWERED}{service}:{field}"
    if kind is AskQuestion:
        about, here = f"tentang:{service}", f"tanya:{service}"
    return {"": here, "text": here, "service": about, "field": about, "occurred_on": here}
