"""Certificate (sertifikat putar ulang): asked for, answered by each service, then issued or given up.

SOP step 13, and every step before it. One stream for all certificates, because one is open at a time.
Previous hop: a person or the schedule; `process_manager.py` with what a service found. Next hop: every
service, which compares itself; whoever signs and files when all have answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

from services.archive.domain.archive_item import Mode
from shared.contracts.fields import Name, Person, Prose
from shared.contracts.replayed.certificate import (
    CertificateAsked,
    CertificateGivenUp,
    CertificateIssued,
    StatementTaken,
)
from shared.contracts.replayed.statement import Verdict
from shared.contracts.values import StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.service_names import SERVICES

Event = CertificateAsked | StatementTaken | CertificateGivenUp | CertificateIssued


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForCertificate:
    """Everything is to be replayed and compared, now, and why."""

    by: Person
    reason: Prose
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleCertificate:
    """The schedule asks: nothing happens while one is open. `after`: the number of the latest one then."""

    after: int
    reason: Prose
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStatement:
    """A service said what it found."""

    certificate: int
    answered_by: Name
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpCertificate:
    """It is waited for no longer: a service that does not answer keeps nobody from asking anew."""

    certificate: int
    by: Person
    reason: Prose
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCertificate:
    """The signed certificate lies in the archive store; lock as the store reported it."""

    certificate: int
    checkpoint_size: int
    file: StoredFile
    object_key: Name
    object_version: Name
    mode: Mode
    retain_until: datetime | None
    lock_enforced: bool


Command = AskForCertificate | ScheduleCertificate | TakeStatement | GiveUpCertificate | IssueCertificate


# State


@dataclass(frozen=True, slots=True)
class Certificates:
    """`last`: the number of the latest; `answers`: what each service found for it; `is_open`: neither issued
    nor given up.
    """

    last: int = 0
    is_open: bool = False
    answers: Mapping[str, Verdict] = field(default_factory=dict)

    def waits_for(self, certificate: int) -> bool:
        return self.is_open and self.last == certificate

    @property
    def together(self) -> Verdict:
        """Of all together: one that differs is enough; then one that could not look at everything."""
        said = set(self.answers.values())
        return "differs" if "differs" in said else "incomplete" if "incomplete" in said else "identical"


# Decide


def decide(command: Command, known: Certificates) -> Sequence[Event]:
    match command:
        case AskForCertificate():
            return ask(command, known)
        case ScheduleCertificate():
            asks = not known.is_open and known.last == command.after
            return [combined(CertificateAsked, command, certificate=known.last + 1, by=None)] if asks else []
        case TakeStatement():
            news = known.waits_for(command.certificate) and command.answered_by not in known.answers
            return [combined(StatementTaken, command)] if news else []
        case GiveUpCertificate():
            return give_up(command, known)
        case IssueCertificate():
            return issue(command, known)
        case _:
            assert_never(command)


def ask(command: AskForCertificate, known: Certificates) -> Sequence[CertificateAsked]:
    _says_why(command.reason)
    if known.is_open:
        raise Refused(
            "certificate-open",
            "Sertifikat nomor {certificate} masih dibuat. Tunggu sampai selesai, atau hentikan dahulu.",
            certificate=known.last,
        )
    return [combined(CertificateAsked, command, certificate=known.last + 1)]


def give_up(command: GiveUpCertificate, known: Certificates) -> Sequence[CertificateGivenUp]:
    _says_why(command.reason)
    _must_wait(command.certificate, known)
    return [combined(CertificateGivenUp, command)]


def issue(command: IssueCertificate, known: Certificates) -> Sequence[CertificateIssued]:
    _must_wait(command.certificate, known)
    if missing := [service for service in SERVICES if service not in known.answers]:
        raise Refused("certificate-unanswered", "Belum menjawab: {services}.", services=", ".join(missing))
    return [combined(CertificateIssued, command, verdict=known.together)]


def _must_wait(certificate: int, known: Certificates) -> None:
    if not known.waits_for(certificate):
        raise Refused(
            "certificate-over",
            "Sertifikat nomor {certificate} tidak ditunggu lagi.",
            certificate=certificate,
        )


def _says_why(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason-missing", "Alasan harus diisi.", field="reason")


# Evolve


def evolve(known: Certificates, event: Event) -> Certificates:
    match event:
        case CertificateAsked():
            return Certificates(last=event.certificate, is_open=True)
        case StatementTaken():
            return replace(known, answers={**known.answers, event.answered_by: event.verdict})
        case CertificateGivenUp() | CertificateIssued():
            return replace(known, is_open=False)
        case _:
            assert_never(event)


certificate = Decider(initial=Certificates(), decide=decide, evolve=evolve)
