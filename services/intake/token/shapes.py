"""What people and programs say of tokens, and what is shown of them: a form reads the same shape as JSON.

Serves every SOP step. Previous hop: `token/api.py` and `token/pages.py`. Next hop: `token/orders.py`.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from services.intake.domain.entering.token import Role
from shared.contracts.fields import Text
from shared.web.acting import CommandAnswer
from shared.web.forms.fields import Body, Checked, Day, Id, Prose

TokenName = Annotated[str, Checked(Text(40, pattern=r"[a-z0-9][a-z0-9_.-]*"))]
TokenPath = Annotated[
    str,
    Checked(Text(45, pattern=r"[0-9]{4}-[a-z0-9][a-z0-9_.-]*")),
    Path(description="region and name, e.g. 3402-sipd"),
]
State = Literal["in_force", "no_secret", "asleep", "expired", "ended"]


class GiveIn(Body):
    """The office that the token is lent is one that `holder` has today."""

    name: TokenName = Field(description="stays, and stands in the audit trail", examples=["sipd-dinkes"])
    role: Role
    agency: Id
    holder: Id = Field(description="id of the person who answers for it, and is not who gives it")
    purpose: Prose
    valid_until: Day = Field(description="its last day, at most a year away")


class RenewIn(Body):
    valid_until: Day = Field(description="its last day, at most a year away")


class EndIn(Body):
    reason: Prose


class TokenOut(BaseModel):
    """`asleep`: its holder does not have the office today. `no_secret`: it was never made, or was not brought
    back with a backup; renewing makes one.
    """

    token: str
    version: int
    state: State
    role: str
    agency: str
    holder: str
    purpose: str
    valid_until: date
    given_by: str
    given_on: date
    used_at: datetime | None = Field(description="the last use, to the minute")
    ended_by: str
    ended_on: date | None
    reason: str


class SecretAnswer(CommandAnswer):
    """`secret` is shown in this answer and never again; null where this very request was answered before."""

    token: str
    secret: str | None
