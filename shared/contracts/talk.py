"""Events of verification about the work of Tim SPM on a submission: who looks after it, and what both sides
say to each other about a cell or a figure.
"""

from dataclasses import dataclass
from datetime import date

PRODUCER = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """Tim SPM asks about a cell of what waits (`field` empty: about the whole service)."""

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    service: str
    field: str
    text: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    """The agency answers in the thread of a cell: a question, or a point of a return."""

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    service: str
    field: str
    text: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSettled:
    """Tim SPM calls the thread of a cell settled."""

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    service: str
    field: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureAccepted:
    """Tim SPM accepts the figure of one service as it stands in the submission `digest`, before it approves
    the whole.
    """

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    digest: str
    service: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierAssigned:
    """`assignee` looks after the verification of a submission; said again, it is somebody else. It is help
    and no permission: everybody of Tim SPM may still check it.
    """

    cycle: str
    agency: str
    period: str
    submission: str
    assignee: str
    by: str
    occurred_on: date
