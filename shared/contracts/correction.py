"""Events of documents about an official correction: a report that was printed is corrected by a decision,
with a report, letters and dispatches of its own.

`correction` is its number in the cycle, from 1. What belongs to it is called as before, with its number
(`laporan_koreksi_1`).
"""

import re
from dataclasses import dataclass
from datetime import date

from shared.contracts.values import CorrectedSubmission, StoredFile

PRODUCER = "documents"
_NUMBERED = re.compile(r"(.+)_koreksi_([1-9][0-9]*)")


def numbered(name: str, correction: int) -> str:
    """What belongs to a correction: gubernur, 1 → gubernur_koreksi_1; to none (0): its plain name."""
    return f"{name}_koreksi_{correction}" if correction else name


def apart(name: str) -> tuple[str, int]:
    """gubernur_koreksi_1 → gubernur, 1; a plain name belongs to correction 0."""
    found = _NUMBERED.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDecided:
    """The report of which `digest` was printed is corrected: by the decision `number` of `issued_on`,
    whose scan is `file`. `submissions` are opened again, and no other; each with its figures as they stand
    in that report.
    """

    cycle: str
    document: str
    correction: int
    revision: int
    digest: str
    submissions: tuple[CorrectedSubmission, ...]
    number: str
    issued_on: date
    file: StoredFile
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReopened:
    """A cover letter is drafted once more, for the report as it will be corrected."""

    cycle: str
    document: str
    correction: int
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchOvertaken:
    """What this dispatch carries is corrected. `sent`: it left before that, so that its receipt may still
    come back; else nothing goes out with it any more.
    """

    cycle: str
    dispatch: str
    recipient: str
    correction: int
    sent: bool
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReopened:
    """The corrected report goes to this recipient, in a dispatch of its own."""

    cycle: str
    dispatch: str
    recipient: str
    correction: int
    by: str
    occurred_on: date
