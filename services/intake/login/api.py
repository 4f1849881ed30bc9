"""JSON of logins: who asks to be let in by an identity provider, and whom each is joined to.

Serves every SOP step. Previous hop: a program with a session token. Next hop: `login/orders.py`, or the read
model.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.intake.login import orders
from services.intake.login.queries import logins, suggested
from shared.web.for_api import Act, Body, CommandAnswer, Digest, Look, Name, Prose, does, reads
from shared.web.regions import people_in_sight

router = APIRouter()

LoginPath = Annotated[Digest, Path(description="digest of issuer and subject, as in the list")]


class JoinIn(Body):
    person: Name = Field(description="id of the person who this login is", examples=["sri"])


class PartIn(Body):
    reason: Prose


class LoginOut(BaseModel):
    """A login. `nip`, `email` and `name` are what its provider vouches for; `suggested` is the person with
    that NIP.
    """

    login: str
    version: int
    issuer: str
    nip: str
    email: str
    name: str
    waiting: bool
    requested_on: date
    person: str
    decided_by: str
    decided_on: date | None
    reason: str
    suggested: str | None


@router.get("/logins", summary="Logins that wait or are joined", dependencies=[reads("intake.logins")])
async def listing(look: Look) -> list[LoginOut]:
    async with look.conn() as conn:
        rows = await logins(conn)
    people = people_in_sight(look.request)
    found = [(row, suggested(row, people) if row["waiting"] else None) for row in rows]
    return [LoginOut.model_validate({**row, "suggested": person and person.id}) for row, person in found]


@router.post("/logins/{login}/join", summary="Say who a login is", dependencies=[does("intake.JoinLogin")])
async def join(login: LoginPath, body: JoinIn, act: Act) -> CommandAnswer:
    return await orders.join(act, login, body.person)


@router.post(
    "/logins/{login}/part",
    summary="Say that a login is nobody's; its sessions end",
    dependencies=[does("intake.PartLogin")],
)
async def part(login: LoginPath, body: PartIn, act: Act) -> CommandAnswer:
    return await orders.part(act, login, body.reason)
