"""Events and commands of one document, short enough for tests that read as sentences."""

from datetime import date

from services.documents.domain.document import document
from services.documents.domain.document_commands import (
    DraftReport,
    DraftTeamDecree,
    Finished,
    HandOver,
    IssueTeamDecree,
    OpenDocument,
    RecordCopies,
    ReleaseFigures,
    SettleDocument,
    WithdrawFigures,
)
from shared.contracts.documents import (
    CopiesPrinted,
    DocumentDrafted,
    DocumentHandedOver,
    DocumentOpened,
    DocumentSettled,
    DraftRestored,
    FiguresReleased,
    FiguresWithdrawn,
    Kind,
    TeamDecreeIssued,
)
from shared.contracts.values import StoredFile
from tests.support.given_when_then import Given

CYCLE = "3402-2026"
DAY = date(2027, 3, 10)
LATER = date(2027, 3, 12)
BASIS = {"submission-a": "digest-a", "submission-b": "digest-b"}
RELEASED = FiguresReleased(cycle=CYCLE, document="laporan", digests=BASIS, verifiers=("rahmat",))
WITHDRAWN = FiguresWithdrawn(cycle=CYCLE, document="laporan", submission="submission-a", digest="digest-a")
MORE = {**BASIS, "submission-c": "digest-c"}
RELEASED_MORE = FiguresReleased(cycle=CYCLE, document="laporan", digests=MORE, verifiers=("rahmat",))
OVERTAKEN = FiguresWithdrawn(cycle=CYCLE, document="laporan", submission="submission-c", digest="")
"""A third submission came to be required when the report was drafted from the first two."""
RECEIPT = StoredFile(digest="cc", name="terima.pdf", media_type="application/pdf", size=10)


def file(digest: str) -> StoredFile:
    return StoredFile(digest=digest, name="berkas.pdf", media_type="application/pdf", size=1000)


def finished(digest: str) -> Finished:
    return Finished(file=file(digest), data_digest="data", template_digest="template", engine="typst 0.15.2")


def opened(kind: Kind) -> DocumentOpened:
    steps = {"sk_tim": "decree_draft", "laporan": "report_draft"}
    return DocumentOpened(cycle=CYCLE, document=kind, kind=kind, step=steps.get(kind, "endorsement"))


def drafted(kind: Kind, digest: str = "draft-1", revision: int = 1) -> DocumentDrafted:
    report = kind == "laporan"
    of_report = {"verifiers": ("rahmat",) if report else (), "basis": BASIS if report else {}}
    made_of = {"data_digest": "data", "template_digest": "template", "engine": "typst 0.15.2", **of_report}
    said = {"document": kind, "kind": kind, "revision": revision, "file": file(digest), **made_of}
    return DocumentDrafted(cycle=CYCLE, **said, by="tono", occurred_on=DAY)


DRAFT = {"cycle": CYCLE, "document": "laporan", "digest": "draft-1"}
TONO = {"by": "tono", "occurred_on": LATER}
RESTORED = DraftRestored(**DRAFT, revision=1, by="tono")
SETTLED = DocumentSettled(
    **DRAFT, kind="laporan", revision=1, file=file("draft-1"), endorsed_by="kurnia", occurred_on=LATER
)
HANDED_OVER = DocumentHandedOver(
    **{**DRAFT, "document": "sk_tim"},
    revision=1,
    handed_to="Wulan, Bagian Hukum",
    reference="ND/12",
    receipt=RECEIPT,
    **TONO,
)
ISSUED = TeamDecreeIssued(
    cycle=CYCLE,
    document="sk_tim",
    number="130/5/HK/2027",
    issued_on=LATER,
    file=None,
    by="tono",
    occurred_on=date(2027, 3, 20),
)
PRINTED = CopiesPrinted(**DRAFT, copies=5, **TONO)
TEAM_DECREE = (opened("sk_tim"), drafted("sk_tim"))
REPORT = (RELEASED, opened("laporan"))


def given(*history: object) -> Given:
    return Given(document, history)


def open_(kind: Kind, step: int) -> OpenDocument:
    return OpenDocument(cycle=CYCLE, document=kind, kind=kind, step=step)


def draft_report(digest: str = "draft-1", **basis: str) -> DraftReport:
    return DraftReport(finished=finished(digest), basis=basis or BASIS, by="tono", occurred_on=DAY)


def draft_team_decree(digest: str = "draft-1") -> DraftTeamDecree:
    return DraftTeamDecree(finished=finished(digest), by="tono", occurred_on=DAY)


def release(**digests: str) -> ReleaseFigures:
    return ReleaseFigures(cycle=CYCLE, document="laporan", digests=digests or BASIS, verifiers=("rahmat",))


def withdraw(submission: str = "submission-a", digest: str = "digest-a") -> WithdrawFigures:
    return WithdrawFigures(cycle=CYCLE, document="laporan", submission=submission, digest=digest)


def hand_over(
    digest: str = "draft-1", handed_to: str = " Wulan, Bagian Hukum ", on: date = LATER
) -> HandOver:
    return HandOver(
        digest=digest, handed_to=handed_to, reference=" ND/12 ", receipt=RECEIPT, by="tono", occurred_on=on
    )


def issue(number: str = " 130/5/HK/2027 ", issued_on: date = LATER) -> IssueTeamDecree:
    return IssueTeamDecree(
        number=number, issued_on=issued_on, file=None, by="tono", occurred_on=date(2027, 3, 20)
    )


def settle(digest: str = "draft-1") -> SettleDocument:
    return SettleDocument(digest=digest, endorsed_by="kurnia", occurred_on=LATER)


def copies(count: int = 5, digest: str = "draft-1", reason: str = "") -> RecordCopies:
    return RecordCopies(digest=digest, copies=count, reason=reason, by="tono", occurred_on=LATER)
