"""A provider that is away, slow, endless, lies about itself or about the time, or changes its keys."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse

from shared.access.oidc import asking
from shared.access.session import COOKIE
from shared.clock import now
from tests.oidc import keys
from tests.oidc.issuer import Issuer, begun, come_back, signed_in, slowly
from tests.oidc.joining import join, login, who
from tests.support.access import token_of
from tests.support.applications import Browser, visiting

DOCUMENT = ".well-known/openid-configuration"


def of(app: FastAPI) -> asking.Asking:
    found: asking.Asking = app.state.providers["uji"]
    return found


def anew(app: FastAPI) -> None:
    """What it remembers of the provider is over, as after a while."""
    of(app)._fresh_until = of(app)._keys_rest = of(app)._keys_until = of(app)._ask_again = float("-inf")


async def endless() -> Response:
    """Far more than anybody reads, a little at a time: whoever listens no more must not fill our memory."""

    async def drops() -> Any:
        for _ in range(200):
            yield b"x" * 10_000
            await asyncio.sleep(0.001)

    return StreamingResponse(drops(), media_type="application/json")


async def dripping() -> Response:
    async def drops() -> Any:
        for _ in range(60):
            yield b" "
            await asyncio.sleep(0.05)

    return StreamingResponse(drops(), media_type="application/json")


def gzipped() -> Response:
    return Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})


BAD: dict[str, Any] = {
    "error": Response("oops", status_code=500),
    "refused": Response("{}", status_code=403),
    "elsewhere": Response(status_code=302, headers={"Location": "https://jahat.example/"}),
    "no JSON": "<html>",
    "a list": "[]",
    "nested": "[" * 100_000,
    "1 MB": json.dumps({"x": "x" * 1_000_000}),
    "endless": endless,
    "slow": slowly,
    "dripping": dripping,
    "compressed": gzipped(),
    "empty": Response(b""),
}


@pytest.mark.parametrize("path", [DOCUMENT, "keys", "token"])
@pytest.mark.parametrize("what", BAD)
async def test_whatever_it_answers_nobody_is_in_and_the_page_says_why(
    app: FastAPI, issuer: Issuer, what: str, path: str
) -> None:
    async with visiting(app) as browser:
        asked = await begun(browser)
        anew(app)
        of(app)._patience = 0.5
        issuer.answers = {path: BAD[what]}
        answer = await come_back(browser, issuer, asked)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/masuk?ke=/"), answer.text[:500]
        page = await browser.get("/masuk")
        assert page.status_code == 200
        assert "SSO Uji tidak menjawab sejak" in page.text
        assert "Dicoba lagi pukul" in page.text
        assert await who(browser) == ""


async def test_who_is_in_stays_in_and_nobody_waits_for_it_again_and_again(
    app: FastAPI, issuer: Issuer
) -> None:
    of(app)._patience = 0.3
    issuer.answers = {DOCUMENT: slowly}
    async with visiting(app) as newcomer, visiting(app, "agus") as inside:
        for _ in range(5):
            assert "tidak menjawab" in (await newcomer.get("/masuk")).text
            assert (await newcomer.get("/masuk/oidc/uji?ke=/isian")).headers["location"] == "/masuk?ke=/isian"
        assert issuer.times(DOCUMENT) == 1
        assert await who(inside) == "agus"
        issuer.answers = {}
        of(app)._ask_again = float("-inf")
        assert "Masuk dengan SSO Uji" in (await newcomer.get("/masuk")).text
        assert of(app).away is None


async def test_a_crowd_asks_it_once(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        pages = await asyncio.gather(*(browser.get("/masuk/oidc/uji") for _ in range(60)))
    assert {page.status_code for page in pages} == {303}
    assert issuer.times(DOCUMENT) == 1


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://jahat.example"},
    "no issuer": {"issuer": None},
    "no keys": {"jwks_uri": None},
    "keys by http": {"jwks_uri": "http://jahat.example/keys"},
    "code by http": {"token_endpoint": "http://jahat.example/token"},
    "people by script": {"authorization_endpoint": "javascript:alert(1)"},
    "goodbye by http": {"end_session_endpoint": "http://jahat.example/"},
    "a number": {"token_endpoint": 7},
    "no PKCE": {"code_challenge_methods_supported": ["plain"]},
}


@pytest.mark.parametrize("what", LIES)
async def test_what_it_says_of_itself_must_hold(app: FastAPI, issuer: Issuer, what: str) -> None:
    issuer.document = LIES[what]
    async with visiting(app) as browser:
        answer = await browser.get("/masuk/oidc/uji")
        assert answer.headers["location"] == "/masuk?ke=/"
        assert "tidak menjawab" in (await browser.get("/masuk")).text


async def ready(app: FastAPI, issuer: Issuer, browser: Browser) -> None:
    await signed_in(browser, issuer)
    assert (await join(app, login(issuer))).status_code == 200


async def test_new_keys_are_asked_for_when_a_token_names_one(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await ready(app, issuer, browser)
        of(app)._keys_rest = float("-inf")
        issuer.key, issuer.kid = keys.OTHER, "2"
        issuer.keys = [keys.public(keys.OTHER, "2", "RS256"), *issuer.keys]
        assert (await signed_in(browser, issuer)).status_code == 303
        assert issuer.times("keys") == 2


async def test_but_not_again_and_again(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await ready(app, issuer, browser)
        asked = issuer.times("keys")
        issuer.kid = "unknown"
        for _ in range(5):
            assert (await signed_in(browser, issuer)).status_code == 400
        assert issuer.times("keys") == asked


async def test_a_key_that_it_names_no_more_ends(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await ready(app, issuer, browser)
        issuer.keys = [keys.public(keys.OTHER, "2", "RS256")]
        assert (await signed_in(browser, issuer)).status_code == 303, "for a while"
        anew(app)
        assert (await signed_in(browser, issuer)).status_code == 400


NO_KEYS: dict[str, list[Any]] = {
    "none": [],
    "no list": "x",  # type: ignore[dict-item]
    "for encryption": [keys.public(keys.RSA, "1", "RS256", use="enc")],
    "a secret": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "kid": "1", "alg": "HS256"}],
    "junk": [7, {}, {"kty": "RSA", "kid": "1"}, {"kty": "RSA", "kid": "1", "n": "!", "e": "AQAB"}],
    "one name twice": [keys.public(keys.RSA, "1", "RS256"), keys.public(keys.OTHER, "1", "RS256")],
    "another algorithm": [keys.public(keys.RSA, "1", "PS256")],
    "too short": [keys.public(keys.SHORT, "1", "RS256")],
}


@pytest.mark.parametrize("what", NO_KEYS)
async def test_without_a_fit_key_nobody_is_believed(app: FastAPI, issuer: Issuer, what: str) -> None:
    issuer.keys = NO_KEYS[what]
    async with visiting(app) as browser:
        assert (await signed_in(browser, issuer)).status_code == 400


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_wrong_is_said(app: FastAPI, issuer: Issuer, hours: int) -> None:
    async with visiting(app) as browser:
        await ready(app, issuer, browser)
        app.state.clock = lambda: now() + timedelta(hours=hours)
        answer = await signed_in(browser, issuer)
        assert answer.status_code == 400
        assert "Jam penyedia identitas dan jam Jejak berbeda" in answer.text
        app.state.clock = now
        assert (await signed_in(browser, issuer)).status_code == 303


async def test_1_mb_of_claims_signs_nobody_in(app: FastAPI, issuer: Issuer) -> None:
    issuer.claims = {"x": "x" * 1_000_000}
    async with visiting(app) as browser:
        assert (await signed_in(browser, issuer)).status_code == 303
        assert "too large" in str(of(app).away)
        anew(app)
        issuer.claims = {"x": "x" * 100_000}
        assert (await signed_in(browser, issuer)).status_code == 400


async def test_a_form_goes_on_after_signing_in_in_another_window(app: FastAPI, issuer: Issuer) -> None:
    """Where a name cannot be chosen on the page itself, what was typed waits in the page."""
    async with visiting(app) as browser:
        answer = await browser.post("/kalender", {"name": "Libur <b>", "day": "1 Feb 2027"})
        assert answer.status_code == 401
        assert "Libur &lt;b&gt;" in answer.text
        assert 'href="/masuk?ke=/masuk/selesai"' in answer.text
        assert "Sri Lestari" not in answer.text
        browser.http.cookies.set(COOKIE, token_of("hesti"))
        again = await browser.post("/kalender", {"name": "Libur <b>", "day": "1 Feb 2027", "_csrf": ""})
        assert again.status_code == 403
        assert "Kirim sekarang" in again.text
