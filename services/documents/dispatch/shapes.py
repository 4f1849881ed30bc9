"""What people and programs say of dispatches, and what is shown of them:
a form reads the same shape as JSON.

SOP step 12. Previous hop: `dispatch/api.py` and `dispatch/pages.py`. Next hop: `dispatch/orders.py`.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.documents.dispatch.queries import DispatchView
from services.documents.domain.dispatch_commands import Correctable
from services.documents.scans import ScanIn
from shared.contracts.values import StoredFile
from shared.web.forms.fields import Body, Day, Digest, Name, Prose


class Sending(Body):
    """The items left the house. `digest` is the endorsed report as it was seen."""

    digest: Digest
    agenda_number: Name = Field(max_length=100, examples=["045/123"])
    carrier: Name = Field(examples=["Kurir Bagian Umum"])


class SendIn(Sending):
    """The items left the house. `digest` is the endorsed report as it was seen."""

    occurred_on: Day | None = None


class Receipt(Body):
    """The signed receipt came back."""

    received_by: Name
    received_on: Day
    reference: Name = Field(default="", description="number of the tanda terima, if it has one")


class ReceiptIn(Receipt):
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

    dispatch: str = Field(description="its name: of the recipient, with the number of a correction")
    recipient: str
    recipient_name: str
    correction: int = Field(description="the official correction that it is of; 0 for none")
    overtaken: int = Field(description="the official correction by which what it carries is overtaken")
    status: Literal["preparing", "queued", "sent", "received", "overtaken"]
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


def shown(view: DispatchView) -> DispatchOut:
    """A dispatch as JSON tells it."""
    named = {name: view.row.get(name) for name in DispatchOut.model_fields}
    carried = ("recipient", "correction", "overtaken", "status", "version", "items", "trail")
    said = {name: getattr(view, name) for name in carried}
    called = {"dispatch": view.name, "recipient_name": view.addressed}
    return DispatchOut.model_validate({**named, **said, **called})
