"""JSON of tokens: which there are, given, renewed, ended. A secret is in one answer and nowhere else.

Serves every SOP step. Previous hop: a program with a session of an official. Next hop: `token/orders.py`, or
the read model.
"""

from fastapi import APIRouter, Request

from services.intake.token import orders, queries
from services.intake.token.orders import Secret
from services.intake.token.shapes import EndIn, GiveIn, RenewIn, SecretAnswer, TokenOut, TokenPath
from shared.web.for_api import Act, CommandAnswer, Look, does, reads
from shared.web.running import today_of
from shared.web.visitor import tokens_of

router = APIRouter()


@router.get("/tokens", summary="Tokens of agencies' systems", dependencies=[reads("intake.tokens")])
async def tokens(request: Request, look: Look) -> list[TokenOut]:
    async with look.conn() as conn:
        rows = await queries.tokens(conn, look.viewer)
    kept, people, today = await tokens_of(request).kept(), look.running.people, today_of(request)
    return [TokenOut.model_validate(queries.standing(row, kept, people, today)) for row in rows]


@router.post("/tokens", summary="Give a system a token", dependencies=[does("intake.GiveToken")])
async def give(body: GiveIn, act: Act) -> SecretAnswer:
    return _answer(await orders.give(act, body))


@router.post(
    "/tokens/{token}/renewal",
    summary="Another secret and another last day",
    dependencies=[does("intake.RenewToken")],
)
async def renew(token: TokenPath, body: RenewIn, act: Act) -> SecretAnswer:
    return _answer(await orders.renew(act, token, body))


@router.post("/tokens/{token}/end", summary="End a token, for good", dependencies=[does("intake.EndToken")])
async def end(token: TokenPath, body: EndIn, act: Act) -> CommandAnswer:
    return await orders.end(act, token, body)


def _answer(made: Secret) -> SecretAnswer:
    answer, token, secret = made
    return SecretAnswer(**answer.model_dump(), token=token, secret=secret)
