"""What is known of a submission: how its events add up to what the rules decide about, and which warnings are
explained.

SOP step 7. Previous hop: `submission_commands.py`, with what is asked. Next hop: `submission.py` and
`handing_over.py`, which decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.intake.domain.submission_commands import ExplainWarning
from shared.contracts.values import AttachedEvidence, Explanation, FieldNote, Figure
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import Service, catalogues
from shared.spm.meaning.grounds import Submitted
from shared.spm.meaning.judging import asking
from shared.spm.rules import Finding

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


About = tuple[str, str, str]
"""Service, rule and cell: what one explanation is about."""
Explained = Mapping[About, Explanation]
Stood = tuple[Mapping[str, Figure], tuple[AttachedEvidence, ...]]
"""Figures and evidence of one moment."""


@dataclass(frozen=True, slots=True)
class Submission:
    """`catalogue` is the version that it is filled in by. `phase`: None before it is opened.
    `contributors` worked on any revision (R17).

    `written`: by service and cell, who changed it last. `handed_in`: the revision by its digest.
    `signed`: (digest, file) of scanned papers. `attached_by`: by the digest of a file. `notes`: remarks of
    Tim SPM that came with the return, until it is handed in again. `returned`: figures and evidence as they
    were when it was opened again.
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
    returned: Stood = field(default_factory=lambda: ({}, ()))
    written: Mapping[str, Mapping[str, Wrote]] = field(default_factory=dict)
    handed_in: Mapping[str, int] = field(default_factory=dict)
    signed: frozenset[tuple[str, str]] = frozenset()
    explained: Explained = field(default_factory=dict)
    contributors: tuple[str, ...] = ()
    phase: Filling | HandedIn | Withdrawn | None = None

    def asked_for(self, service: str) -> Service:
        """A service as the catalogue of this submission's cycle has it."""
        return catalogues()[self.catalogue].services[service]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(service for service in self.services if service not in self.figures)

    def as_judged(self) -> Submitted:
        """As the rules look at it."""
        return Submitted(catalogues()[self.catalogue], self.figures, self.evidence)

    def wrote(self, service: str, place: str) -> Wrote | None:
        return self.written.get(service, {}).get(place)

    def attached(self, digest: str) -> AttachedEvidence | None:
        return next((entry for entry in self.evidence if entry.file.digest == digest), None)


def refuse_unanswered(submission: Submission, answered: Sequence[FieldNote]) -> None:
    """A point of the return is answered, or its service is not as it was returned. Raises Refused."""
    said = {(point.service, point.field) for point in answered}
    open_ = [
        point
        for point in submission.notes
        if (point.service, point.field) not in said and not _mended(submission, point.service)
    ]
    if open_:
        raise Refused(
            "points-unanswered",
            "{n} catatan Tim SPM belum dijawab dan angkanya belum berubah; yang pertama pada {service}. "
            "Jawab di samping angkanya, atau perbaiki angkanya.",
            field=f"jawab:{open_[0].service}:{open_[0].field}",
            n=len(open_),
            service=submission.asked_for(open_[0].service).name,
        )


def _mended(submission: Submission, service: str) -> bool:
    """Whether figure or evidence of a service changed since the return; what came from another agency since
    then did.
    """
    figures, evidence = submission.returned
    before, now = (
        (known.get(service, BLANK), [one.file.digest for one in files if service in one.services])
        for known, files in ((figures, evidence), (submission.figures, submission.evidence))
    )
    return before != now


def place_of(about: Finding | Explanation) -> About:
    """What a finding asks about, or an explanation answers."""
    return (about.service, about.rule, about.field)


def explained(finding: Finding, said: Explained) -> Explanation | None:
    """What the agency says to this finding; None where what it said was about other figures."""
    found = said.get(place_of(finding))
    return found if found is not None and found.facts == finding.said else None


def explanation_of(command: ExplainWarning, found: Sequence[Finding], said: Explained) -> Explanation | None:
    """What is to be recorded; None where just this is said already. Raises Refused."""
    wanted = (command.service, command.rule, command.place)
    finding = next((one for one in asking(found) if place_of(one) == wanted), None)
    if finding is None:
        raise Refused(
            "finding-gone",
            "Peringatan {rule} ini tidak ada pada isian ini; muat ulang untuk melihat yang masih ada.",
            field="text",
            rule=wanted[1],
        )
    text = command.text.strip()
    if not text:
        raise Refused(
            "explanation-empty",
            "Tulis penjelasannya, agar Tim SPM dan pembaca laporan mengerti.",
            field="text",
        )
    before = explained(finding, said)
    if before is not None and before.text == text:
        return None
    return combined(Explanation, command, finding, facts=finding.said, text=text)


def refuse_blocking(found: Sequence[Finding], prefix: str = "") -> None:
    first = next((finding for finding in found if finding.level == "block"), None)
    if first is not None:
        raise Refused(first.rule, first.sentence, field=prefix + first.field, **first.facts)


def all_explained(found: Sequence[Finding], said: Explained) -> tuple[Explanation, ...]:
    """The explanations of all warnings. Raises Refused where one has none."""
    pairs = [(finding, explained(finding, said)) for finding in asking(found)]
    open_ = [finding for finding, explanation in pairs if explanation is None]
    if open_:
        service, rule, _cell = place_of(open_[0])
        raise Refused(
            "explanation-missing",
            "{n} peringatan belum dijelaskan; yang pertama {rule} pada layanan {service}.",
            field=f"jelas:{':'.join(place_of(open_[0]))}",
            n=len(open_),
            rule=rule,
            service=service,
        )
    return tuple(explanation for _finding, explanation in pairs if explanation is not None)


def contributed(submission: Submission, *persons: str) -> Submission:
    """With these persons among those who worked on it."""
    if set(persons) <= set(submission.contributors):
        return submission
    return replace(submission, contributors=tuple(dict.fromkeys((*submission.contributors, *persons))))
