"""What is known of a submission: how its events add up to what the rules decide about.

SOP step 7. Previous hop: `submission_commands.py`, with what is asked. Next hop: `submission.py` and
`handing_over.py`, which decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from shared.contracts.values import AttachedEvidence, FieldNote, Figure
from shared.spm.catalogue import Service, catalogues

BLANK = Figure()


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
class Withdrawn:
    """All its services went over to other agencies; `last` as in Filling."""

    last: int


@dataclass(frozen=True, slots=True)
class Submission:
    """`catalogue` is the version that it is filled in by. `phase`: None before it is opened.
    `contributors` worked on any revision (R17).

    `written`: by service and cell, who changed it last. `handed_in`: the revision by its digest.
    `signed`: (digest, file) of scanned papers. `attached_by`: by the digest of a file. `notes`: remarks of
    Tim SPM that came with the return, until it is handed in again.
    """

    cycle: str = ""
    catalogue: int = 0
    agency: str = ""
    agency_name: str = ""
    period: str = ""
    services: tuple[str, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    evidence: tuple[AttachedEvidence, ...] = ()
    attached_by: Mapping[str, Wrote] = field(default_factory=dict)
    notes: tuple[FieldNote, ...] = ()
    written: Mapping[str, Mapping[str, Wrote]] = field(default_factory=dict)
    handed_in: Mapping[str, int] = field(default_factory=dict)
    signed: frozenset[tuple[str, str]] = frozenset()
    contributors: tuple[str, ...] = ()
    phase: Filling | HandedIn | Withdrawn | None = None

    def asked_for(self, service: str) -> Service:
        """A service as the catalogue of this submission's cycle has it."""
        return catalogues()[self.catalogue].services[service]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(service for service in self.services if service not in self.figures)

    def wrote(self, service: str, place: str) -> Wrote | None:
        return self.written.get(service, {}).get(place)

    def attached(self, digest: str) -> AttachedEvidence | None:
        return next((entry for entry in self.evidence if entry.file.digest == digest), None)


def contributed(submission: Submission, *persons: str) -> Submission:
    """With these persons among those who worked on it."""
    return replace(submission, contributors=tuple(dict.fromkeys((*submission.contributors, *persons))))
