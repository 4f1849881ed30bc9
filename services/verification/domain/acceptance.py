"""Acceptance: the services of a submission that Tim SPM looked at and accepts as they are.

SOP step 8. Used by `verification.py`, whose state it is part of. It holds over the rounds until the figure or
its evidence changes, or somebody asks about it again; the approval of the whole needs none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.verification.domain.talk import Threads
from shared.contracts.fields import Digest, Key, Person
from shared.contracts.talk import FigureAccepted, QuestionAsked
from shared.contracts.verification import SubmissionReturned, VerificationOpened
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.spm.evidence import unsupported

Accepted = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptFigure:
    """The figure of one service of what `digest` names is accepted."""

    service: Key
    digest: Digest
    by: Person
    occurred_on: date


def accept(
    command: AcceptFigure, opened: VerificationOpened, accepted: Accepted, threads: Threads
) -> Sequence[FigureAccepted]:
    """Nothing where it is accepted already. Raises Refused for a service that the submission does not have,
    one that is asked about, and one without evidence (R07).
    """
    if command.service not in opened.figures:
        raise Refused("note-service", "Layanan ini tidak ada dalam isian.", field="service")
    if command.service in accepted:
        return []
    if any(thread.open for (service, _), thread in threads.items() if service == command.service):
        sentence = "Masih ada percakapan terbuka tentang layanan ini: nyatakan selesai lebih dahulu."
        raise Refused("figure-questioned", sentence, field="service")
    if command.service in unsupported(opened.figures, opened.evidence):
        sentence = "Layanan ini belum ada berkas buktinya, jadi angkanya tidak dapat diterima."
        raise Refused("R07", sentence, field="service")
    return [combined(FigureAccepted, opened, command)]


def evolve(accepted: Accepted, event: object) -> Accepted:
    """What is accepted after an event of the submission's verification."""
    match event:
        case FigureAccepted(service=service):
            return accepted | {service}
        case QuestionAsked(service=service):
            return accepted - {service}
        case SubmissionReturned(fields=fields):
            return accepted - {note.service for note in fields}
        case VerificationOpened(changes=changes):
            return accepted - {change.service for change in changes}
        case _:
            return accepted
