"""JSON of certificates: all of them, one with what each service said, its file; asked for, given up.

SOP step 13, and every step before it. Previous hop: a program with a session token, `jejak certificate`. Next
hop: `certificate/orders.py`; `certificate/queries.py` by way of `Look`.
"""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.archive.certificate import downloads, orders, queries
from services.archive.certificate.addresses import Number
from shared.contracts.replayed.statement import Differing, TableReplayed, Verdict
from shared.contracts.values import StoredFile
from shared.web.for_api import Act, Body, CommandAnswer, Look, NotFound, Prose, does, reads

router = APIRouter(prefix="/api/archive/certificates", tags=["certificates"])


class ReasonIn(Body):
    reason: Prose = Field(description="why it is asked for, or waited for no longer")


class Certificate(BaseModel):
    """A replay certificate. Neither `issued_at` nor `given_up_at`: services have not all answered yet."""

    certificate: int
    by: str | None = Field(description="who asked; nobody where the schedule did")
    reason: str = Field(description="empty for who sees only some regions")
    asked_at: datetime
    given_up_by: str | None
    given_up_reason: str | None
    given_up_at: datetime | None
    verdict: Verdict | None
    checkpoint_size: int | None = Field(description="how much of the log it stands on")
    file: StoredFile | None
    issued_at: datetime | None
    lock_enforced: bool | None


class Statement(BaseModel):
    """What a service found of itself; `differences`: the first hundred of `differing`."""

    service: str
    verdict: Verdict
    software: str
    events: int
    tables: list[TableReplayed]
    differences: list[Differing]
    differing: int
    not_compared: list[str]
    elsewhere: int = Field(description="what differs in regions that are not in sight")
    compared_at: datetime


class Whole(Certificate):
    statements: list[Statement] = Field(description="of the services that have answered")


@router.get("", summary="The latest certificates", dependencies=[reads("archive.certificate")])
async def certificates(look: Look) -> list[Certificate]:
    async with look.conn() as conn:
        return [Certificate.model_validate(row) for row in await queries.newest(conn)]


@router.get("/{number}", summary="A certificate", dependencies=[reads("archive.certificate")])
async def certificate(number: Number, look: Look) -> Whole:
    async with look.conn() as conn:
        found, said = await queries.one(conn, number), await queries.statements(conn, number)
    if found is None:
        raise NotFound
    return Whole.model_validate({**found, "statements": said})


@router.get(
    "/{number}/file",
    summary="The signed file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
    dependencies=[reads("archive.certificate")],
)
async def file(number: Number, look: Look) -> Response:
    return await downloads.certificate_file(look, number)


@router.post("", summary="Ask for a certificate", dependencies=[does("archive.AskForCertificate")])
async def ask(body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.ask(act, body.reason)


@router.post(
    "/{number}/give-up",
    summary="Wait for a certificate no longer",
    dependencies=[does("archive.GiveUpCertificate")],
)
async def give_up(number: Number, body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.give_up(act, number, body.reason)
