"""What JSON says about submissions: bodies as they come in, answers as they go out.

SOP step 7. Previous hop: a program, or the read models.
Next hop: `submission/api.py`, which hands plain values to `submission/orders.py`.
"""

from dataclasses import fields
from datetime import date, datetime

from pydantic import BaseModel, Field

from services.intake import streams
from services.intake.domain.submission_state import explained
from services.intake.findings.queries import Judged
from services.intake.queries import Row
from services.intake.submission.sheet.rows import figure_of
from services.intake.submission.standing import Standing, standing
from shared.contracts.values import Answer, AttachedEvidence, FieldNote, Figure, QualityItem
from shared.spm.index import capaian, percent
from shared.web.for_api import Amount, Body, Day, Digest, Id, Line, Name, Prose
from shared.web.forms.fields import Short

_CELLS = {field.name for field in fields(Figure)}


class QualityIn(Body):
    required: Amount
    fulfilled: Amount


class FigureCells(Body):
    """The cells of one service; what is left out is blank. A percentage is computed, never given."""

    answer: Answer = "filled"
    served: Amount | None = None
    entitled: Amount | None = None
    budget: Amount | None = Field(default=None, description="whole rupiah")
    realised: Amount | None = Field(default=None, description="whole rupiah")
    quality: dict[Id, QualityIn] = Field(default_factory=dict, max_length=60)
    reason: Prose = Field(default="", max_length=2000)
    origin: Line = Field(default="", max_length=500)

    def figure(self) -> Figure:
        cells = self.model_dump(include=_CELLS)
        return Figure(
            **{**cells, "quality": {item: QualityItem(**amount) for item, amount in cells["quality"].items()}}
        )


class FigureIn(FigureCells):
    """The whole figure of one service."""

    seen: FigureCells | None = Field(
        default=None,
        description="the figure as you read it: only cells that differ from it are changed, "
        "and one that somebody else changed meanwhile is a 409"
        " (`cell-conflict`) that names it. Without it the figure replaces whatever is stored; "
        "send If-Match to be safe",
    )
    occurred_on: Day | None = None


class EvidenceIn(Body):
    digest: Digest = Field(description="as the upload answered it")
    name: Name = Field(min_length=1)
    services: list[Id] = Field(max_length=60)
    occurred_on: Day | None = None


class SignedSheetIn(Body):
    """The scan of the printed and signed form; `sheet` is the digest of
    the revision that stands on the paper.
    """

    sheet: Digest
    digest: Digest = Field(description="of the scan, as the upload answered it")
    name: Name = Field(min_length=1)
    occurred_on: Day | None = None


class ReasonIn(Body):
    reason: Prose
    occurred_on: Day | None = None


class HandOverIn(Body):
    """Services that another agency of the same region answers for from now on in this cycle."""

    services: list[Id] = Field(max_length=60)
    taker: Id = Field(description="the agency that has them from now on, e.g. dinsos")
    reason: Prose
    letter: Name = Field(description="the decree or letter that says so, with number and date")
    occurred_on: Day | None = None


class HandInIn(Body):
    digest: Digest | None = Field(
        default=None,
        description="`next_digest` of what you read: if anything else would be handed in, "
        "nothing is (409 `sheet-conflict`). May be left out only"
        " where If-Match names the version that you read; with neither the answer is 428",
    )
    occurred_on: Day | None = None


class SubmissionRow(BaseModel):
    """A submission in a list. `standing` says how it stands, verification included."""

    id: str
    cycle: str
    agency: str
    agency_name: str
    period: str
    services: list[str]
    standing: Standing
    filled: int
    revision: int
    version: int
    last_by: str
    last_at: datetime


class ExplanationIn(Body):
    """What you say to a warning, named as in `findings`."""

    service: Id
    rule: Short
    field: Line = Field(max_length=120)
    text: Prose
    occurred_on: Day | None = None


class FindingOut(BaseModel):
    """`warn` is handed in with an explanation only, `block` not at all."""

    rule: str
    level: str
    field: str
    sentence: str
    explanation: str | None = Field(description="what the agency says to it, with these figures")


class FigureOut(BaseModel):
    """A figure with what Jejak computed from it and what the rules say about it."""

    figure: Figure
    percent: str | None
    findings: list[FindingOut]
    by: str
    at: datetime


class SubmissionOut(SubmissionRow):
    """One submission. Send `version` as If-Match with the next command.
    `next_digest` is what handing in now would fix.
    """

    digest: str
    next_digest: str
    handed_in_by: str | None
    handed_in_on: date | None
    reason: str
    notes: list[FieldNote]
    figures: dict[str, FigureOut]
    evidence: list[AttachedEvidence]


def row_out(row: Row) -> dict[str, object]:
    return {**row, "id": streams.case_of(row["submission"]), "standing": standing(row)}


def figure_out(name: str, row: Row, judged: Judged) -> dict[str, object]:
    figure = figure_of(row["figure"])
    ratio = capaian(figure)
    return {
        "figure": row["figure"],
        "percent": percent(ratio) if ratio is not None else None,
        "findings": [
            FindingOut(
                **{part: getattr(one, part) for part in ("rule", "level", "field")},
                sentence=one.text,
                explanation=answer.text if (answer := explained(one, judged.explained)) else None,
            )
            for one in judged.found.get(name, ())
        ],
        "by": row["by"],
        "at": row["at"],
    }
