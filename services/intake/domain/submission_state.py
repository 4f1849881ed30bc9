"""What a submission remembers of its events, so that the next decision can be taken.

SOP step 7. Previous hop: the event store. Next hop: `submission.py`, which decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from shared.contracts.intake import (
    EvidenceAttached,
    EvidenceWithdrawn,
    FigureEntered,
    SignedSheetAttached,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import AttachedEvidence, Figure
from shared.eventsourcing.combined import combined
from shared.spm.catalogue import Service, catalogues
from shared.spm.cells import changes

Event = (
    SubmissionOpened
    | FigureEntered
    | EvidenceAttached
    | EvidenceWithdrawn
    | SubmissionReceived
    | SignedSheetAttached
    | SubmissionReopened
)
BLANK = Figure()


# State


@dataclass(frozen=True, slots=True)
class Wrote:
    """Who gave a cell its present value, and on which day."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Filling:
    """It may be changed. `last`: the revision that was handed in before, 0 where none was."""

    last: int = 0


@dataclass(frozen=True, slots=True)
class HandedIn:
    """It lies with Tim SPM as this revision; nothing of it changes."""

    revision: int


@dataclass(frozen=True, slots=True)
class Submission:
    """`catalogue` is the version that it is filled in by. `phase`: None before it is opened.
    `contributors` worked on any revision (R17).

    `written`: by service and cell, who changed it last. `handed_in`: the revision by its digest.
    `signed`: (digest, file) of scanned papers.
    """

    cycle: str = ""
    catalogue: int = 0
    agency: str = ""
    agency_name: str = ""
    period: str = ""
    services: tuple[str, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    evidence: tuple[AttachedEvidence, ...] = ()
    written: Mapping[str, Mapping[str, Wrote]] = field(default_factory=dict)
    handed_in: Mapping[str, int] = field(default_factory=dict)
    signed: frozenset[tuple[str, str]] = frozenset()
    contributors: tuple[str, ...] = ()
    phase: Filling | HandedIn | None = None

    def asked_for(self, service: str) -> Service:
        """A service as the catalogue of this submission's cycle has it."""
        return catalogues()[self.catalogue].services[service]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(service for service in self.services if service not in self.figures)

    def wrote(self, service: str, field: str) -> Wrote | None:
        return self.written.get(service, {}).get(field)

    def attached(self, digest: str) -> AttachedEvidence | None:
        return next((entry for entry in self.evidence if entry.file.digest == digest), None)


# Evolve


def evolve(submission: Submission, event: Event) -> Submission:
    match event:
        case SubmissionOpened():
            return combined(Submission, event, phase=Filling())
        case FigureEntered():
            return entered(contributed(submission, event.by), event)
        case EvidenceAttached(evidence=attached):
            others = tuple(
                entry for entry in submission.evidence if entry.file.digest != attached.file.digest
            )
            return replace(contributed(submission, event.by), evidence=(*others, attached))
        case EvidenceWithdrawn():
            kept = tuple(entry for entry in submission.evidence if entry.file.digest != event.digest)
            return replace(contributed(submission, event.by), evidence=kept)
        case SubmissionReceived(revision=revision):
            handed_in = {**submission.handed_in, event.digest: revision}
            return replace(contributed(submission, event.by), phase=HandedIn(revision), handed_in=handed_in)
        case SignedSheetAttached():
            return replace(submission, signed=submission.signed | {(event.sheet, event.file.digest)})
        case SubmissionReopened():
            return replace(submission, phase=Filling(last=event.revision))
        case _:
            assert_never(event)


def entered(submission: Submission, event: FigureEntered) -> Submission:
    """The figure as it is now, and whose each of its changed cells is."""
    changed = changes(submission.figures.get(event.service, BLANK), event.figure)
    written = {
        **submission.written.get(event.service, {}),
        **dict.fromkeys(changed, Wrote(event.by, event.occurred_on)),
    }
    return replace(
        submission,
        figures=with_figure(submission.figures, event.service, event.figure),
        written={**submission.written, event.service: written},
    )


def contributed(submission: Submission, person: str) -> Submission:
    if person in submission.contributors:
        return submission
    return replace(submission, contributors=(*submission.contributors, person))


def with_figure(figures: Mapping[str, Figure], service: str, figure: Figure) -> Mapping[str, Figure]:
    """A figure without anything in it is a blank again."""
    if figure != BLANK:
        return {**figures, service: figure}
    return {known: before for known, before in figures.items() if known != service}
