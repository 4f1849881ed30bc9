"""JSON of documents: the list, one document, its files; drafting, hand-over, SK ditetapkan, copies.

SOP steps 4, 5, 9, 10, 11. Previous hop: a program with a session token. Next hop: `papers/drafting.py` and `command_handler` by way of `Act`, or the
read models by way of `Look`. The dispatches' routes stand in `dispatch/api.py`.
"""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.documents import queries
from services.documents.domain.document_commands import HandOver, IssueTeamDecree, RecordCopies
from services.documents.letters.catalogue import Form, load
from services.documents.letters.compose import defaults
from services.documents.papers import drafting, previews
from services.documents.queries import State
from services.documents.scans import attached_scan
from shared.contracts.documents import Kind
from shared.contracts.values import DueDate, StoredFile
from shared.eventsourcing.commands.command_handler import Order
from shared.web.acting import Act, Acting, CommandAnswer, Look
from shared.web.app import UPLOAD_LIMIT
from shared.web.declared import does, reads
from shared.web.files.downloads import among, bucket_of, hand_out
from shared.web.files.file_kinds import SCANS
from shared.web.files.uploads import take_in
from shared.web.forms.fields import CycleId, Day, Digest, Id, Line, Name, Prose
from shared.web.problems import NotFound

router = APIRouter(prefix="/api/documents", tags=["documents"])

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
DigestPath = Digest
DRAFTS = ("documents.DraftTeamDecree", "documents.DraftReport", "documents.DraftCoverLetter")
READS = reads("documents.document")


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ScanIn(Body):
    digest: Digest
    name: Name = Field(min_length=1)


class DraftIn(Body):
    """The text of fields that shall differ from their default; a field that is left out keeps it."""

    fields: dict[Id, Prose] = Field(default_factory=dict, max_length=40)
    occurred_on: Day | None = Field(default=None, description="the date that the letter bears; today where nothing is said")


class HandOverIn(Body):
    digest: Digest
    handed_to: Name
    reference: Name = ""
    receipt: ScanIn | None = Field(default=None, description="scan of the hand-over note, uploaded before")
    occurred_on: Day | None = None


class DecreeIn(Body):
    number: Name = Field(max_length=100, examples=["130/5/HK/2027"])
    issued_on: Day
    file: ScanIn | None = Field(default=None, description="scan of the signed decree, uploaded before")
    occurred_on: Day | None = None


class CopiesIn(Body):
    digest: Digest
    copies: int = Field(strict=True, ge=1, le=1000)
    occurred_on: Day | None = None


class FieldOut(BaseModel):
    """A field of a letter that a person may change, with the text that stands there first."""

    id: str
    label: str
    form: Form
    required: bool
    hint: str
    columns: list[str]
    text: str


class DocumentOut(BaseModel):
    """One document of a cycle. Send `version` as If-Match, and `digest` or `settled_digest` as what was seen."""

    kind: Kind
    title: str
    state: State
    version: int
    revision: int | None
    digest: str | None
    file: StoredFile | None
    drafted_by: str | None
    drafted_on: date | None
    holds: bool = Field(description="whether the figures behind the draft are still approved")
    settled_digest: str | None = Field(description="the endorsed file: the only one that may be printed and sent")
    endorsed_by: str | None
    copies: int
    decree_number: str | None
    decree_on: date | None
    due: DueDate | None


class DraftOut(BaseModel):
    revision: int
    file: StoredFile
    data_digest: str
    template_digest: str
    engine: str
    by: str
    occurred_on: date
    recorded_at: datetime


class DocumentDetail(DocumentOut):
    drafts: list[DraftOut]


@router.get("/cycles/{cycle}/documents", summary="The documents of a cycle", dependencies=[reads("documents.documents")])
async def documents(cycle: Cycle, look: Look) -> list[DocumentOut]:
    async with look.conn() as conn:
        rows = await queries.documents(conn, look.viewer, cycle)
        due = await queries.due(conn, cycle)
    return [_out(row, due) for row in rows]


@router.get("/cycles/{cycle}/documents/{kind}", summary="One document with its drafts", dependencies=[READS])
async def one(cycle: Cycle, kind: Kind, look: Look) -> DocumentDetail:
    async with look.conn() as conn:
        found = await queries.document_of(conn, look.viewer, cycle, kind)
        due = await queries.due(conn, cycle)
    if found is None:
        raise NotFound
    look.version(stream_of(cycle, kind), found.shown.version)
    drafts = [DraftOut.model_validate(draft) for draft in found.drafts]
    return DocumentDetail(**_out(found.shown, due).model_dump(), drafts=drafts)


@router.get("/cycles/{cycle}/documents/{kind}/fields", summary="What a person may change before drafting", dependencies=[READS])
async def fields(cycle: Cycle, kind: Kind, look: Look) -> list[FieldOut]:
    async with look.conn() as conn:
        facts = await queries.cycle_facts(conn, cycle)
    if facts is None:
        raise NotFound
    texts = defaults(load(), kind, facts)
    return [
        FieldOut(
            id=field.id,
            label=field.label,
            form=field.form,
            required=field.required,
            hint=field.hint,
            columns=list(field.columns),
            text=texts[field.id],
        )
        for field in load().kind[kind].field
    ]


