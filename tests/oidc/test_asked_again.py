"""Somebody who is disabled at the provider without a sign-out there does not stay in here; a provider that is
away, slow or wrong keeps everybody in.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI, Response

from services.intake.login.asked_again import AskedAgain, Grant
from shared.access.session import COOKIE, MEMORY_S
from tests.oidc.issuer import Issuer, signed_in, slowly
from tests.oidc.joining import joined, who
from tests.support.access import database
from tests.support.applications import Browser, visiting

AT_ONCE = timedelta(0)


@pytest.fixture
async def browser(app: FastAPI, issuer: Issuer) -> AsyncIterator[Browser]:
    with psycopg.connect(database().owner, autocommit=True) as conn:
        conn.execute("DELETE FROM session WHERE sealed_grant <> ''")
    await joined(app, issuer)
    issuer.grants.clear()
    async with visiting(app) as made:
        await signed_in(made, issuer)
        assert await who(made) == "sri"
        yield made


def asking(app: FastAPI) -> AskedAgain:
    return AskedAgain(app.state.running, app.state.providers, app.state.seal)


def used() -> None:
    """Everybody does something, a little later."""
    with psycopg.connect(database().owner, autocommit=True) as conn:
        conn.execute("UPDATE session SET seen_at = clock_timestamp() + interval '1 ms'")


def kept() -> list[str]:
    with psycopg.connect(database().owner) as conn:
        rows = conn.execute("SELECT sealed_grant FROM session WHERE sealed_grant <> ''").fetchall()
    return [str(row[0]) for row in rows]


async def test_who_is_somebody_there_stays_in_and_each_answer_is_the_next_question(
    app: FastAPI, browser: Browser, issuer: Issuer
) -> None:
    first = issuer.grants.copy()
    for _ in range(3):
        used()
        assert await asking(app).once(AT_ONCE) == 1
    assert len(issuer.grants) == 1
    assert issuer.grants.isdisjoint(first), "each counts once, and the newest is kept"
    assert await who(browser) == "sri"


async def test_who_is_nobody_there_any_more_is_out_here(
    app: FastAPI, browser: Browser, issuer: Issuer
) -> None:
    issuer.grants.clear()
    used()
    assert await asking(app).once(AT_ONCE) == 1
    await asyncio.sleep(MEMORY_S)
    assert await who(browser) == ""
    assert kept() == [], "and what was kept to ask with went with the session"


def refused(status: int, error: str) -> Response:
    return Response(f'{{"error": "{error}"}}', status_code=status)


@pytest.mark.parametrize(
    "answer",
    [
        refused(500, "invalid_grant"),
        refused(401, "invalid_client"),
        refused(400, "invalid_request"),
        refused(400, "unauthorized_client"),
        refused(429, "slow_down"),
        Response("<html>", status_code=200),
        Response("x" * 1_000_000),
        Response("{" * 100_000),
        slowly,
    ],
    ids=["500", "client", "request", "unauthorized", "429", "html", "1 MB", "deep", "slow"],
)
async def test_a_provider_that_cannot_be_asked_keeps_everybody_in(
    app: FastAPI, browser: Browser, issuer: Issuer, answer: Any
) -> None:
    app.state.providers["uji"]._patience = 1.0
    before, issuer.answers["token"] = kept(), answer
    used()
    assert await asking(app).once(AT_ONCE) == 1
    await asyncio.sleep(MEMORY_S)
    assert await who(browser) == "sri"
    assert kept() == before
    del issuer.answers["token"]
    app.state.providers["uji"]._ask_again = float("-inf")
    used()
    assert await asking(app).once(AT_ONCE) == 1
    assert await who(browser) == "sri", "and asked again when it is there"


async def test_nobody_is_asked_about_twice_at_once_or_without_need(
    app: FastAPI, browser: Browser, issuer: Issuer
) -> None:
    used()
    assert await asking(app).once(timedelta(minutes=10)) == 0, "just now"
    both = await asyncio.gather(asking(app).once(AT_ONCE), asking(app).once(AT_ONCE))
    assert sorted(both) == [0, 1], "two processes"
    assert await asking(app).once(AT_ONCE) == 0, "whoever does nothing is not kept alive there"


async def test_a_grant_is_sealed_and_shown_nowhere(app: FastAPI, browser: Browser, issuer: Issuer) -> None:
    (secret,) = issuer.grants
    assert secret not in kept()[0]
    assert secret not in repr(Grant("uji", secret))
    app.state.seal.__init__(b"another key than the one of before")
    used()
    assert await asking(app).once(AT_ONCE) == 1, "what cannot be opened any more asks nobody"
    assert browser.http.cookies.get(COOKIE)
    assert await who(browser) == "sri"
