"""JSON of local accounts, for officials: who has one, inviting, recovering, closing.

Serves every SOP step. Previous hop: a program with a session token. Next hop: `account/orders.py`, or the
read model. A link is in one answer and nowhere else.
"""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.intake.account import orders, queries
from services.intake.queries import Row
from shared.contracts.fields import SHORT, Text
from shared.web.for_api import Act, Body, CommandAnswer, Look, Looking, NotFound, Prose, does, reads
from shared.web.forms.fields import Checked
from shared.web.regions import people_in_sight

router = APIRouter()

PersonPath = Annotated[
    str, Checked(Text(SHORT, pattern=r"[a-z0-9][a-z0-9_.-]*")), Path(description="id of a person, e.g. sri")
]


class ReasonIn(Body):
    reason: Prose = Field(min_length=1)


class AccountOut(BaseModel):
    """`asked_by`: who asks for a recovery that a second official has not answered yet."""

    person: str
    name: str
    state: Literal["none", "invited", "active", "closed"]
    invitation: int
    asked_by: str
    reason: str
    changed_by: str
    changed_on: date | None


class InvitationAnswer(CommandAnswer):
    """Hand `link` over to the person and to nobody else. It works once, within three days."""

    link: str


@router.get("/accounts", summary="Local accounts of all persons", dependencies=[reads("intake.accounts")])
async def accounts(look: Look) -> list[AccountOut]:
    async with look.conn() as conn:
        found = await queries.accounts(conn, people_in_sight(look.request))
    return [_out(look, row["person"], row) for row in found]


@router.get("/accounts/{person}", summary="One local account", dependencies=[reads("intake.accounts")])
async def account(person: PersonPath, look: Look) -> AccountOut:
    if look.running.people.find(person) is None:
        raise NotFound
    async with look.conn() as conn:
        found = await queries.account_of(conn, person)
    return _out(look, person, found)


@router.post(
    "/accounts/{person}/invitation",
    summary="Invite, or invite again",
    dependencies=[does("intake.InviteAccount")],
)
async def invite(person: PersonPath, act: Act) -> InvitationAnswer:
    answer, link = await orders.invite(act, person)
    return InvitationAnswer(**answer.model_dump(), link=link)


@router.post(
    "/accounts/{person}/recovery", summary="Ask for a recovery", dependencies=[does("intake.AskRecovery")]
)
async def ask_recovery(person: PersonPath, body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.ask_recovery(act, person, body.reason)


@router.post(
    "/accounts/{person}/recovery/approval",
    summary="Approve it, as a second official",
    dependencies=[does("intake.ApproveRecovery")],
)
async def approve_recovery(person: PersonPath, act: Act) -> InvitationAnswer:
    answer, link = await orders.approve_recovery(act, person)
    return InvitationAnswer(**answer.model_dump(), link=link)


@router.post(
    "/accounts/{person}/recovery/refusal", summary="Refuse it", dependencies=[does("intake.RefuseRecovery")]
)
async def refuse_recovery(person: PersonPath, body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.refuse_recovery(act, person, body.reason)


@router.post(
    "/accounts/{person}/closing", summary="Close the account", dependencies=[does("intake.CloseAccount")]
)
async def close(person: PersonPath, body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.close(act, person, body.reason)


def _out(look: Looking, person: str, row: Row) -> AccountOut:
    return AccountOut.model_validate({**row, "person": person, "name": look.running.people.name(person)})
