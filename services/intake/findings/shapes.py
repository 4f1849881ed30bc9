"""What people and programs say of findings, and what is shown of them.

SOP step 8. Previous hop: `findings/api.py`. Next hop: `findings/orders.py`.
"""

from typing import Any

from pydantic import BaseModel, Field

from services.intake.findings.filters import state_of
from services.intake.findings.region import Listed
from shared.web.forms.fields import Body, Id, Prose
from shared.web.words.finding_words import whole_sentence_of


class AssignmentIn(Body):
    finding: Id
    assignee: Id = Field(description="somebody of Tim SPM")


class ResolutionIn(Body):
    finding: Id
    text: Prose = Field(description="why nothing is left to ask; it lifts no rule")


class FindingOut(BaseModel):
    """`state`: open, explained or resolved. Other figures are another `finding`."""

    finding: str
    case: str
    agency: str
    service: str
    rule: str
    level: str
    field: str
    sentence: str
    state: str
    explanation: str
    assignee: str
    resolution: str
    resolved_by: str


def out(one: Listed) -> dict[str, Any]:
    """A finding as it is answered."""
    finding = one.named.finding
    return {
        "finding": one.named.id,
        "case": one.case,
        "agency": one.of["agency"],
        **{name: getattr(finding, name) for name in ("service", "rule", "level", "field")},
        "sentence": whole_sentence_of(finding),
        "state": state_of(one),
        "explanation": one.said.text if one.said else "",
        "resolution": one.resolved,
        **{name: getattr(one, name) for name in ("assignee", "resolved_by")},
    }
