"""What the pages and routes of papers ask: the documents of a cycle, their drafts and printings,
and what a draft is made from.

SOP steps 4, 5, 9–11. Previous hop: the pages and routes of papers, `papers/drafting.py`.
Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec
from sqlalchemy import func, select

from services.documents import streams
from services.documents.letters.compose import CycleFacts
from services.documents.queries import OF_THE_KABUPATEN, Row, sop_of, trail_of
from services.documents.tables import cycles, dispatch, dispatch_item, document, draft, endorsement, printing
from shared.access.permissions import Viewer
from shared.contracts.documents import Kind
from shared.contracts.values import StoredFile
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.sop.document_kinds import document_kinds

State = Literal[
    "closed",
    "waiting",
    "open",
    "drafted",
    "handed_over",
    "issued",
    "asked",
    "refused",
    "settled",
    "printed",
    "stale",
    "sent",
    "received",
]
TO_DRAFT: frozenset[State] = frozenset({"open", "waiting", "stale", "refused"})
"""States of a document that is still to be drafted, for the first time or anew."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of a cycle as the list shows it;
    `row` is empty for a document that nothing happened to. `went`: how far the dispatch is that a letter lies
    in, once that left the house.
    """

    kind: Kind
    row: Row
    asked: Row
    copies: int
    went: Literal["", "sent", "received"] = ""

    @property
    def version(self) -> int:
        return int(self.row.get("version") or 0)

    @property
    def file(self) -> StoredFile | None:
        return StoredFile(**self.row["file"]) if self.row.get("file") else None

    @property
    def may_be_drafted(self) -> bool:
        """Whether a draft may be made now, as far as the read models know; the rule decides."""
        return self.state not in {"closed", "waiting", "issued", "settled", "printed", "sent", "received"}

    def drafted_on(self, drafts: Iterable[Row]) -> list[date]:
        """The days on which these drafts of it were made; none while it is to be drafted."""
        return [] if self.state in TO_DRAFT else [draft["occurred_on"] for draft in drafts]

    @property
    def step(self) -> str:
        """The key of the step that it was opened for; empty where that has not begun."""
        return self.row.get("step") or ""

    @property
    def state(self) -> State:
        row = self.row
        if not self.step:
            return "closed"
        if not row["revision"]:
            return "waiting" if self.kind == "laporan" and not row["basis"] else "open"
        if not row["holds"]:
            return "stale"
        return self._of_draft()

    def _of_draft(self) -> State:
        row = self.row
        if self.went:
            return self.went
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
class Endorsed:
    """A draft as it was endorsed, and how many copies were printed of it. `holds`: it may still be printed
    and sent.
    """

    revision: int
    digest: str
    by: str
    on: date
    copies: int
    holds: bool


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document with its drafts, printings and trail, latest first."""

    shown: DocumentRow
    drafts: Sequence[Row]
    printings: Sequence[Row]
    trail: Sequence[Row]

    @property
    def endorsed(self) -> Mapping[str, Endorsed]:
        """Every draft whose endorsement was not taken back, by digest, the latest first: also one that was
        replaced, which stays what it was.
        """
        row, found = self.shown.row, dict[str, Endorsed]()
        taken_back = set[str]()
        for entry in self.trail:
            digest = entry["facts"].get("digest", "")
            if entry["act"] == "settlement-withdrawn":
                taken_back.add(digest)
            elif entry["act"] == "document-settled" and digest not in taken_back | found.keys():
                copies = sum(each["copies"] for each in self.printings if each["digest"] == digest)
                holds = bool(row["holds"]) and digest == row["settled_digest"]
                revision, by, day = entry["facts"]["revision"], entry["by"], entry["occurred_on"]
                found[digest] = Endorsed(revision, digest, by, day, copies, holds)
        return found


async def cycle_facts(conn: Connection, of_cycle: str) -> CycleFacts | None:
    """What the letters of a cycle need to know about it."""
    cycle = cycles.cycle
    row = await fetch_one(conn, select(cycle).where(cycle.c.cycle == of_cycle))
    return msgspec.convert(row, CycleFacts) if row else None


