"""Events of intake about services that go over from one agency to another in a running cycle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.values import (
    AttachedEvidence,
    CellAuthor,
    EventRef,
    Explanation,
    FieldNote,
    Figure,
    FileAuthor,
)

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesHandedOver:
    """Services of a submission go over to another agency of the region in the running cycle, with all that
    was entered: `taker` has them from now on, by the `ServicesTakenOver` that is recorded with this.

    `held` are the services that stay; where none does, the submission is withdrawn. `figures`, `evidence` and
    `fields` (remarks that still stand) go along, `left` are files that stay because they support others too.
    `authors` and `attached` say whose each cell and file is, `contributors` who worked on the submission
    (R17). `letter` names the decree.
    """

    cycle: str
    catalogue: int
    agency: str
    agency_name: str
    period: str
    taker: str
    taker_name: str
    services: tuple[str, ...]
    held: tuple[str, ...]
    figures: Mapping[str, Figure]
    authors: tuple[CellAuthor, ...]
    evidence: tuple[AttachedEvidence, ...]
    left: tuple[AttachedEvidence, ...]
    attached: tuple[FileAuthor, ...]
    fields: tuple[FieldNote, ...]
    explanations: tuple[Explanation, ...]
    contributors: tuple[str, ...]
    reason: str
    letter: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesTakenOver:
    """The other side of `ServicesHandedOver`: these services came from `giver`, with all that was entered.

    `held` are all services that the submission has now. `figures` and `authors` are of those that came;
    `evidence` the files that came, as they are attached now, `fields` all remarks that stand now.
    """

    cycle: str
    catalogue: int
    agency: str
    agency_name: str
    period: str
    giver: str
    giver_name: str
    services: tuple[str, ...]
    held: tuple[str, ...]
    figures: Mapping[str, Figure]
    authors: tuple[CellAuthor, ...]
    evidence: tuple[AttachedEvidence, ...]
    attached: tuple[FileAuthor, ...]
    fields: tuple[FieldNote, ...]
    explanations: tuple[Explanation, ...]
    contributors: tuple[str, ...]
    reason: str
    letter: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPartsChanged:
    """A step waits for these parts from now on, because services went over from one agency to another;
    `cause` is the event that says so.
    """

    cycle: str
    step: str
    parts: tuple[str, ...]
    by: str
    occurred_on: date
    cause: EventRef
