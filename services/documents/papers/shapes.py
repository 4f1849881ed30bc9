"""What people and programs say of papers, and what is shown of them: a form reads the same shape as JSON.

SOP steps 4, 5, 9, 10, 11. Previous hop: `papers/api.py` and `papers/pages.py`. Next hop: `papers/orders.py`.
"""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.documents.letters.catalogue import Form
from services.documents.papers.queries import DocumentRow, State
from services.documents.scans import ScanIn
from shared.contracts.documents import Kind
from shared.contracts.values import DueDate, StoredFile
from shared.sop.document_kinds import document_kinds
from shared.web.forms.fields import Body, Day, Digest, Id, Name, Prose


class DraftIn(Body):
    """The text of fields that shall differ from their default; a field that is left out keeps it."""

    fields: dict[Id, Prose] = Field(default_factory=dict, max_length=40)
    occurred_on: Day | None = Field(
        default=None, description="the date that the letter bears; today where nothing is said"
    )


class HandingOver(Body):
    """The draft SK goes to Bagian Hukum. `digest` is the draft as it was seen."""

    digest: Digest
    handed_to: Name
    reference: Name = ""


class HandOverIn(HandingOver):
    receipt: ScanIn | None = Field(default=None, description="scan of the hand-over note, uploaded before")
    occurred_on: Day | None = None


class Decree(Body):
    """SK ditetapkan."""

    number: Name = Field(max_length=100, examples=["130/5/HK/2027"])
    issued_on: Day


class DecreeIn(Decree):
    file: ScanIn | None = Field(default=None, description="scan of the signed decree, uploaded before")
    occurred_on: Day | None = None


class Withdrawal(Body):
    """The endorsement of the file of this digest is taken back."""

    digest: Digest
    reason: Prose


class WithdrawalIn(Withdrawal):
    occurred_on: Day | None = None


class Correcting(Body):
    """The printed report of this digest is officially corrected, by the decision of this number."""

    digest: Digest
    number: Name = Field(max_length=100, examples=["130/7/2027"])
    issued_on: Day
    reason: Prose


class CorrectingIn(Correcting):
    submissions: list[Name] = Field(max_length=200, description="the submissions whose figures are wrong")
    file: ScanIn = Field(description="scan of the signed decision, uploaded before")
    occurred_on: Day | None = None


class Copies(Body):
    """Copies were printed from the file of this digest."""

    digest: Digest
    copies: int = Field(strict=True, ge=1, le=1000)
    reason: Prose = Field(
        default="", max_length=1000, description="why more, where some are recorded already"
    )


class CopiesIn(Copies):
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
    """One document of a cycle. Send `version` as If-Match,
    and `digest` or `settled_digest` as what was seen.
    """

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
    settled_digest: str | None = Field(
        description="the endorsed file: the only one that may be printed and sent"
    )
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


def shown(document: DocumentRow, due: Any) -> DocumentOut:
    """A document as JSON tells it, with the due dates of its cycle."""
    row = document.row
    of_step = due.get(document.step)
    return DocumentOut.model_validate(
        {
            "title": document_kinds().kind[document.kind].title,
            "kind": document.kind,
            "state": document.state,
            "version": document.version,
            "copies": document.copies,
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
