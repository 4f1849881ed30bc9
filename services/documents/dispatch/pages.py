"""Pages of dispatches: one timeline per recipient from queued to receipt, with the manual way always at hand.

SOP step 12. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`,
with the orders of `dispatch/orders.py`; no rule here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.documents.dispatch import orders, queries
from services.documents.dispatch.addresses import Recipient
from services.documents.dispatch.downloads import scan_of
from services.documents.dispatch.forms import left_of, picked, saw, signed_receipt
from services.documents.dispatch.shapes import Receipt, Sending
from services.documents.domain.dispatch_commands import Correctable
from services.documents.file_names import files_of, of_act
from services.documents.forms import errors_of
from services.documents.lateness import lateness
from services.documents.queries import known
from shared.sop.document_kinds import document_kinds
from shared.web.for_pages import (
    FORM_LIMIT,
    Act,
    Acting,
    Conflict,
    CyclePath,
    Digest,
    FieldError,
    Look,
    Looking,
    OptionalCycle,
    Refused,
    day_of,
    does,
    form_of,
    later,
    reads,
    render,
    running_of,
    said_in,
    see_other,
    text_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.words.field_words import FIELD_WORDS

router = APIRouter(include_in_schema=False)

CORRECTABLE = {
    **{name: FIELD_WORDS[name] for name in get_args(Correctable)},
    "reference": later("Nomor tanda terima"),
}
EVIDENCE = {
    "dispatch-queued": ("A.1", later("bukti pengiriman dicatat")),
    "dispatch-sent": ("F", later("bukti diserahkan kepada pembawa")),
    "receipt-recorded": ("E.1", later("bukti diterima oleh penerima")),
}
"""Codes of ETSI EN 319 522 with what each is evidence of; what has no code there is shown without one."""


@router.get("/pengiriman", dependencies=[reads("documents.dispatches")])
async def listing(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    return await _page(request, look, siklus)


@router.get("/pengiriman/{cycle}", dependencies=[reads("documents.dispatches")])
async def of_cycle(cycle: CyclePath, request: Request, look: Look) -> Response:
    return await _page(request, look, cycle)


@router.get("/pengiriman/{cycle}/{recipient}/berkas/{digest}", dependencies=[reads("documents.dispatch")])
async def file(cycle: CyclePath, recipient: Recipient, digest: Digest, look: Look) -> Response:
    return await scan_of(look, cycle, recipient, digest)


@router.post(
    "/pengiriman/{cycle}/{recipient}/kirim",
    max_body_size=FORM_LIMIT,
    dependencies=[does("documents.SendDispatch")],
)
async def send(cycle: CyclePath, recipient: Recipient, request: Request, act: Act) -> Response:
    form = await form_of(request)
    said = saw(act, form, recipient)
    sending = said_in(said, Sending)
    try:
        await act(await orders.send(act, cycle, recipient, sending, day_of(said, "occurred_on")))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, recipient, error, typed(form))
    told = _("Pengiriman dicatat dengan nomor agenda {number}.").format(number=sending.agenda_number)
    return await _on(
        request, act, cycle, recipient, form, told, "digest", "agenda_number", "carrier", "occurred_on"
    )


@router.post(
    "/pengiriman/{cycle}/{recipient}/tanda-terima",
    max_body_size=FORM_LIMIT,
    dependencies=[does("documents.RecordReceipt")],
)
async def record_receipt(cycle: CyclePath, recipient: Recipient, request: Request, act: Act) -> Response:
    form = await form_of(request)
    said = saw(act, form, recipient)
    try:
        scan = await signed_receipt(act, form, recipient)
        receipt = said_in(said, Receipt)
        await act(orders.record_receipt(act, cycle, recipient, receipt, scan=scan, occurred_on=act.today))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, recipient, error, typed(form))
    told = _("Tanda terima dicatat dan menunggu diarsipkan.")
    return await _on(request, act, cycle, recipient, form, told, "received_by", "received_on", "reference")


@router.post(
    "/pengiriman/{cycle}/{recipient}/perbaiki",
    max_body_size=FORM_LIMIT,
    dependencies=[does("documents.CorrectDispatch")],
)
async def correct(cycle: CyclePath, recipient: Recipient, request: Request, act: Act) -> Response:
    form = await form_of(request)
    said = saw(act, form, recipient)
    try:
        field, value, reason = (text_of(said, name) for name in ("field", "value", "reason"))
        await act(await orders.correct(act, cycle, recipient, field, value, reason, act.today))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, recipient, error, typed(form))
    told = _("Catatan diperbaiki; yang semula tetap tersimpan dalam riwayat.")
    return await _on(request, act, cycle, recipient, form, told, "field", "value", "reason")


async def _on(
    request: Request, act: Acting, cycle: str, recipient: str, form: FormData, told: str, *sent: str
) -> Response:
    """After an act: to the page; where more was typed than went with it (`sent`), the page with that: it is
    one form, and each of its buttons sends what stands beside the others too.
    """
    if picked(form, recipient):
        told = " ".join((told, _("Berkas yang dipilih untuk penerima lain perlu dipilih lagi.")))
    went = [f"{recipient}-{name}" for name in sent]
    left = left_of(form, *went)
    if not left:
        return see_other(request, f"/pengiriman/{cycle}", told)
    values = {name: value for name, value in typed(form).items() if name not in went}
    look, more = Looking(request, act.response), {"unsent": left, "notice": told}
    return await _page(request, look, cycle, values=values, more=more)


async def _again(
    request: Request,
    act: Acting,
    cycle: str,
    recipient: str,
    error: Refused | Conflict,
    values: dict[str, str],
) -> Response:
    """The page once more, as it is now; what was typed stays in the form of this recipient."""
    errors = tuple(
        FieldError(
            f"{recipient}-{found.field.removeprefix(f'{recipient}-')}" if found.field else "", found.sentence
        )
        for found in errors_of(error, {"digest": ""})
    )
    return await _page(request, Looking(request, act.response), cycle, values=values, errors=errors)


async def _page(
    request: Request,
    look: Looking,
    cycle: str,
    *,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
        cycle = cycle or (cycles[0]["cycle"] if cycles else "")
        found = await queries.dispatches(conn, look.viewer, cycle)
        late = await lateness(conn, cycle, today_of(request))
    return render(
        request,
        "dispatches.html",
        status_code=422 if errors else 200,
        cycles=cycles,
        cycle=cycle,
        found=found,
        due=late.sending(view.recipient for view in found),
        late=late,
        recipients=document_kinds().recipient,
        evidence=EVIDENCE,
        correctable=CORRECTABLE,
        files_of_act=of_act,
        named={file.digest: file for view in found for file in files_of(view.trail)},
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_send=look.may("documents.SendDispatch"),
        may_receive=look.may("documents.RecordReceipt"),
        may_correct=look.may("documents.CorrectDispatch"),
        people=running_of(request).people,
        **more,
    )
