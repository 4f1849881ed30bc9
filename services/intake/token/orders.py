"""Orders about tokens, for JSON and pages alike: one is given, renewed, ended.

Serves every SOP step. Previous hop: `token/api.py` and `token/pages.py`. Next hop: `command_handler` by way
of `Act`, and the database `access` for the secret, which nothing else ever sees. First the event, then the
secret: where it breaks off between, the token opens nothing, and renewing makes it another one.
"""

from datetime import datetime, time, timedelta

from services.intake import streams
from services.intake.domain.entering.token import EndToken, GiveToken, RenewToken
from services.intake.queries import Row
from services.intake.token.queries import holds, token_of
from services.intake.token.shapes import EndIn, GiveIn, RenewIn
from shared.access.tokens import Token
from shared.clock import WIB
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer
from shared.web.forms.said import command_of
from shared.web.problems.shape import NotFound
from shared.web.visitor import tokens_of

Secret = tuple[CommandAnswer, str, str | None]
"""The answer, the token's name, and its secret, which is None when it was shown before."""


async def give(act: Acting, said: GiveIn) -> Secret:
    """Gives a system a token under an office that somebody else has. Raises Refused, AccessAway."""
    if not holds(act.running.people.of(act.region), said.holder, said.role, said.agency, act.today):
        raise Refused(
            "holder-without-office", "Orang ini tidak memegang jabatan itu hari ini.", field="holder"
        )
    name = f"{act.region}-{said.name}"
    command = command_of(GiveToken, said, token=name, **_who(act, act.region))
    answer = await act(_order(name, command))
    return answer, name, await _secret(act, name)


async def renew(act: Acting, name: str, said: RenewIn) -> Secret:
    """Another secret, from now on the only one. Raises Refused, NotFound, AccessAway."""
    row = await _seen(act, name)
    answer = await act(_order(name, command_of(RenewToken, said, token=name, **_who(act, row["region"]))))
    return answer, name, await _secret(act, name)


async def end(act: Acting, name: str, said: EndIn) -> CommandAnswer:
    """The token opens nothing any more; asked again after 503 it ends again. Raises Refused, NotFound,
    AccessAway.
    """
    row = await _seen(act, name)
    command = command_of(EndToken, said, token=name, **_who(act, row["region"]))
    answer = await act(_order(name, command), agency=row["agency"])
    await tokens_of(act.request).drop({name: row["number"] + 1})
    return answer


async def _secret(act: Acting, name: str) -> str | None:
    """A secret under the number that the token has now, and for the office as its stream says it."""
    row = await _seen(act, name)
    ends_at = datetime.combine(row["valid_until"] + timedelta(days=1), time(), WIB)
    token = Token(name, row["holder"], row["role"], row["agency"], ends_at)
    return await tokens_of(act.request).keep(token, row["number"])


async def _seen(act: Acting, name: str) -> Row:
    viewer = act.reaches("intake.tokens")
    async with act.running.pool.connection() as conn:
        row = await token_of(conn, viewer, name) if viewer else None
    if row is None:
        raise NotFound
    return row


def _who(act: Acting, region: str) -> dict[str, object]:
    return {"region": region, "by": act.viewer.person, "occurred_on": act.today}


def _order(name: str, command: object) -> Order:
    return Order(stream=streams.token(name), command=command, case_id=streams.SETTINGS)
