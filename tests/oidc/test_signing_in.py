"""Signing in by a provider, against whoever would become somebody else by it: through HTTP, on a real
database, with a provider that says what a test wants.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from fastapi import FastAPI

from shared.access.session import COOKIE
from tests.oidc import keys
from tests.oidc.issuer import HERE, SECRET, Issuer, begun, come_back, signed_in
from tests.oidc.joining import events, join, joined, login, who
from tests.support.access import fresh_token
from tests.support.applications import visiting


async def test_from_the_first_knock_to_the_own_page(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        first = await signed_in(browser, issuer)
        assert first.status_code == 403
        assert "Jejak belum tahu pegawai mana Anda" in first.text
        assert login(issuer)[:8] in first.text
        assert "Hesti Wulandari" in first.text, "whom to ask"
        assert await who(browser) == ""
        assert (await join(app, login(issuer))).status_code == 200
        again = await signed_in(browser, issuer, "/isian?siklus=3402-2026")
        assert (again.status_code, again.headers["location"]) == (303, "/isian?siklus=3402-2026")
        assert await who(browser) == "sri"
    assert [kind for kind, _ in await events(app)] == ["login-requested", "login-joined"]


async def test_what_the_browser_is_sent_with(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        one, other = await begun(browser), await begun(browser)
    assert one["redirect_uri"] == f"{HERE}/masuk/kembali/uji"
    assert (one["response_type"], one["scope"], one["code_challenge_method"]) == (
        "code",
        "openid profile email",
        "S256",
    )
    assert not {one[name] for name in ("state", "nonce", "code_challenge")} & set(other.values())


async def test_the_code_is_proven_to_be_ours(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        asked = await begun(browser)
        await come_back(browser, issuer, asked)
    _, sent = next(one for one in issuer.asked if one[0] == "token")
    assert sent["authorization"].startswith("Basic ")
    assert SECRET not in str(sent.items())
    assert len(sent["code_verifier"]) >= 43
    assert sent["code_verifier"] not in asked.values()
    assert sent["redirect_uri"] == asked["redirect_uri"]


WRONG: dict[str, dict[str, Any]] = {
    "state": {"state": "x" * 43},
    "iss": {"iss": "https://jahat.example"},
    "code": {"code": "never-given"},
    "no state": {"state": None},
    "no iss": {"iss": None},
    "no code": {"code": None},
    "error": {"error": "access_denied"},
    "nothing": {"state": None, "code": None, "iss": None},
}


@pytest.mark.parametrize("what", WRONG)
async def test_who_comes_back_with_something_else_is_not_signed_in(
    app: FastAPI, issuer: Issuer, what: str
) -> None:
    await joined(app, issuer)
    async with visiting(app) as browser:
        answer = await come_back(browser, issuer, await begun(browser), **WRONG[what])
        assert answer.status_code == 400
        assert "Tidak jadi masuk" in answer.text
        assert COOKIE not in answer.headers.get("set-cookie", "")
        assert await who(browser) == ""


async def test_nobody_is_signed_in_by_a_link_of_somebody_else(app: FastAPI, issuer: Issuer) -> None:
    """Login CSRF: the code and state of an attacker's attempt, opened in the victim's browser."""
    await joined(app, issuer)
    async with visiting(app) as attacker, visiting(app) as victim:
        asked = await begun(attacker)
        await begun(victim)
        answer = await come_back(victim, issuer, asked)
        assert (answer.status_code, await who(victim)) == (400, "")


async def test_an_attempt_is_good_for_once(app: FastAPI, issuer: Issuer) -> None:
    await joined(app, issuer)
    async with visiting(app) as browser:
        asked = await begun(browser)
        assert (await come_back(browser, issuer, asked)).status_code == 303
        assert (await come_back(browser, issuer, asked)).status_code == 400


async def test_a_code_is_good_for_once(app: FastAPI, issuer: Issuer) -> None:
    await joined(app, issuer)
    async with visiting(app) as browser:
        asked = await begun(browser)
        sealed = browser.http.cookies["jejak_upaya"]
        first = await come_back(browser, issuer, asked, code=None, error="x")
        assert first.status_code == 400
        browser.http.cookies.set("jejak_upaya", sealed)
        assert (await come_back(browser, issuer, asked, code="code-used")).status_code == 400


async def test_a_session_is_never_one_that_was_there_before(app: FastAPI, issuer: Issuer) -> None:
    await joined(app, issuer)
    old = fresh_token("agus")
    async with visiting(app) as browser:
        browser.http.cookies.set(COOKIE, old)
        assert await who(browser) == "agus"
        answer = await signed_in(browser, issuer)
        assert old not in answer.headers["set-cookie"]
    async with visiting(app) as thief:
        thief.http.cookies.set(COOKIE, old)
        assert await who(thief) == "", "the session that the browser had has ended"


ELSEWHERE = ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "javascript:alert(1)", "/\x00"]


@pytest.mark.parametrize("target", [*ELSEWHERE, "x" * 9_000])
async def test_signing_in_never_leads_elsewhere(app: FastAPI, issuer: Issuer, target: str) -> None:
    await joined(app, issuer)
    async with visiting(app) as browser:
        answer = await browser.http.get("/masuk/oidc/uji", params={"ke": target})
        if answer.status_code == 303:
            asked = {
                name: said[0] for name, said in parse_qs(urlsplit(answer.headers["location"]).query).items()
            }
            answer = await come_back(browser, issuer, asked)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/")
            assert not answer.headers["location"].startswith(("//", "/\\"))
        else:
            assert answer.status_code in {400, 422}


async def test_a_foreign_page_begins_nothing(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        for site in ("cross-site", "same-site"):
            answer = await browser.get("/masuk/oidc/uji?ke=/isian", **{"Sec-Fetch-Site": site})
            assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?ke=/isian")
            assert "set-cookie" not in answer.headers


async def test_by_https_no_other_host_plants_an_attempt(app: FastAPI, issuer: Issuer) -> None:
    told = app.state.running.settings
    app.state.running.settings = told.model_copy(update={"public_url": "https://jejak.bantul.test"})
    async with visiting(app) as browser:
        answer = await browser.get("/masuk/oidc/uji", Host="jejak.bantul.test")
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if "upaya" in one]
    assert cookie.startswith("__Host-jejak_upaya=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


async def test_choosing_a_name_is_no_way_in_where_it_is_not_told(app: FastAPI) -> None:
    async with visiting(app) as browser:
        page = await browser.get("/masuk")
        sent = await browser.http.post("/masuk", data={"person": "hesti"})
        asked = await browser.http.post("/api/intake/session", json={"person": "hesti"})
        assert "Sri Lestari" not in page.text, "nobody is shown who works here"
        assert (sent.status_code, asked.status_code) == (422, 404)
        assert "Sri Lestari" not in sent.text
        assert not browser.http.cookies.get(COOKIE)


async def test_a_person_without_an_office_today_is_told_so(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await signed_in(browser, issuer)
        assert (await join(app, login(issuer), "lama")).status_code == 200
        answer = await signed_in(browser, issuer)
        assert answer.status_code == 403
        assert "tidak memegang jabatan" in answer.text
        assert await who(browser) == ""


async def test_no_token_secret_or_code_is_anywhere_but_where_it_belongs(app: FastAPI, issuer: Issuer) -> None:
    await joined(app, issuer)
    with structlog.testing.capture_logs() as said:
        async with visiting(app) as browser:
            asked = await begun(browser)
            answer = await come_back(browser, issuer, asked)
            await come_back(browser, issuer, asked)
            issuer.claims = {"nonce": "other"}
            await signed_in(browser, issuer)
    token = issuer.id_token("x")
    written = f"{said} {await events(app)} {answer.text} {answer.headers['location']}"
    for secret in (SECRET, token[:60], asked["state"], asked["nonce"], "f:4711:sri", "provider-session-1"):
        assert secret not in written
    assert "sign-in-refused" in str(said)


@pytest.mark.parametrize("provider", ["lain", "-", "a" * 31])
async def test_a_provider_that_nobody_named_is_not_there(app: FastAPI, provider: str) -> None:
    async with visiting(app) as browser:
        for verb, path in (("GET", "oidc"), ("GET", "kembali"), ("POST", "pamit")):
            assert (await browser.http.request(verb, f"/masuk/{path}/{provider}")).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"state": "\0"},
        {"state": "x" * 9_000},
        {"code": "\u202e"},
        {"iss": "é" * 200},
        {"state": "é"},
        {"error": "x" * 9_000},
    ],
)
async def test_whatever_comes_back_is_answered_with_a_sentence(
    app: FastAPI, issuer: Issuer, said: dict[str, str]
) -> None:
    async with visiting(app) as browser:
        answer = await come_back(browser, issuer, await begun(browser), **said)
    assert answer.status_code in {400, 422}
    assert "<h1>" in answer.text


BAD_TOKENS: dict[str, dict[str, Any]] = {
    "of another attempt": {"nonce": "other"},
    "of another issuer": {"iss": "https://jahat.example"},
    "for another client": {"aud": "lain"},
    "for another client by azp": {"azp": "lain"},
    "expired": {"exp": 1},
    "old": {"iat": 1},
    "with another access token": {"at_hash": keys.half("lain")},
}


@pytest.mark.parametrize("what", BAD_TOKENS)
async def test_a_bad_token_signs_nobody_in(app: FastAPI, issuer: Issuer, what: str) -> None:
    await joined(app, issuer)
    issuer.claims = BAD_TOKENS[what]
    async with visiting(app) as browser:
        answer = await signed_in(browser, issuer)
        assert (answer.status_code, await who(browser)) == (400, "")
    assert [kind for kind, _ in await events(app)] == ["login-requested", "login-joined"], "and asks nothing"
