"""JSON of endorsing: the report that waits, endorse and refuse it.

SOP step 10. Previous hop: a program with a session token. Next hop: `endorsing/orders.py` and
`command_handler` by way of `Act`, or the read models by way of `Look`.
"""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.verification.endorsing import orders, queries
from services.verification.endorsing.downloads import report_file
from services.verification.queries import due
from shared.contracts.values import DueDate, StoredFile
from shared.sop.parts import ENDORSING
from shared.web.for_api import (
    Act,
    Body,
    CommandAnswer,
    CyclePath,
    Day,
    Digest,
    Look,
    NotFound,
    Prose,
    does,
    reads,
)

router = APIRouter(prefix="/api/verification", tags=["verification"])


class EndorseIn(Body):
    digest: Digest
    occurred_on: Day | None = None


class RefuseIn(Body):
    digest: Digest
    reason: Prose
    occurred_on: Day | None = None


class Endorsement(BaseModel):
    """The report that waits for its endorsement, or what became of it.
    Endorse its `digest` with its `version` as If-Match.
    """

    cycle: str
    version: int
    status: Literal["nothing", "waiting", "stale", "endorsed", "refused", "corrected"]
    settled: bool = Field(description="whether every required submission is approved")
    document: str | None
    revision: int | None
    digest: str | None
    file: StoredFile | None
    involved: list[str]
    drafted_by: str | None
    drafted_on: date | None
    decided_by: str | None
    decided_on: date | None
    reason: str
    due: DueDate | None


@router.get(
    "/endorsements/{cycle}",
    summary="The endorsement of a cycle's report",
    dependencies=[reads("verification.endorsement")],
)
async def endorsement(cycle: CyclePath, look: Look) -> Endorsement:
    async with look.conn() as conn:
        found = await queries.endorsement_of(conn, cycle)
        step = await due(conn, cycle, ENDORSING)
    if found is None:
        raise NotFound
    look.version(found["stream"], found["version"])
    involved = sorted({*found["involved"], *found["figures_by"]})
    return Endorsement.model_validate({**found, "involved": involved, "due": step and step["due"]})


@router.get(
    "/endorsements/{cycle}/file",
    summary="The report that waits",
    dependencies=[reads("verification.endorsement")],
)
async def report(cycle: CyclePath, look: Look) -> Response:
    return await report_file(look, cycle)


@router.post(
    "/endorsements/{cycle}/endorsement",
    summary="Endorse exactly this file",
    dependencies=[does("verification.EndorseReport")],
)
async def endorse(cycle: CyclePath, body: EndorseIn, act: Act) -> CommandAnswer:
    return await act(orders.endorse(act, cycle, body.digest, body.occurred_on or act.today))


@router.post(
    "/endorsements/{cycle}/refusal",
    summary="Refuse it with a reason",
    dependencies=[does("verification.RefuseEndorsement")],
)
async def refuse(cycle: CyclePath, body: RefuseIn, act: Act) -> CommandAnswer:
    return await act(orders.refuse(act, cycle, body.digest, body.reason, body.occurred_on or act.today))
