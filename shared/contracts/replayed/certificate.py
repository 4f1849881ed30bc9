"""Events of the replay certificate: asked for, answered by each service, given up or issued.

Previous hop: `services/archive/domain/certificate.py`. Next hop: every service, which compares itself;
the log.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.replayed.statement import Verdict
from shared.contracts.values import StoredFile

PRODUCER = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateAsked:
    """Everything is to be replayed and compared. `by` is nobody where the schedule asked."""

    certificate: int
    by: str | None
    reason: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTaken:
    """A service said what it found."""

    certificate: int
    answered_by: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateGivenUp:
    """The certificate is waited for no longer, and why."""

    certificate: int
    by: str
    reason: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued:
    """All services have said what they found; the signed certificate lies in the archive store.
    `checkpoint_size`: how much of the log it stands on. Its lock is as the store reported it.
    """

    certificate: int
    verdict: Verdict
    checkpoint_size: int
    file: StoredFile
    object_key: str
    object_version: str
    mode: Literal["governance", "compliance", "none"]
    retain_until: datetime | None
    lock_enforced: bool
