"""JSON of findings: those of a cycle, who looks after one, and how it ended.

SOP step 8. Previous hop: a program with a session token. Next hop: `findings/orders.py`, or the read models.
"""

from typing import Annotated

from fastapi import APIRouter, Query

from services.intake.findings import orders
from services.intake.findings.asking import found
from services.intake.findings.filters import Filters, State
from services.intake.findings.shapes import AssignmentIn, FindingOut, ResolutionIn, out
from shared.spm.rules import Level
from shared.web.for_api import Act, After, CasePath, CommandAnswer, CycleId, Limit, Look, Page, does, reads
from shared.web.forms.fields import Short

router = APIRouter()


@router.get("/findings", summary="Findings of a cycle", dependencies=[reads("intake.findings")])
async def findings(
    look: Look,
    cycle: CycleId,
    level: Annotated[Level | None, Query(description="block, warn or inform")] = None,
    rule: Short = "",
    agency: Short = "",
    urusan: Short = "",
    state: Annotated[
        State,
        Query(description="open, explained, stops, told or resolved"),
    ] = "",
    assignee: Short = "",
    after: After = None,
    limit: Limit = 100,
) -> Page[FindingOut]:
    filters = Filters(level or "", rule, agency, urusan, state, assignee)
    async with look.conn() as conn:
        asked = await found(conn, look, cycle, filters)
    shown, following = asked.page(after, limit)
    return Page(items=[FindingOut.model_validate(out(one)) for one in shown], next=following)


@router.post(
    "/submissions/{case}/findings/assignment",
    summary="Give a finding to somebody of Tim SPM",
    dependencies=[does("intake.AssignFinding")],
)
async def assign(case: CasePath, body: AssignmentIn, act: Act) -> CommandAnswer:
    return await orders.assign(act, case, body.finding, body.assignee)


@router.post(
    "/submissions/{case}/findings/resolution",
    summary="Resolve a finding",
    dependencies=[does("intake.ResolveFinding")],
)
async def resolve(case: CasePath, body: ResolutionIn, act: Act) -> CommandAnswer:
    return await orders.resolve(act, case, body.finding, body.text)
