"""Paper: how far one document is, and what becomes of it when figures are released, withdrawn or printed.

SOP steps 4, 5, 9, 10, 11. Used by `document.py`, whose state it is part of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.documents.domain.document_commands import ReleaseFigures
from shared.contracts.documents import (
    CopiesPrinted,
    DocumentDrafted,
    DocumentSettled,
    DraftRestored,
    FiguresWithdrawn,
    SettlementWithdrawn,
)
from shared.eventsourcing.combined import combined


@dataclass(frozen=True, slots=True)
class NotDrafted:
    """Nothing is written yet."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft that holds. `handed_over`: the drafts of a decree that went to Bagian Hukum."""

    draft: DocumentDrafted
    handed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """The decree has its number; nothing of it changes."""

    draft: DocumentDrafted


@dataclass(frozen=True, slots=True)
class Settled:
    """Endorsed, which may be printed; `printed`: and was."""

    draft: DocumentDrafted
    event: DocumentSettled
    printed: bool = False

    @property
    def digest(self) -> str:
        return self.event.digest


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The figures behind the draft hold no longer. `settled`: it was endorsed before that."""

    draft: DocumentDrafted
    settled: bool


Paper = NotDrafted | Drafted | Issued | Settled | Overtaken


def overtaken(command: ReleaseFigures, paper: Paper) -> Sequence[FiguresWithdrawn]:
    """The draft holds no longer when other figures are released than it was compiled from, although nobody
    voided an approval before: a submission may come to be required later. What a draft of version 1 was
    compiled from nobody said; it holds until an approval is voided.
    """
    if not isinstance(paper, Drafted | Settled):
        return []
    before, now = paper.draft.basis, command.digests
    if not before or before == now:
        return []
    changed = min(name for name in {*before, *now} if before.get(name) != now.get(name))
    return [combined(FiguresWithdrawn, command, submission=changed, digest=before.get(changed, ""))]


def restored(command: ReleaseFigures, paper: Paper) -> Sequence[DraftRestored]:
    """An approval was taken back and given again for the very same figures: the draft that rests on them
    holds again, as it waits again for its endorsement.
    """
    match paper:
        case Overtaken(draft=draft, settled=False) if draft.basis and draft.basis == command.digests:
            return [combined(DraftRestored, draft, digest=draft.file.digest)]
        case _:
            return []


def without_figures(paper: Paper) -> Paper:
    match paper:
        case Drafted(draft=draft):
            return Overtaken(draft, settled=False)
        case Settled(draft=draft):
            return Overtaken(draft, settled=True)
        case NotDrafted() | Issued() | Overtaken():
            return paper


def after(paper: Paper, event: SettlementWithdrawn | CopiesPrinted | DraftRestored) -> Paper:
    match event, paper:
        case SettlementWithdrawn(), Settled(draft=draft):
            return Drafted(draft)
        case DraftRestored(), Overtaken(draft=draft):
            return Drafted(draft)
        case CopiesPrinted(), Settled():
            return replace(paper, printed=True)
        case _:
            raise AssertionError("only what is endorsed is printed, or taken back")


def standing_draft(paper: Paper) -> Drafted:
    assert isinstance(paper, Drafted), "only a draft that holds is handed over, issued or endorsed"
    return paper
