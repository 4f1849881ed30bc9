"""Signing out: here and at the provider, and what the provider says by itself, against whoever says it in its
name.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI

from shared.access.session import COOKIE, MEMORY_S
from shared.service_names import SERVICES
from tests.oidc import keys
from tests.oidc.issuer import HERE, Issuer, begun, come_back, signed_in
from tests.oidc.joining import join, login, who
from tests.support.access import sessions_of
from tests.support.applications import Browser, visiting


async def enter(app: FastAPI, issuer: Issuer, browser: Browser, session: str = "provider-session-1") -> str:
    """Signs in, joined the first time; answers the session."""
    issuer.claims = {"sid": session}
    if (await signed_in(browser, issuer)).status_code != 303:
        assert (await join(app, login(issuer))).status_code == 200
        assert (await signed_in(browser, issuer)).status_code == 303
    return browser.http.cookies[COOKIE]


async def told(app: FastAPI, token: str) -> Any:
    async with visiting(app) as provider:
        return await provider.http.post("/masuk/pamit/uji", data={"logout_token": token})


async def test_it_ends_in_all_four_services_within_two_seconds(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        session = await enter(app, issuer, browser)
        kept = [sessions_of(service) for service in SERVICES]
        services = [await one.__aenter__() for one in kept]
        assert all([await one.find(session) for one in services])
        answer = await told(app, issuer.goodbye(jti="all four"))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        await asyncio.sleep(MEMORY_S)
        assert [await one.find(session) for one in services] == [None] * len(SERVICES)
        for one in kept:
            await one.__aexit__(None, None, None)
        assert await who(browser) == ""


async def test_one_session_of_the_provider_is_not_another(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as office, visiting(app) as home:
        await enter(app, issuer, office, "office")
        await enter(app, issuer, home, "home")
        assert (await told(app, issuer.goodbye(jti="one", sid="office"))).status_code == 200
        assert (await who(office), await who(home)) == ("", "sri")
        assert (await told(app, issuer.goodbye(jti="all", sid=None))).status_code == 200
        assert await who(home) == ""


async def test_somebody_elses_session_is_not_ended_by_its_name(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await enter(app, issuer, browser, "mine")
        said = issuer.goodbye(jti="other", sub="somebody else", sid="mine")
        assert (await told(app, said)).status_code == 200
        assert await who(browser) == "sri"


async def test_a_message_counts_once(app: FastAPI, issuer: Issuer) -> None:
    said = issuer.goodbye(jti="again", sid=None)
    async with visiting(app) as browser:
        await enter(app, issuer, browser)
        assert (await told(app, said)).status_code == 200
        await asyncio.sleep(1.1)  # the provider counts seconds
        await enter(app, issuer, browser, "provider-session-2")
        replayed = await told(app, said)
        assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_request")
        assert await who(browser) == "sri"


@pytest.mark.parametrize("by", ["session", "subject"])
async def test_signing_in_that_was_on_its_way_does_not_survive(app: FastAPI, issuer: Issuer, by: str) -> None:
    async with visiting(app) as browser:
        await enter(app, issuer, browser, f"before-{by}")
        issuer.claims = {"sid": f"late-{by}"}
        asked = await begun(browser)
        code = issuer.id_token(asked["nonce"])
        said = {"sid": f"late-{by}"} if by == "session" else {"sid": None}
        assert (await told(app, issuer.goodbye(jti=f"late {by}", **said))).status_code == 200
        issuer.codes["late"] = code
        there = {"code": "late", "state": asked["state"], "iss": issuer.address}
        answer = await browser.http.get("/masuk/kembali/uji", params=there)
        assert answer.status_code == 400
        assert "sudah keluar di penyedia identitas" in answer.text


async def test_ended_and_begun_at_once_is_ended(app: FastAPI, issuer: Issuer) -> None:
    """Twenty sign-ins and the end of their provider's session at the same moment: none is left."""
    async with visiting(app) as first:
        await enter(app, issuer, first, "crowd-0")
    issuer.claims = {"sid": "crowd"}
    browsers = [visiting(app) for _ in range(20)]
    opened = [await one.__aenter__() for one in browsers]
    attempts = [(one, await begun(one)) for one in opened]

    async def out() -> Any:
        await asyncio.sleep(0.05)
        return await told(app, issuer.goodbye(jti="crowd", sid="crowd"))

    await asyncio.gather(out(), *(come_back(one, issuer, asked) for one, asked in attempts))
    assert {await who(one) for one in opened} == {""}
    for one in browsers:
        await one.__aexit__(None, None, None)


