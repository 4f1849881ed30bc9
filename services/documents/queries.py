"""What the pages and routes of documents ask its read models; documents belong to the kabupaten, so who may see all agencies sees them.

SOP steps 4, 5, 9–12. Previous hop: `papers/pages.py`, `papers/api.py`, `papers/drafting.py`. Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Text, func, literal, select

from services.documents.domain.report import Approved
from services.documents.letters.compose import CycleFacts
from services.documents.tables import (
    act,
    approved,
    calendar_override,
    cycle,
    dispatch,
    dispatch_item,
    document,
    draft,
    endorsement,
    printing,
    step,
)
from shared.access.permissions import Viewer
from shared.contracts.documents import Kind
from shared.contracts.values import Figure, StoredFile
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.sop.calendar import Calendar, seed
from shared.sop.started import numbered

Row = Mapping[str, Any]
State = Literal["closed", "waiting", "open", "drafted", "handed_over", "issued", "asked", "refused", "settled", "printed", "stale"]

KINDS: tuple[Kind, ...] = get_args(Kind)
OF_THE_KABUPATEN = literal("")


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of a cycle as the list shows it; `row` is empty for a document that nothing happened to."""

    kind: Kind
    row: Row
    asked: Row
    copies: int

    @property
    def version(self) -> int:
        return int(self.row.get("version") or 0)

    @property
    def file(self) -> StoredFile | None:
        return StoredFile(**self.row["file"]) if self.row.get("file") else None

    @property
    def may_be_drafted(self) -> bool:
        """Whether a draft may be made now, as far as the read models know; the rule decides."""
        return self.state not in {"closed", "waiting", "issued", "settled", "printed"}

    @property
    def state(self) -> State:
        row = self.row
        if not row.get("step"):
            return "closed"
        if not row["revision"]:
            return "waiting" if self.kind == "laporan" and not row["basis"] else "open"
        if not row["holds"]:
            return "stale"
        return self._of_draft()

    def _of_draft(self) -> State:
        row = self.row
        if row["settled_digest"]:
            return "printed" if self.copies else "settled"
        if row["decree_number"]:
            return "issued"
        if row["handed_over_digest"] == row["digest"]:
            return "handed_over"
        if self.asked.get("digest") == row["digest"]:
            return "refused" if self.asked["status"] == "refused" else "asked"
        return "drafted"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document with its drafts, printings and trail, latest first."""

    shown: DocumentRow
    drafts: Sequence[Row]
    printings: Sequence[Row]
    trail: Sequence[Row]


@dataclass(frozen=True, slots=True)
class DispatchView:
    """One dispatch with what it carries and its trail in order."""

    recipient: str
    row: Row
    items: Sequence[Row]
    trail: Sequence[Row]

    @property
    def version(self) -> int:
        return int(self.row.get("version") or 0)

    @property
    def status(self) -> str:
        return str(self.row.get("status") or "preparing")

    def item(self, name: str) -> Row | None:
        return next((item for item in self.items if item["document"] == name), None)


async def cycles(conn: Connection) -> list[dict[str, Any]]:
    """Every cycle that documents knows of, the latest first."""
    return await fetch(conn, select(cycle).order_by(cycle.c.year.desc(), cycle.c.cycle))


async def cycle_facts(conn: Connection, of_cycle: str) -> CycleFacts | None:
    """What the letters of a cycle need to know about it."""
    row = await fetch_one(conn, select(cycle).where(cycle.c.cycle == of_cycle))
    return msgspec.convert(row, CycleFacts) if row else None


async def due(conn: Connection, of_cycle: str) -> Mapping[str, Row]:
    """Due dates of the steps that have started, by key, each with the number that the SOP of the cycle shows for it."""
    rows = await fetch(conn, select(step).where(step.c.cycle == of_cycle))
    return {row["step"]: numbered(row) for row in rows}


async def calendar(conn: Connection) -> Calendar:
    """The working calendar with the overrides that intake announced."""
    return seed().changed_by(await fetch(conn, select(calendar_override).order_by(calendar_override.c.day)))


async def drafts(conn: Connection, of_cycle: str) -> Mapping[str, Sequence[Row]]:
    """Every draft of the documents of a cycle, by stream. Ask only for who may see the documents."""
    found: dict[str, list[Row]] = {}
    statement = select(draft).where(draft.c.stream.startswith(f"document-{of_cycle}-", autoescape=True))
    for row in await fetch(conn, statement.order_by(draft.c.revision.desc())):
        found.setdefault(row["stream"], []).append(row)
    return found


async def approvals(conn: Connection, of_cycle: str) -> list[Approved]:
    """The submissions of a cycle that are approved at this moment."""
    rows = await fetch(conn, select(approved).where(approved.c.cycle == of_cycle).order_by(approved.c.submission))
    return [
        Approved(
            submission=row["submission"],
            agency_name=row["agency_name"],
            revision=row["revision"],
            digest=row["digest"],
            verified_by=row["verified_by"],
            figures=msgspec.convert(row["figures"], dict[str, Figure]),
        )
        for row in rows
    ]


async def documents(conn: Connection, viewer: Viewer, of_cycle: str) -> list[DocumentRow]:
    """The four documents of a cycle in the order of the SOP; empty for who may not see them."""
    if not viewer.may_see(""):
        return []
    rows = await fetch(conn, select(document).where(document.c.cycle == of_cycle, viewer.sees(OF_THE_KABUPATEN)))
    asked = await fetch_one(conn, select(endorsement).where(endorsement.c.cycle == of_cycle)) or {}
    printed = select(printing.c.stream, printing.c.digest, func.sum(printing.c.copies).label("copies")).group_by(
        printing.c.stream, printing.c.digest
    )
    copies = {(row["stream"], row["digest"]): row["copies"] for row in await fetch(conn, printed)}
    found = {row["stream"]: row for row in rows}
    return [_document_row(kind, found.get(f"document-{of_cycle}-{kind}", {}), asked, copies) for kind in KINDS]


def _document_row(kind: Kind, row: Row, asked: Row, copies: Mapping[tuple[str, str], int]) -> DocumentRow:
    of_settled = (row.get("stream", ""), row.get("settled_digest") or "")
    return DocumentRow(kind, row, asked if kind == "laporan" else {}, copies.get(of_settled, 0))


async def document_of(conn: Connection, viewer: Viewer, of_cycle: str, kind: Kind) -> DocumentView | None:
    """One document; None if this viewer may see none."""
    shown = next((row for row in await documents(conn, viewer, of_cycle) if row.kind == kind), None)
    if shown is None:
        return None
    stream = f"document-{of_cycle}-{kind}"
    return DocumentView(
        shown=shown,
        drafts=await fetch(conn, select(draft).where(draft.c.stream == stream).order_by(draft.c.revision.desc())),
        printings=await fetch(conn, select(printing).where(printing.c.stream == stream).order_by(printing.c.version.desc())),
        trail=await fetch(conn, select(act).where(act.c.stream == stream).order_by(act.c.version.desc())),
    )


async def settled_digest(conn: Connection, of_cycle: str) -> str:
    """The endorsed report of a cycle; empty while there is none, or when its figures no longer hold."""
    statement = select(document.c.settled_digest).where(document.c.stream == f"document-{of_cycle}-laporan", document.c.holds)
    row = await fetch_one(conn, statement)
    return (row["settled_digest"] if row else None) or ""


async def dispatches(conn: Connection, viewer: Viewer, of_cycle: str, recipients: Sequence[str]) -> list[DispatchView]:
    """The dispatches of a cycle, one per recipient; empty for who may not see them."""
    if not viewer.may_see(""):
        return []
    rows = await fetch(conn, select(dispatch).where(dispatch.c.cycle == of_cycle, viewer.sees(OF_THE_KABUPATEN)))
    found = {row["stream"]: row for row in rows}
    streams = {name: f"dispatch-{of_cycle}-{name}" for name in recipients}
    return [await _dispatch_view(conn, stream, name, found.get(stream, {})) for name, stream in streams.items()]


async def dispatch_of(conn: Connection, viewer: Viewer, of_cycle: str, recipient: str) -> DispatchView | None:
    """One dispatch; None if this viewer may see none."""
    return next(iter(await dispatches(conn, viewer, of_cycle, [recipient])), None)


async def _dispatch_view(conn: Connection, stream: str, recipient: str, row: Row) -> DispatchView:
    items = await fetch(conn, select(dispatch_item).where(dispatch_item.c.stream == stream).order_by(dispatch_item.c.document))
    trail = await fetch(conn, select(act).where(act.c.stream == stream).order_by(act.c.version))
    return DispatchView(recipient, row, items, trail)


def files_in(facts: Any) -> list[StoredFile]:
    """Every file that an entry of a trail names."""
    if isinstance(facts, Mapping):
        if set(facts) == {"digest", "name", "media_type", "size"}:
            return [StoredFile(**facts)]
        return [file for value in facts.values() for file in files_in(value)]
    return []


async def held_file(conn: Connection, streams: Sequence[str], digest: str) -> StoredFile | None:
    """A file that the trail of a stream of these categories names; None if there is none."""
    for category in streams:
        named = act.c.facts.cast(Text).contains(digest, autoescape=True)
        for row in await fetch(conn, select(act.c.facts).where(act.c.stream.startswith(f"{category}-"), named)):
            for file in files_in(row["facts"]):
                if file.digest == digest:
                    return file
    return None
