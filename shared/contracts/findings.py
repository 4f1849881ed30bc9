"""Events of intake about what the rules find in a submission: who of Tim SPM looks after it, and how it
ended. A finding is its rule, its cell and the figures in its sentence: other figures are another finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAssigned:
    """`assignee` looks after what `rule` found; said again, it is somebody else."""

    cycle: str
    agency: str
    period: str
    service: str
    rule: str
    field: str
    sentence: str
    facts: Mapping[str, str]
    assignee: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingResolved:
    """Nothing is left to ask about what `rule` found; `text` says why. It lifts no rule."""

    cycle: str
    agency: str
    period: str
    service: str
    rule: str
    field: str
    sentence: str
    facts: Mapping[str, str]
    text: str
    by: str
    occurred_on: date
