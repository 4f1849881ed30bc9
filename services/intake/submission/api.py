"""JSON of submissions: figures, evidence, handing in and taking back.

SOP step 7. Previous hop: a program with a session token. Next hop: `command_handler` by way of `Act`, or the read models by way of `Look`.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field

from services.intake import queries
from services.intake.board.board import standing
from services.intake.days import day_said
from services.intake.domain.submission_commands import AttachEvidence, AttachSignedSheet, EnterFigure, HandIn, TakeBack, WithdrawEvidence
from services.intake.evidence import holding
from services.intake.submission.sheet import figure_of, figures_of, next_digest
from shared.contracts.values import Answer, AttachedEvidence, FieldNote, Figure, QualityItem, StoredFile
from shared.eventsourcing.commands.command_handler import Order
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import catalogue
from shared.spm.index import capaian, percent
from shared.spm.rules import findings
from shared.web.acting import Act, Acting, CommandAnswer, Look
from shared.web.declared import does, reads
from shared.web.files.file_kinds import SCANS
from shared.web.files.uploads import attachable
from shared.web.forms.fields import Amount, CaseId, CycleId, Day, Digest, Id, Line, Name, Prose
from shared.web.paging import After, Limit, Page, key_of, page
from shared.web.problems import NotFound

router = APIRouter()

Case = Annotated[CaseId, Path(description="cycle, agency and period: 3402-2026-dinkes-tahunan")]
Count = Amount


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QualityIn(Body):
    required: Count
    fulfilled: Count


class FigureCells(Body):
    """The cells of one service; what is left out is blank. A percentage is computed, never given."""

    answer: Answer = "filled"
    served: Count | None = None
    entitled: Count | None = None
    budget: Count | None = Field(default=None, description="whole rupiah")
    realised: Count | None = Field(default=None, description="whole rupiah")
    quality: dict[Id, QualityIn] = Field(default_factory=dict, max_length=60)
    reason: Prose = Field(default="", max_length=2000)
    origin: Line = Field(default="", max_length=500)

    def figure(self) -> Figure:
        return Figure(
            answer=self.answer,
            served=self.served,
            entitled=self.entitled,
            budget=self.budget,
            realised=self.realised,
            quality={item: QualityItem(required=amount.required, fulfilled=amount.fulfilled) for item, amount in self.quality.items()},
            reason=self.reason,
            origin=self.origin,
        )


class FigureIn(FigureCells):
    """The whole figure of one service."""

    seen: FigureCells | None = Field(
        default=None,
        description="the figure as you read it: only cells that differ from it are changed, and one that somebody else changed meanwhile is a 409"
        " (`cell-conflict`) that names it. Without it the figure replaces whatever is stored; send If-Match to be safe",
    )
    occurred_on: Day | None = None


class EvidenceIn(Body):
    digest: Digest = Field(description="as the upload answered it")
    name: Name = Field(min_length=1)
    services: list[Id] = Field(max_length=60)
    occurred_on: Day | None = None


class SignedSheetIn(Body):
    """The scan of the printed and signed form; `sheet` is the digest of the revision that stands on the paper."""

    sheet: Digest
    digest: Digest = Field(description="of the scan, as the upload answered it")
    name: Name = Field(min_length=1)
    occurred_on: Day | None = None


class ReasonIn(Body):
    reason: Prose
    occurred_on: Day | None = None


class HandInIn(Body):
    digest: Digest | None = Field(
        default=None,
        description="`next_digest` of what you read: if anything else would be handed in, nothing is (409 `sheet-conflict`). May be left out only"
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
    standing: Literal["open", "handed_in", "returned", "taken_back", "approved"]
    filled: int
    revision: int
    version: int
    last_by: str
    last_at: datetime


class FindingOut(BaseModel):
    rule: str
    level: str
    field: str
    sentence: str


class FigureOut(BaseModel):
    """A figure with what Jejak computed from it and what the rules say about it."""

    figure: Figure
    percent: str | None
    findings: list[FindingOut]
    by: str
    at: datetime


class SubmissionOut(SubmissionRow):
    """One submission. Send `version` as If-Match with the next command. `next_digest` is what handing in now would fix."""

    digest: str
    next_digest: str
    handed_in_by: str | None
    handed_in_on: date | None
    reason: str
    notes: list[FieldNote]
    figures: dict[str, FigureOut]
    evidence: list[AttachedEvidence]


@router.get("/cycles/{cycle}/submissions", summary="The submissions of a cycle", dependencies=[reads("intake.submissions")])
async def submissions(cycle: CycleId, look: Look, limit: Limit = 50, after: After = None) -> Page[SubmissionRow]:
    start = str(key_of(after, 1)[0]) if after else ""
    async with look.conn() as conn:
        found = await queries.submissions(conn, look.viewer, cycle, after=start, limit=limit + 1)
    rows, following = page(found, limit, "submission")
    return Page(items=[SubmissionRow.model_validate(_row(row)) for row in rows], next=following)


@router.get("/submissions/{case}", summary="One submission", dependencies=[reads("intake.submission")])
async def one(case: Case, look: Look) -> SubmissionOut:
    async with look.conn() as conn:
        found = await queries.submission_of(conn, look.viewer, stream_of(case))
        if found is None:
            raise NotFound
        stored = await queries.figures(conn, stream_of(case))
        attached = await queries.evidence_of(conn, stream_of(case))
    figures = {service: _figure(service, row) for service, row in stored.items()}
    evidence = [{"file": row["file"], "services": row["services"]} for row in attached]
    following = next_digest(found, figures_of(stored), attached)
    look.version(stream_of(case), found["version"])
    return SubmissionOut.model_validate({**_row(found), **found, "figures": figures, "evidence": evidence, "next_digest": following})


@router.put("/submissions/{case}/figures/{service}", summary="Enter a figure", dependencies=[does("intake.EnterFigure")])
async def enter_figure(case: Case, service: Id, body: FigureIn, act: Act) -> CommandAnswer:
    seen = body.seen.figure() if body.seen else None
    day = day_said(act, body.occurred_on)
    command = EnterFigure(service=service, figure=body.figure(), seen=seen, by=act.viewer.person, occurred_on=day)
    return await give(act, case, command)


@router.post("/submissions/{case}/evidence", summary="Attach an uploaded file", dependencies=[does("intake.AttachEvidence")])
async def attach(case: Case, body: EvidenceIn, act: Act) -> CommandAnswer:
    act.running.permissions.office(act.viewer, "intake.AttachEvidence", agency_of(case))
    file: StoredFile = await attachable(act, body.digest, body.name, holding(act, body.digest))
    evidence = AttachedEvidence(file=file, services=tuple(body.services))
    return await give(act, case, AttachEvidence(evidence=evidence, by=act.viewer.person, occurred_on=day_said(act, body.occurred_on)))


@router.post("/submissions/{case}/evidence/{digest}/withdrawal", summary="Withdraw a file", dependencies=[does("intake.WithdrawEvidence")])
async def withdraw(case: Case, digest: Digest, body: ReasonIn, act: Act) -> CommandAnswer:
    command = WithdrawEvidence(digest=digest, reason=body.reason, by=act.viewer.person, occurred_on=day_said(act, body.occurred_on))
    return await give(act, case, command)


@router.post("/submissions/{case}/hand-in", summary="Hand in to Tim SPM", dependencies=[does("intake.HandIn")])
async def hand_in(case: Case, body: HandInIn, act: Act) -> CommandAnswer:
    act.running.permissions.office(act.viewer, "intake.HandIn", agency_of(case))  # whose it is comes before what is missing in the request
    if body.digest is None and act.expected is None:
        raise HTTPException(428)
    return await give(act, case, HandIn(digest=body.digest, by=act.viewer.person, occurred_on=day_said(act, body.occurred_on)))


@router.post(
    "/submissions/{case}/signed-sheets", summary="Attach the signed form", dependencies=[does("intake.AttachSignedSheet")], status_code=200
)
async def attach_signed_sheet(case: Case, body: SignedSheetIn, act: Act) -> CommandAnswer:
    act.running.permissions.office(act.viewer, "intake.AttachSignedSheet", agency_of(case))
    file = await attachable(act, body.digest, body.name, holding(act, body.digest), kinds=SCANS)
    day = day_said(act, body.occurred_on)
    return await give(act, case, AttachSignedSheet(sheet=body.sheet, file=file, by=act.viewer.person, occurred_on=day))


@router.post("/submissions/{case}/taking-back", summary="Take back what was handed in", dependencies=[does("intake.TakeBack")])
async def take_back(case: Case, body: ReasonIn, act: Act) -> CommandAnswer:
    async with act.running.pool.connection() as conn:
        endorsed = await is_endorsed(conn, case)
    command = TakeBack(reason=body.reason, endorsed=endorsed, by=act.viewer.person, occurred_on=day_said(act, body.occurred_on))
    return await give(act, case, command)


async def give(act: Acting, case: str, command: object, *, part: str = "") -> CommandAnswer:
    """Gives a command for the submission, in the name of its agency; `part` names what of the request it is for, where it gives several."""
    order = Order(stream=stream_of(case), command=command, case_id=cycle_of(case))
    return await act(order, agency=agency_of(case), part=part)


async def is_endorsed(conn: Connection, case: str) -> bool:
    """Whether the report that rests on this submission is endorsed."""
    return await queries.happened(conn, cycle_of(case), "report-endorsed")


def stream_of(case: str) -> str:
    return f"submission-{case}"


def case_of(stream: str) -> str:
    """submission-3402-2026-dinkes-tahunan → 3402-2026-dinkes-tahunan."""
    return stream.partition("-")[2]


def cycle_of(case: str) -> str:
    return "-".join(case.split("-")[:2])


def agency_of(case: str) -> str:
    return case.split("-")[2]


def _row(row: queries.Row) -> dict[str, object]:
    return {**row, "id": case_of(row["submission"]), "standing": standing(row)}


def _figure(service: str, row: queries.Row) -> dict[str, object]:
    figure = figure_of(row["figure"])
    ratio = capaian(figure)
    found = findings(catalogue().services[service], figure, complete=True)
    return {
        "figure": row["figure"],
        "percent": percent(ratio) if ratio is not None else None,
        "findings": [{"rule": f.rule, "level": f.level, "field": f.field, "sentence": f.text} for f in found],
        "by": row["by"],
        "at": row["at"],
    }
