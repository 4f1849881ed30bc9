"""Events of documents: drafts, hand-over, printing, dispatch and the receipts that come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from shared.contracts.values import DispatchItem, StoredFile, Unsaid
from shared.sop.document_kinds import document_kinds

PRODUCER = "documents"

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(document_kinds().kind)]
"""A kind of document, as `document_kinds.toml` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOpened:
    """A document may now be drafted, because its SOP step started: `step` is the key.
    Version 1 said the number under 04/SOP/2022.
    """

    schema: ClassVar[int] = 2

    cycle: str
    document: str
    kind: Kind
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresReleased:
    """The report may be drafted from exactly these approved figures:
    `digests` by submission stream, `verifiers` who approved them, `contributors` who entered or handed in
    (R17); version 1 did not name these.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"contributors": []}}

    cycle: str
    document: str
    digests: Mapping[str, str]
    verifiers: tuple[str, ...]
    contributors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresWithdrawn:
    """What was released no longer holds, and drafts made from it may not be printed: the approval of
    `submission` as `digest` is void, or (`digest` empty) it was not required yet when the figures were
    released.
    """

    cycle: str
    document: str
    submission: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDrafted:
    """A draft was finished. `data_digest` is the SHA-256 of the data it was made from, `template_digest` that
    of template and fonts, `engine` the exact renderer: the same three give the same bytes. `verifiers`
    (laporan only): who verified the figures in it. `basis` (laporan only): the digest of each approved
    submission that it was compiled from, by submission stream; version 1 did not say it. `correction`: the
    official correction that it was drafted for; before version 3 there was none.
    """

    schema: ClassVar[int] = 3
    unsaid: ClassVar[Unsaid] = {1: {"basis": {}}, 2: {"correction": 0}}

    cycle: str
    document: str
    kind: Kind
    revision: int
    file: StoredFile
    data_digest: str
    template_digest: str
    engine: str
    verifiers: tuple[str, ...]
    basis: Mapping[str, str]
    by: str
    occurred_on: date
    correction: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHandedOver:
    """The draft SK went to Bagian Hukum. `receipt` is the scan of the hand-over note, if there is one."""

    cycle: str
    document: str
    revision: int
    digest: str
    handed_to: str
    reference: str
    receipt: StoredFile | None
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDecreeIssued:
    """SK ditetapkan: number and date given by the Bupati. Its absence warns and never blocks."""

    cycle: str
    document: str
    number: str
    issued_on: date
    file: StoredFile | None
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSettled:
    """The endorsed digest of a document is now the only one that may be printed and sent. `correction`: the
    official correction that it was drafted for; before version 2 there was none.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"correction": 0}}

    cycle: str
    document: str
    kind: Kind
    revision: int
    digest: str
    file: StoredFile
    endorsed_by: str
    occurred_on: date
    correction: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRestored:
    """The figures that a draft rests on, which were withdrawn, are approved again exactly as they were: the
    draft holds again. `by` drafted it.
    """

    cycle: str
    document: str
    revision: int
    digest: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementWithdrawn:
    """Who endorsed takes it back with a reason, before any copy was printed: nothing may be printed or sent
    until a draft is endorsed again. `by` is the person of `endorsed_by`, in whichever office.
    """

    cycle: str
    document: str
    revision: int
    digest: str
    endorsed_by: str
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesPrinted:
    """`copies` sheets-bound copies were made from exactly the endorsed file `digest`. `reason`: why, where
    some were made of it before; before version 2 nobody was asked.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"reason": ""}}

    cycle: str
    document: str
    digest: str
    copies: int
    by: str
    occurred_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchItemReady:
    """A file that this dispatch has to carry is final; a later one for the same document takes its place."""

    cycle: str
    dispatch: str
    item: DispatchItem


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchItemWithdrawn:
    """A file that lay ready must not be sent any more, because the figures behind it no longer hold."""

    cycle: str
    dispatch: str
    document: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchQueued:
    """A dispatch to one recipient over one channel is ready (ETSI EN 319 522 evidence A.1)."""

    cycle: str
    dispatch: str
    recipient: str
    recipient_name: str
    channel: str
    items: tuple[DispatchItem, ...]
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchSent:
    """The items left the house: by the manual adapter an agenda number and a carrier (evidence F)."""

    cycle: str
    dispatch: str
    recipient: str
    agenda_number: str
    carrier: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecorded:
    """The recipient signed for it (evidence E.1): tanda terima with who took it, when, and its scan."""

    cycle: str
    dispatch: str
    recipient: str
    received_by: str
    received_on: date
    reference: str
    scan: StoredFile
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchCorrected:
    """One fact of a sending or of its receipt was written down wrongly; what was said before stays in
    history. A day is YYYY-MM-DD; version 1 kept it as it was typed.
    """

    schema: ClassVar[int] = 2

    cycle: str
    dispatch: str
    recipient: str
    field: Literal["agenda_number", "carrier", "received_by", "received_on", "reference"]
    before: str
    after: str
    reason: str
    by: str
    occurred_on: date