async def drafts(conn: Connection, of_cycle: str) -> Mapping[str, Sequence[Row]]:
    """Every draft of the documents of a cycle, by stream. Ask only for who may see the documents."""
    found: dict[str, list[Row]] = {}
    statement = select(draft).where(
        draft.c.stream.startswith(streams.documents_of(of_cycle), autoescape=True)
    )
    for row in await fetch(conn, statement.order_by(draft.c.revision.desc())):
        found.setdefault(row["stream"], []).append(row)
    return found


async def documents(conn: Connection, viewer: Viewer, of_cycle: str) -> list[DocumentRow]:
    """The documents that a cycle has by its SOP; empty for who may not see them."""
    sop = await sop_of(conn, of_cycle)
    if sop is None or not viewer.may_see(""):
        return []
    rows = await fetch(
        conn, select(document).where(document.c.cycle == of_cycle, viewer.sees(OF_THE_KABUPATEN))
    )
    asked = await fetch_one(conn, select(endorsement).where(endorsement.c.cycle == of_cycle)) or {}
    printed = select(
        printing.c.stream, printing.c.digest, func.sum(printing.c.copies).label("copies")
    ).group_by(printing.c.stream, printing.c.digest)
    copies = {(row["stream"], row["digest"]): row["copies"] for row in await fetch(conn, printed)}
    found = {row["stream"]: row for row in rows}
    went = await letters_gone(conn, of_cycle)
    return [
        _document_row(kind, found.get(streams.document(of_cycle, kind), {}), asked, copies, went)
        for kind in document_kinds().kind
        if kind in sop.papers
    ]


async def letters_gone(
    conn: Connection, of_cycle: str
) -> Mapping[tuple[str, str], Literal["sent", "received"]]:
    """How far the dispatches are that left the house, by each letter in them and its digest."""
    gone = (dispatch.c.cycle == of_cycle, dispatch.c.sent_on.is_not(None))
    joined = select(dispatch_item.c.document, dispatch_item.c.digest, dispatch.c.status).join(
        dispatch, dispatch.c.stream == dispatch_item.c.stream
    )
    rows, letters = await fetch(conn, joined.where(*gone)), document_kinds().letters
    return {(row["document"], row["digest"]): row["status"] for row in rows if row["document"] in letters}


def _document_row(
    kind: Kind,
    row: Row,
    asked: Row,
    copies: Mapping[tuple[str, str], int],
    went: Mapping[tuple[str, str], Literal["sent", "received"]],
) -> DocumentRow:
    of_settled = (row.get("stream", ""), row.get("settled_digest") or "")
    return DocumentRow(
        kind,
        row,
        asked if kind == "laporan" else {},
        copies.get(of_settled, 0),
        went.get((kind, row.get("digest") or ""), ""),
    )


async def document_of(conn: Connection, viewer: Viewer, of_cycle: str, kind: Kind) -> DocumentView | None:
    """One document; None if this viewer may see none."""
    shown = next((row for row in await documents(conn, viewer, of_cycle) if row.kind == kind), None)
    if shown is None:
        return None
    stream = streams.document(of_cycle, kind)
    return DocumentView(
        shown=shown,
        drafts=await fetch(
            conn, select(draft).where(draft.c.stream == stream).order_by(draft.c.revision.desc())
        ),
        printings=await fetch(
            conn, select(printing).where(printing.c.stream == stream).order_by(printing.c.version.desc())
        ),
        trail=(await trail_of(conn, stream))[::-1],
    )


async def settled_digest(conn: Connection, of_cycle: str) -> str:
    """The endorsed report of a cycle; empty while there is none, or when its figures no longer hold."""
    statement = select(document.c.settled_digest).where(
        document.c.stream == streams.document(of_cycle, "laporan"), document.c.holds
    )
    row = await fetch_one(conn, statement)
    return (row["settled_digest"] if row else None) or ""
