"""Parked messages of a service: each with its cause, since when, how often it was tried,
and a button that tries again.

Previous hop: `shared.messaging.receiving.parked`, which keeps what could not be handled.
Next hop: the same consumer, once more.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from shared.contracts.fields import Text
from shared.messaging.receiving import parked
from shared.messaging.receiving.parked import Parked
from shared.messaging.sending import unpublished
from shared.messaging.sending.unpublished import Unpublished
from shared.web.acting import Look
from shared.web.declared import does, reads
from shared.web.forms.fields import Checked, Position
from shared.web.frame.rendering import render, see_other
from shared.web.problems.shape import NotFound
from shared.web.running import running_of, troubles_of
from shared.web.visitor import viewer_of
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

log = structlog.get_logger()

CAUSES = {
    "handler": later("Pengolahan gagal"),
    "undecodable": later("Isi pesan tidak terbaca"),
    "unknown": later("Jenis peristiwa belum dikenal versi ini"),
    "gap": later("Ada nomor yang terlewat"),
    "cause": later("Menunggu peristiwa penyebabnya"),
    "behind": later("Menunggu pesan sebelumnya"),
    "forged": later("Bukan dari layanan yang disebutnya"),
    "contradiction": later("Isinya lain dari yang sudah diterima dengan nomor yang sama"),
}


MessageId = Annotated[str, Checked(Text(700, lines=True))]


class Wanted(BaseModel):
    id: MessageId = Field(description="`id` of the parked message")


class Retried(BaseModel):
    retried: bool


class Asked(BaseModel):
    position: Position = Field(
        strict=True, description="`position` of the event that the broker would not take"
    )


class Dismissed(BaseModel):
    dismissed: bool


def router(service: str) -> APIRouter:
    """`/<service>/macet` and `/api/<service>/parked`."""
    made = APIRouter(tags=["parked"])
    looked = [does(f"{service}.DismissAlarm")]
    see, again = [reads(f"{service}.parked")], [does(f"{service}.RetryParked")]

    @made.get(f"/api/{service}/parked", summary="Messages that could not be handled", dependencies=see)
    async def listing(look: Look) -> list[Parked]:
        async with look.conn() as conn:
            return await parked.listed(conn)

    @made.post(f"/api/{service}/parked/retry", summary="Try a parked message again", dependencies=again)
    async def retry(body: Wanted, request: Request) -> Retried:
        await _retry(request, body.id)
        return Retried(retried=True)

    @made.post(
        f"/api/{service}/parked/dismiss",
        summary="Say that an alarm was looked at: it goes",
        dependencies=looked,
    )
    async def dismiss(body: Wanted, request: Request) -> Dismissed:
        await _dismiss(request, body.id)
        return Dismissed(dismissed=True)

    @made.get(f"/{service}/macet", include_in_schema=False, dependencies=see)
    async def page(request: Request, look: Look) -> Response:
        async with look.conn() as conn:
            messages, refused = await parked.listed(conn), await unpublished.listed(conn)
        may_retry, may_dismiss = look.may(f"{service}.RetryParked"), look.may(f"{service}.DismissAlarm")
        return render(
            request,
            "parked.html",
            service=service,
            messages=messages,
            refused=refused,
            causes=CAUSES,
            may_retry=may_retry,
            may_dismiss=may_dismiss,
            troubles=troubles_of(request),
        )

    @made.post(f"/{service}/macet", include_in_schema=False, dependencies=again)
    async def retry_form(request: Request, message: Annotated[MessageId, Form()]) -> Response:
        await _retry(request, message)
        return see_other(request, f"/{service}/macet", _("Pesan dicoba lagi."))

    @made.get(
        f"/api/{service}/unpublished", summary="Own events that the broker will not take", dependencies=see
    )
    async def refused(look: Look) -> list[Unpublished]:
        async with look.conn() as conn:
            return await unpublished.listed(conn)

    @made.post(
        f"/api/{service}/unpublished/retry", summary="Try to send such an event again", dependencies=again
    )
    async def send_again(body: Asked, request: Request) -> Retried:
        await _send_again(request, body.position)
        return Retried(retried=True)

    @made.post(f"/{service}/macet/kirim", include_in_schema=False, dependencies=again)
    async def send_form(request: Request, position: Annotated[Position, Form()]) -> Response:
        await _send_again(request, position)
        return see_other(request, f"/{service}/macet", _("Peristiwa dikirim lagi."))

    @made.post(f"/{service}/macet/diperiksa", include_in_schema=False, dependencies=looked)
    async def dismiss_form(request: Request, message: Annotated[MessageId, Form()]) -> Response:
        await _dismiss(request, message)
        return see_other(request, f"/{service}/macet", _("Tanda bahaya sudah diperiksa."))

    return made


async def _retry(request: Request, message: str) -> None:
    async with running_of(request).pool.connection() as conn:
        if not await parked.retry(conn, message):
            raise NotFound


async def _send_again(request: Request, position: int) -> None:
    async with running_of(request).pool.connection() as conn:
        if not await unpublished.retry(conn, position):
            raise NotFound


async def _dismiss(request: Request, message: str) -> None:
    async with running_of(request).pool.connection() as conn:
        if not await parked.dismiss(conn, message):
            raise NotFound
    log.warning("alarm-dismissed", parked=message, person=viewer_of(request).person)
