"""JSON of sessions: the own ones, and for whom `roles.toml` names those of somebody else.

Serves every SOP step. Previous hop: a program with a session token. Next hop: the database of sessions; what
ends there has ended in all four services within two seconds.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from services.intake.login.sessions import end_own, end_somebodys
from shared.contracts.fields import Text
from shared.web.declared import does, reads, signed_in
from shared.web.forms.fields import Checked
from shared.web.running import running_of
from shared.web.visitor import session_id_of, viewer_of

router = APIRouter(tags=["session"])

PersonPath = Annotated[
    str, Checked(Text(60, pattern=r"[^\s:/][^:/]*")), Path(description="id of a person, e.g. sri")
]
SessionPath = Annotated[UUID, Path(description="`session` of the list; it names a session and opens nothing")]


class SessionOut(BaseModel):
    """`here`: the session that asks."""

    session: UUID = Field(validation_alias="handle")
    device: str
    way: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    here: bool


class Ended(BaseModel):
    ended: int = Field(description="how many sessions ended")


async def _listed(request: Request, person: str) -> list[SessionOut]:
    session_id, _by_cookie = session_id_of(request)
    found = await running_of(request).sessions.of(person, session_id)
    return [SessionOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/sessions", summary="My sessions", dependencies=[signed_in()])
async def mine(request: Request) -> list[SessionOut]:
    return await _listed(request, viewer_of(request).person)


@router.delete("/sessions", summary="End all my sessions", dependencies=[signed_in()])
async def end_all(
    request: Request, keep: Annotated[Literal["this", "none"], Query(description="`none`: this one ends too")]
) -> Ended:
    session_id, _by_cookie = session_id_of(request)
    return Ended(ended=await end_own(request, kept=session_id if keep == "this" else ""))


@router.delete("/sessions/{session}", summary="End one of my sessions", dependencies=[signed_in()])
async def end_one(session: SessionPath, request: Request) -> Ended:
    return Ended(ended=await end_own(request, session))


@router.get("/sessions/of/{whose}", summary="Somebody's sessions", dependencies=[reads("intake.sessions")])
async def somebodys(whose: PersonPath, request: Request) -> list[SessionOut]:
    return await _listed(request, whose)


@router.delete(
    "/sessions/of/{whose}", summary="End all sessions of somebody", dependencies=[does("intake.EndSessions")]
)
async def end_of(whose: PersonPath, request: Request) -> Ended:
    return Ended(ended=await end_somebodys(request, whose))
