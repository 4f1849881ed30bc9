"""What may be asked of a submission: the commands that agency, office, process manager and a return give.

SOP step 7. Previous hop: pages, JSON and the process manager. Next hop: `submission.py`, which decides.
`by_token`: the token of a system may give it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from shared.contracts.fields import (
    CycleId,
    Digest,
    Id,
    Name,
    Person,
    Place,
    PrintedProse,
    Prose,
    Short,
    Small,
)
from shared.contracts.values import (
    AttachedEvidence,
    CellAuthor,
    EventRef,
    Explanation,
    FieldNote,
    Figure,
    FileAuthor,
    StoredFile,
)
from shared.spm.meaning.grounds import NO_GROUNDS, Grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSubmission:
    """`catalogue`: the version that the cycle was opened under; all rules of this submission are by it."""

    cycle: CycleId
    catalogue: Small
    agency: Id
    agency_name: Name
    period: Id
    services: tuple[Id, ...]
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterFigure:
    """The figure of one service as typed. `seen` is what the person had before:
    only cells that differ from it are changed.

    None: the whole figure replaces whatever is stored;
    cells left out are blank, and `Figure()` takes the figure back.
    """

    by_token: ClassVar[bool] = True

    service: Id
    figure: Figure
    seen: Figure | None = None
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachEvidence:
    by_token: ClassVar[bool] = True

    evidence: AttachedEvidence
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawEvidence:
    by_token: ClassVar[bool] = True

    digest: Digest
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainWarning:
    """Why a figure is as it is, to what a rule finds at one cell of it, held against `grounds`."""

    service: Id
    rule: Short
    place: Place
    text: PrintedProse
    grounds: Grounds = NO_GROUNDS
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """`digest` is what the person saw: if anything else would be handed in, nothing is.
    None: the caller named the version of the stream. `holders` answer for the tokens that filled in, as if
    they had done it themselves. `grounds` are what the rules hold the figures against. `answered`: the points
    of the return that the agency answered, or Tim SPM settled; the talk lies with verification.
    """

    digest: Digest | None = None
    holders: tuple[Person, ...] = ()
    answered: tuple[FieldNote, ...] = ()
    grounds: Grounds = NO_GROUNDS
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachSignedSheet:
    """The scan of the signed paper; `sheet` is the digest that stands on it."""

    sheet: Digest
    file: StoredFile
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """The agency wants to change what it handed in.
    `endorsed`: the report that rests on it is endorsed already.
    """

    reason: Prose
    endorsed: bool
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Tim SPM returned `revision`; `cause` is their event."""

    revision: Small
    reason: Prose
    fields: tuple[FieldNote, ...]
    by: Person
    occurred_on: date
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverServices:
    """These services are another agency's from now on. `endorsed`: the report is endorsed already."""

    services: tuple[Id, ...]
    taker: Id
    taker_name: Name
    reason: Prose
    letter: Name
    endorsed: bool
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverServices:
    """What `HandOverServices` gives away arrives at the other agency; decided and recorded with it."""

    cycle: CycleId
    catalogue: Small
    agency: Id
    agency_name: Name
    period: Id
    giver: Id
    giver_name: Name
    services: tuple[Id, ...]
    figures: Mapping[Id, Figure]
    authors: tuple[CellAuthor, ...]
    evidence: tuple[AttachedEvidence, ...]
    attached: tuple[FileAuthor, ...]
    fields: tuple[FieldNote, ...]
    explanations: tuple[Explanation, ...]
    contributors: tuple[Person, ...]
    reason: Prose
    letter: Name
    by: Person
    occurred_on: date


Command = (
    OpenSubmission
    | EnterFigure
    | AttachEvidence
    | WithdrawEvidence
    | ExplainWarning
    | HandIn
    | AttachSignedSheet
    | TakeBack
    | Reopen
    | HandOverServices
    | TakeOverServices
)
