"""Pages of certificates: all of them, the one that is being made, and what each service found.

SOP step 13, and every step before it. Previous hop: a browser. Next hop: `certificate/orders.py`; no rule
here.
"""

from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Request, Response

from services.archive.certificate import downloads, orders, queries
from services.archive.certificate.addresses import Number
from services.archive.check.differences import KINDS
from services.archive.proof.verifier_certificate import ANSWERING
from shared.eventsourcing.sight import sees_everything
from shared.web.for_pages import (
    Act,
    Acting,
    CommandAnswer,
    Conflict,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    does,
    form_of,
    reads,
    render,
    see_other,
    sentence_of,
    text_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.words.i18n import later

router = APIRouter(include_in_schema=False)
PLACE = "/jejak-audit/sertifikat"
KINDS_HERE = {
    **KINDS,
    "missing": later("peristiwa ini hilang"),
    "content": later("isi peristiwa ini bukan yang dicatat"),
    "time": later("waktu peristiwa ini mundur"),
    "command": later("peristiwa ini tidak berasal dari perintah yang tercatat"),
    "unreadable": later("peristiwa ini tidak dapat dibaca"),
    "memory": later("ingatan atas alur ini tidak benar"),
}


@router.get(PLACE, dependencies=[reads("archive.certificate")])
async def certificates(look: Look) -> Response:
    return await _page(look)


@router.get(f"{PLACE}/{{number}}", dependencies=[reads("archive.certificate")])
async def certificate(number: Number, look: Look) -> Response:
    async with look.conn() as conn:
        found, said = await queries.one(conn, number), await queries.statements(conn, number)
    if found is None:
        raise NotFound
    return render(look.request, "certificate.html", one=found, **_shown(look), said=said)


@router.get(f"{PLACE}/{{number}}/berkas", dependencies=[reads("archive.certificate")])
async def certificate_file(number: Number, look: Look) -> Response:
    return await downloads.certificate_file(look, number)


@router.post(PLACE, dependencies=[does("archive.AskForCertificate")])
async def ask(request: Request, act: Act) -> Response:
    reason = text_of(await form_of(request), "reason")
    return await _do(
        request, act, orders.ask(act, reason), _("Sertifikat diminta; semua layanan membandingkan.")
    )


@router.post(f"{PLACE}/{{number}}/hentikan", dependencies=[does("archive.GiveUpCertificate")])
async def give_up(number: Number, request: Request, act: Act) -> Response:
    reason = text_of(await form_of(request), "reason")
    return await _do(request, act, orders.give_up(act, number, reason), _("Sertifikat dihentikan."))


async def _do(request: Request, act: Acting, work: Awaitable[CommandAnswer], done: str) -> Response:
    try:
        await work
    except Refused as refusal:
        errors = (FieldError(refusal.field or "", sentence_of(refusal)),)
    except Conflict:
        errors = (FieldError("", _("Keadaannya berubah sejak Anda membukanya. Periksa lagi, lalu ulangi.")),)
    else:
        return see_other(request, PLACE, done)
    return await _page(Looking(request, act.response), errors, typed(await form_of(request)))


async def _page(
    look: Looking, errors: tuple[FieldError, ...] = (), values: dict[str, str] | None = None
) -> Response:
    async with look.conn() as conn:
        rows = await queries.newest(conn)
        said = await queries.statements(conn, rows[0]["certificate"]) if rows else []
    return render(
        look.request,
        "certificates.html",
        status_code=422 if errors else 200,
        rows=rows,
        said=said,
        **_shown(look),
        may_ask=sees_everything() and look.may("archive.AskForCertificate"),
        may_give_up=sees_everything() and look.may("archive.GiveUpCertificate"),
        errors=errors,
        values=values or {},
    )


def _shown(look: Looking) -> dict[str, Any]:
    people, whole = look.running.people, sees_everything()
    return {"kinds": KINDS_HERE, "answering": ANSWERING, "people": people, "whole": whole}