FORGED: dict[str, Any] = {
    "an ID token": lambda issuer: issuer.id_token("x"),
    "signed by somebody else": lambda issuer: keys.token(keys.goodbye(issuer.provider), keys.OTHER),
    "signed by nobody": lambda issuer: keys.by_hand({"alg": "none"}, keys.goodbye(issuer.provider)),
    "signed by the public key": lambda issuer: keys.by_hand(
        {"alg": "HS256", "kid": "1"}, keys.goodbye(issuer.provider), keys.pem(keys.RSA)
    ),
    "of another provider": lambda issuer: issuer.goodbye(iss="https://jahat.example"),
    "for another client": lambda issuer: issuer.goodbye(aud="lain"),
    "old": lambda issuer: issuer.goodbye(iat=1, exp=None),
    "with a nonce": lambda issuer: issuer.goodbye(nonce="x"),
    "of nobody": lambda issuer: issuer.goodbye(sub=None, sid=None),
    "nothing": lambda _issuer: "",
    "no token": lambda _issuer: "a.b.c",
    "90 KB": lambda _issuer: "x" * 90_000,
}


@pytest.mark.parametrize("what", FORGED)
async def test_nobody_else_signs_anybody_out(app: FastAPI, issuer: Issuer, what: str) -> None:
    async with visiting(app) as browser:
        await enter(app, issuer, browser)
        answer = await told(app, FORGED[what](issuer))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert await who(browser) == "sri"


async def test_more_than_any_message_is_not_read(app: FastAPI) -> None:
    assert (await told(app, "x" * 200_000)).status_code == 413


async def test_a_browser_says_nothing_in_the_providers_name(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        headers = {"Origin": "https://jahat.example", "Sec-Fetch-Site": "cross-site"}
        answer = await browser.post("/masuk/pamit/uji", {"logout_token": issuer.goodbye()}, **headers)
    assert answer.status_code == 403


async def test_while_it_cannot_be_checked_nothing_is_claimed(app: FastAPI, issuer: Issuer) -> None:
    issuer.answers = {"keys": "no JSON"}
    answer = await told(app, issuer.goodbye(jti="unchecked"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "15")
    issuer.answers = {}
    app.state.providers["uji"]._ask_again = float("-inf")
    assert (await told(app, issuer.goodbye(jti="unchecked"))).status_code == 200


async def test_signing_out_here_goes_on_to_the_provider(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        session = await enter(app, issuer, browser)
        left = await browser.post("/keluar", await browser.fields("/sesi"), Origin=HERE)
        assert (left.status_code, left.headers["location"]) == (303, "/keluar/penyedia")
        assert await app.state.running.sessions.find(session) is None
        page = await browser.get("/keluar/penyedia")
        assert "Keluar dari SSO Uji" in page.text
        there = urlsplit(page.headers["refresh"].partition("url=")[2])
        said = parse_qs(there.query)
        assert f"{there.scheme}://{there.netloc}{there.path}" == f"{issuer.address}/logout"
        assert said["post_logout_redirect_uri"] == [f"{HERE}/masuk"]
        assert said["id_token_hint"][0].count(".") == 2
        again = await browser.get("/keluar/penyedia")
        assert (again.status_code, again.headers["location"]) == (303, "/masuk"), "once"


async def test_a_foreign_page_signs_nobody_out_there(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await enter(app, issuer, browser)
        answer = await browser.get("/keluar/penyedia", **{"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")


async def test_a_provider_that_is_away_keeps_nobody_from_signing_out(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        session = await enter(app, issuer, browser)
        issuer.answers = {".well-known/openid-configuration": "gone"}
        app.state.providers["uji"]._fresh_until = float("-inf")
        await browser.post("/keluar", await browser.fields("/sesi"), Origin=HERE)
        page = await browser.get("/keluar/penyedia")
        assert (page.status_code, page.headers["location"]) == (303, "/masuk")
        assert await app.state.running.sessions.find(session) is None