@router.get("/cycles/{cycle}/documents/{kind}/files/{digest}", summary="A draft, or a scan that belongs to it", dependencies=[READS])
async def file(cycle: Cycle, kind: Kind, digest: DigestPath, look: Look) -> Response:
    return await document_file(look.request, look, cycle, kind, digest)


@router.post("/files", summary="Upload a scan (raw body: PDF, PNG or JPEG)", status_code=201, max_body_size=UPLOAD_LIMIT,
             dependencies=[does("documents.HandOver", "documents.IssueTeamDecree", "documents.RecordReceipt")])  # fmt: skip
async def upload(name: Line, act: Act) -> StoredFile:
    """Streams the body to the store while it is hashed. Name the answered digest in the command that the scan belongs to."""
    return await take_in(act, act.body(), name=name, kinds=SCANS)


@router.post("/cycles/{cycle}/documents/{kind}/draft", summary="Typeset and record a draft", dependencies=[does(*DRAFTS)])
async def draft(cycle: Cycle, kind: Kind, body: DraftIn, act: Act) -> CommandAnswer:
    """The file is made first, so that the event names its digest. The same data and date give the same bytes, so a repeated call is one draft."""
    return await give_draft(act, cycle, kind, body.fields, body.occurred_on or act.today)


@router.post(
    "/cycles/{cycle}/documents/sk_tim/hand-over", summary="Hand the draft SK to Bagian Hukum", dependencies=[does("documents.HandOver")]
)
async def hand_over(cycle: Cycle, body: HandOverIn, act: Act) -> CommandAnswer:
    command = HandOver(
        digest=body.digest,
        handed_to=body.handed_to,
        reference=body.reference,
        receipt=await found(act, body.receipt, "receipt"),
        by=act.viewer.person,
        occurred_on=body.occurred_on or act.today,
    )
    return await act(order(cycle, "sk_tim", command))


@router.post("/cycles/{cycle}/documents/sk_tim/decree", summary="SK ditetapkan", dependencies=[does("documents.IssueTeamDecree")])
async def issue_team_decree(cycle: Cycle, body: DecreeIn, act: Act) -> CommandAnswer:
    command = IssueTeamDecree(
        number=body.number,
        issued_on=body.issued_on,
        file=await found(act, body.file, "file"),
        by=act.viewer.person,
        occurred_on=body.occurred_on or act.today,
    )
    return await act(order(cycle, "sk_tim", command))


@router.post("/cycles/{cycle}/documents/laporan/copies", summary="Copies were printed", dependencies=[does("documents.RecordCopies")])
async def record_copies(cycle: Cycle, body: CopiesIn, act: Act) -> CommandAnswer:
    command = RecordCopies(digest=body.digest, copies=body.copies, by=act.viewer.person, occurred_on=body.occurred_on or act.today)
    return await act(order(cycle, "laporan", command))


async def give_draft(act: Acting, cycle: str, kind: Kind, entries: dict[str, str], dated: date) -> CommandAnswer:
    """Makes the file of a draft and gives its command; permission is looked at before anything is typeset."""
    act.running.permissions.office(act.viewer, drafting.permission_of(kind), None)
    async with act.running.pool.connection() as conn:
        material = await drafting.gather(conn, act.running.people, cycle, kind)
    asked = drafting.Asked(cycle=cycle, kind=kind, entries=entries, by=act.viewer.person, dated=dated)
    command = await drafting.prepare(asked, material, previews.works_of(act.request).renderer, bucket_of(act.request))
    return await act(order(cycle, kind, command))


async def document_file(request: Request, look: Look, cycle: str, kind: Kind, digest: str) -> Response:
    """A file that a document or its trail names. Raises NotFound for any other digest."""
    async with look.conn() as conn:
        view = await queries.document_of(conn, look.viewer, cycle, kind)
    known = [file for act in (view.trail if view else ()) for file in queries.files_in(act["facts"])]
    return await hand_out(request, among(known, digest))


async def found(act: Acting, scan: ScanIn | None, field: str) -> StoredFile | None:
    return await attached_scan(act, scan.digest, scan.name, field) if scan else None


def order(cycle: str, kind: Kind, command: object) -> Order:
    return Order(stream=stream_of(cycle, kind), command=command, case_id=cycle)


def stream_of(cycle: str, kind: Kind) -> str:
    return f"document-{cycle}-{kind}"


def _out(shown: queries.DocumentRow, due: Any) -> DocumentOut:
    row = shown.row
    of_step = due.get(row.get("step"))
    return DocumentOut.model_validate(
        {
            "title": load().kind[shown.kind].title,
            "kind": shown.kind,
            "state": shown.state,
            "version": shown.version,
            "copies": shown.copies,
            "holds": row.get("holds", True),
            "due": of_step["due"] if of_step else None,
            **{name: row.get(name) for name in _FROM_ROW},
        }
    )


_FROM_ROW = (
    "revision",
    "digest",
    "file",
    "drafted_by",
    "drafted_on",
    "settled_digest",
    "endorsed_by",
    "decree_number",
    "decree_on",
)
