"""JSON of dispatches: what goes to whom, sent by the manual adapter, the receipt that came back, corrections.

SOP step 12. Previous hop: a program with a session token. Next hop: `dispatch/orders.py` and
`command_handler` by way of `Act`, or the read models by way of `Look`.
"""

from fastapi import APIRouter, Response

from services.documents import streams
from services.documents.dispatch import orders, queries
from services.documents.dispatch.addresses import Recipient
from services.documents.dispatch.downloads import scan_of
from services.documents.dispatch.shapes import CorrectIn, DispatchOut, ReceiptIn, SendIn, shown
from services.documents.scans import attached_scan
from shared.web.for_api import Act, CommandAnswer, CyclePath, Digest, Look, NotFound, does, reads

router = APIRouter(prefix="/api/documents", tags=["dispatches"])

READS = reads("documents.dispatch")


@router.get(
    "/cycles/{cycle}/dispatches",
    summary="The dispatches of a cycle",
    dependencies=[reads("documents.dispatches")],
)
async def dispatches(cycle: CyclePath, look: Look) -> list[DispatchOut]:
    async with look.conn() as conn:
        found = await queries.dispatches(conn, look.viewer, cycle)
    return [shown(view) for view in found]


@router.get(
    "/cycles/{cycle}/dispatches/{recipient}", summary="One dispatch with its timeline", dependencies=[READS]
)
async def one(cycle: CyclePath, recipient: Recipient, look: Look) -> DispatchOut:
    async with look.conn() as conn:
        view = await queries.dispatch_of(conn, look.viewer, cycle, recipient)
    if view is None:
        raise NotFound
    look.version(streams.dispatch(cycle, recipient), view.version)
    return shown(view)


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
    return await act(await orders.send(act, cycle, recipient, body, day))


@router.post(
    "/cycles/{cycle}/dispatches/{recipient}/receipt",
    summary="The signed receipt came back",
    dependencies=[does("documents.RecordReceipt")],
)
async def record_receipt(cycle: CyclePath, recipient: Recipient, body: ReceiptIn, act: Act) -> CommandAnswer:
    scan = await attached_scan(act, body.scan, "scan")
    day = body.occurred_on or act.today
    return await act(orders.record_receipt(act, cycle, recipient, body, scan=scan, occurred_on=day))


@router.post(
    "/cycles/{cycle}/dispatches/{recipient}/correction",
    summary="Something was written down wrongly",
    dependencies=[does("documents.CorrectDispatch")],
)
async def correct(cycle: CyclePath, recipient: Recipient, body: CorrectIn, act: Act) -> CommandAnswer:
    day = body.occurred_on or act.today
    return await act(await orders.correct(act, cycle, recipient, body.field, body.value, body.reason, day))
