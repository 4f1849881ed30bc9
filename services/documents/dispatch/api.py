"""JSON of dispatches: what goes to whom, sent by the manual adapter, the receipt that came back, corrections.

SOP step 12. Previous hop: a program with a session token. Next hop: `dispatch/orders.py` and
`command_handler` by way of `Act`, or the read models by way of `Look`.
"""

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.documents import streams
from services.documents.dispatch import orders, queries
from services.documents.dispatch.addresses import Recipient
from services.documents.dispatch.downloads import scan_of
from services.documents.domain.dispatch import Correctable
from services.documents.scans import ScanIn, attached_scan
from shared.contracts.values import StoredFile
from shared.sop.document_kinds import document_kinds
from shared.web.for_api import (
    Act,
    Body,
    CommandAnswer,
    CyclePath,
    Day,
    Digest,
    Look,
    Name,
    NotFound,
    Prose,
    does,
    reads,
)

router = APIRouter(prefix="/api/documents", tags=["dispatches"])

READS = reads("documents.dispatch")


class SendIn(Body):
    """The items left the house. `digest` is the endorsed report as it was seen."""

    digest: Digest
    agenda_number: Name = Field(max_length=100, examples=["045/123"])
    carrier: Name = Field(examples=["Kurir Bagian Umum"])
    occurred_on: Day | None = None


class ReceiptIn(Body):
    received_by: Name
    received_on: Day
    reference: Name = Field(default="", description="number of the tanda terima, if it has one")
    scan: ScanIn = Field(description="the signed sheet, uploaded before by POST /api/documents/files")
    occurred_on: Day | None = None


class CorrectIn(Body):
    field: Correctable
    value: Name = Field(description="dates in ISO form")
    reason: Prose = Field(max_length=1000)
    occurred_on: Day | None = None


class ItemOut(BaseModel):
    document: str
    title: str
    digest: str
    copies: int


class ActOut(BaseModel):
    act: str
    by: str
    occurred_on: date | None
    recorded_at: datetime
    facts: dict[str, Any]


class DispatchOut(BaseModel):
    """The way to one recipient. Send `version` as If-Match,
    and the digest of the item `laporan` as what was seen.
    """

    recipient: str
    recipient_name: str
    status: Literal["preparing", "queued", "sent", "received"]
    version: int
    items: list[ItemOut]
    queued_on: date | None
    agenda_number: str | None
    carrier: str | None
    sent_by: str | None
    sent_on: date | None
    received_by: str | None
    received_on: date | None
    reference: str | None
    scan: StoredFile | None
    trail: list[ActOut]


@router.get(
    "/cycles/{cycle}/dispatches",
    summary="The dispatches of a cycle",
    dependencies=[reads("documents.dispatches")],
)
async def dispatches(cycle: CyclePath, look: Look) -> list[DispatchOut]:
    async with look.conn() as conn:
        found = await queries.dispatches(conn, look.viewer, cycle)
    return [_out(view) for view in found]


@router.get(
    "/cycles/{cycle}/dispatches/{recipient}", summary="One dispatch with its timeline", dependencies=[READS]
)
async def one(cycle: CyclePath, recipient: Recipient, look: Look) -> DispatchOut:
    async with look.conn() as conn:
        view = await queries.dispatch_of(conn, look.viewer, cycle, recipient)
    if view is None:
        raise NotFound
    look.version(streams.dispatch(cycle, recipient), view.version)
    return _out(view)


@router.get(
    "/cycles/{cycle}/dispatches/{recipient}/files/{digest}",
    summary="The scan of a receipt",
    dependencies=[READS],
)
async def file(cycle: CyclePath, recipient: Recipient, digest: Digest, look: Look) -> Response:
    return await scan_of(look, cycle, recipient, digest)


@router.post(
    "/cycles/{cycle}/dispatches/{recipient}/sending",
    summary="It was sent",
    dependencies=[does("documents.SendDispatch")],
)
async def send(cycle: CyclePath, recipient: Recipient, body: SendIn, act: Act) -> CommandAnswer:
    day = body.occurred_on or act.today
    return await act(orders.send(act, cycle, recipient, body.digest, body.agenda_number, body.carrier, day))


@router.post(
    "/cycles/{cycle}/dispatches/{recipient}/receipt",
    summary="The signed receipt came back",
    dependencies=[does("documents.RecordReceipt")],
)
async def record_receipt(cycle: CyclePath, recipient: Recipient, body: ReceiptIn, act: Act) -> CommandAnswer:
    scan = await attached_scan(act, body.scan, "scan")
    said = (body.received_by, body.received_on, body.reference)
    return await act(
        orders.record_receipt(
            act, cycle, recipient, *said, scan=scan, occurred_on=body.occurred_on or act.today
        )
    )


@router.post(
    "/cycles/{cycle}/dispatches/{recipient}/correction",
    summary="Something was written down wrongly",
    dependencies=[does("documents.CorrectDispatch")],
)
async def correct(cycle: CyclePath, recipient: Recipient, body: CorrectIn, act: Act) -> CommandAnswer:
    day = body.occurred_on or act.today
    return await act(orders.correct(act, cycle, recipient, body.field, body.value, body.reason, day))


def _out(view: queries.DispatchView) -> DispatchOut:
    named = {name: view.row.get(name) for name in DispatchOut.model_fields}
    said = {
        "recipient": view.recipient,
        "recipient_name": document_kinds().recipient[view.recipient].address,
        "status": view.status,
        "version": view.version,
        "items": view.items,
        "trail": view.trail,
    }
    return DispatchOut.model_validate({**named, **said})
