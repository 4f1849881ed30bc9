"""Orders about local accounts, for JSON and pages alike: officials invite, close and recover, a person
says what is done to the own.

Serves every SOP step. Previous hop: `account/api.py`, `account/pages.py` and `account/own_pages.py`. Next
hop: `command_handler` by way of `Act`, and the vault for what must not stand in an event.
"""

from typing import Any

from services.intake import streams
from services.intake.account.local import local_of
from services.intake.domain.account import Invited
from services.intake.domain.account_commands import (
    ApproveRecovery,
    AskRecovery,
    CloseAccount,
    InviteAccount,
    RefuseRecovery,
)
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer
from shared.web.problems.shape import NotFound

LINK = "/undangan?token="
"""Where a link leads. What it holds stands behind the question mark, which no log keeps."""


async def invite(act: Acting, person: str) -> tuple[CommandAnswer, str]:
    """A new link for this person. Raises Refused, NotFound."""
    _check_known(act, person)
    answer = await act(_order(act, InviteAccount, person, terminal=False))
    return answer, await _link(act, person)


async def ask_recovery(act: Acting, person: str, reason: str) -> CommandAnswer:
    """Says that the person cannot sign in; a second official must agree. Raises Refused, NotFound."""
    _check_known(act, person)
    return await act(_order(act, AskRecovery, person, reason=reason))


async def approve_recovery(act: Acting, person: str) -> tuple[CommandAnswer, str]:
    """Agrees: whatever opened the account opens nothing any more, and there is a new link. Raises Refused."""
    answer = await _ending_sessions(act, person, _order(act, ApproveRecovery, person))
    return answer, await _link(act, person)


async def refuse_recovery(act: Acting, person: str, reason: str) -> CommandAnswer:
    """The account stays as it was. Raises Refused."""
    return await act(_order(act, RefuseRecovery, person, reason=reason))


async def close(act: Acting, person: str, reason: str) -> CommandAnswer:
    """Nobody signs in by this account any more, and who is signed in is out. Raises Refused."""
    return await _ending_sessions(act, person, _order(act, CloseAccount, person, reason=reason))


async def _ending_sessions(act: Acting, person: str, order: Order) -> CommandAnswer:
    """Gives the command and ends the person's sessions. Where they cannot be ended (503) the same request
    again finds its command given and ends them; who signs in meanwhile looks at the account once more
    (`entering`).
    """
    answer = await act(order)
    await act.running.sessions.end_of(person)
    return answer


def _order(act: Acting, kind: Any, person: str, **said: Any) -> Order:
    command = kind(person=person, by=act.viewer.person, occurred_on=act.today, **said)
    return Order(stream=streams.account(person), command=command, case_id=streams.SETTINGS)


async def _link(act: Acting, person: str) -> str:
    """The address for the person; its secret is known to nobody else, and shown once. Raises Refused where
    the invitation was used meanwhile.
    """
    local = local_of(act.request)
    phase = (await local.account(person)).phase
    secret = await local.vault.invite(person, phase.invitation) if isinstance(phase, Invited) else None
    if secret is None:
        raise Refused("invitation-over", "Undangan ini tidak berlaku lagi. Mintalah yang baru.")
    return f"{act.running.settings.public_url}{LINK}{secret}"


def _check_known(act: Acting, person: str) -> None:
    if act.running.people.find(person) is None:
        raise NotFound
