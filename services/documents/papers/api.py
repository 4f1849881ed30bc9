"""JSON of documents: the list, one document, its files; drafting, hand-over, SK ditetapkan, copies.

SOP steps 4, 5, 9, 10, 11. Previous hop: a program with a session token. Next hop: `papers/orders.py` and
`command_handler` by way of `Act`, or the read models by way of `Look`. The dispatches' routes stand in
`dispatch/api.py`.
"""

import msgspec
from fastapi import APIRouter, Response

from services.documents import streams
from services.documents.letters.compose import defaults
from services.documents.letters.wording import letters_of
from services.documents.papers import orders, queries
from services.documents.papers.downloads import document_file
from services.documents.papers.shapes import (
    CopiesIn,
    CorrectingIn,
    DecreeIn,
    DocumentDetail,
    DocumentOut,
    DraftIn,
    DraftOut,
    FieldOut,
    HandOverIn,
    WithdrawalIn,
    shown,
)
from services.documents.queries import known
from services.documents.scans import attached_scan
from shared.contracts.documents import Kind
from shared.contracts.values import StoredFile
from shared.web.app import UPLOAD_LIMIT
from shared.web.files.file_kinds import SCANS
from shared.web.files.uploads import take_in
from shared.web.for_api import (
    Act,
    CommandAnswer,
    CyclePath,
    Digest,
    Line,
    Look,
    NotFound,
    does,
    reads,
)

router = APIRouter(prefix="/api/documents", tags=["documents"])

READS = reads("documents.document")


@router.get(
    "/cycles/{cycle}/documents",
    summary="The documents of a cycle",
    dependencies=[reads("documents.documents")],
)
async def documents(cycle: CyclePath, look: Look) -> list[DocumentOut]:
    async with look.conn() as conn:
        rows = await queries.documents(conn, look.viewer, cycle)
        due = await known.due_dates(conn, cycle)
    return [shown(row, due) for row in rows]


@router.get("/cycles/{cycle}/documents/{kind}", summary="One document with its drafts", dependencies=[READS])
async def one(cycle: CyclePath, kind: Kind, look: Look) -> DocumentDetail:
    async with look.conn() as conn:
        found = await queries.document_of(conn, look.viewer, cycle, kind)
        due = await known.due_dates(conn, cycle)
    if found is None:
        raise NotFound
    look.version(streams.document(cycle, kind), found.shown.version)
    drafts = [DraftOut.model_validate(draft) for draft in found.drafts]
    return DocumentDetail(**shown(found.shown, due).model_dump(), drafts=drafts)


@router.get(
    "/cycles/{cycle}/documents/{kind}/fields",
    summary="What a person may change before drafting",
    dependencies=[READS],
)
async def fields(cycle: CyclePath, kind: Kind, look: Look) -> list[FieldOut]:
    async with look.conn() as conn:
        facts = await queries.cycle_facts(conn, cycle)
    if facts is None:
        raise NotFound
    letters = letters_of(facts.region)
    texts = defaults(letters, kind, facts)
    return [
        FieldOut.model_validate({**msgspec.structs.asdict(field), "text": texts[field.id]})
        for field in letters.kind[kind].field
    ]


@router.get(
    "/cycles/{cycle}/documents/{kind}/files/{digest}",
    summary="A draft, or a scan that belongs to it",
    dependencies=[READS],
)
async def file(cycle: CyclePath, kind: Kind, digest: Digest, look: Look) -> Response:
    return await document_file(look, cycle, kind, digest)


@router.post(
    "/files",
    summary="Upload a scan (raw body: PDF, PNG or JPEG)",
    status_code=201,
    max_body_size=UPLOAD_LIMIT,
    dependencies=[does(*orders.SCANS_OF)],
)
async def upload(name: Line, act: Act) -> StoredFile:
    """Streams the body to the store while it is hashed.
    Name the answered digest in the command that the scan belongs to.
    """
    return await take_in(act, act.body(), name=name, kinds=SCANS)


@router.post(
    "/cycles/{cycle}/documents/{kind}/draft",
    summary="Typeset and record a draft",
    dependencies=[does(*orders.DRAFTS)],
)
async def draft(cycle: CyclePath, kind: Kind, body: DraftIn, act: Act) -> CommandAnswer:
    """The file is made first, so that the event names its digest.
    The same data and date give the same bytes, so a repeated call is one draft.
    """
    return await act(await orders.draft(act, cycle, kind, body.fields, body.occurred_on or act.today))


@router.post(
    "/cycles/{cycle}/documents/sk_tim/hand-over",
    summary="Hand the draft SK to Bagian Hukum",
    dependencies=[does("documents.HandOver")],
)
async def hand_over(cycle: CyclePath, body: HandOverIn, act: Act) -> CommandAnswer:
    receipt = await attached_scan(act, body.receipt, "receipt") if body.receipt else None
    day = body.occurred_on or act.today
    return await act(orders.hand_over(act, cycle, body, receipt=receipt, occurred_on=day))


@router.post(
    "/cycles/{cycle}/documents/sk_tim/decree",
    summary="SK ditetapkan",
    dependencies=[does("documents.IssueTeamDecree")],
)
async def issue_team_decree(cycle: CyclePath, body: DecreeIn, act: Act) -> CommandAnswer:
    file = await attached_scan(act, body.file, "file") if body.file else None
    day = body.occurred_on or act.today
    return await act(orders.issue_team_decree(act, cycle, body, file=file, occurred_on=day))


@router.post(
    "/cycles/{cycle}/documents/laporan/copies",
    summary="Copies were printed",
    dependencies=[does("documents.RecordCopies")],
)
async def record_copies(cycle: CyclePath, body: CopiesIn, act: Act) -> CommandAnswer:
    return await act(orders.record_copies(act, cycle, body, body.occurred_on or act.today))


@router.post(
    "/cycles/{cycle}/documents/laporan/withdrawal",
    summary="Take back the own endorsement, until a copy is printed",
    dependencies=[does("documents.WithdrawEndorsement")],
)
async def withdraw_endorsement(cycle: CyclePath, body: WithdrawalIn, act: Act) -> CommandAnswer:
    return await act(orders.withdraw_endorsement(act, cycle, body, body.occurred_on or act.today))


@router.post(
    "/cycles/{cycle}/documents/laporan/corrections",
    summary="Correct the printed report officially",
    dependencies=[does("documents.DecideCorrection")],
)
async def correct(cycle: CyclePath, body: CorrectingIn, act: Act) -> CommandAnswer:
    """Opens the submissions that it names again, and no other;
    the report is drafted, endorsed, printed and sent once more.
    """
    file = await attached_scan(act, body.file, "file")
    day = body.occurred_on or act.today
    return await act(await orders.correct(act, cycle, body, body.submissions, file=file, occurred_on=day))
